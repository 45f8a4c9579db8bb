/* Random facts over the whole range of every field, through the fuzz target's own checks. */
#include <stdint.h>
#include <stdio.h>

#include "fuzz.h"

#define ROUNDS 100000
#define FIELDS 50
#define FIELD_BYTES 9

/* xorshift64: the same sequence on every machine. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

int main(void)
{
	uint8_t data[FIELDS * FIELD_BYTES];
	uint64_t state = UINT64_C(20260101);

	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(draw(&state) >> 32);
		(void)fuzz_run(data, sizeof(data));
	}
	printf("%d facts\n", ROUNDS);
	return 0;
}
