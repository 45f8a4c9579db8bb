/*
 * A fuzz target: what the product makes of any bytes. fuzz.c calls it with all the memory it
 * wants, and again with one allocation failing.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * One file each defines it. It stops the program where a property does not hold (CHECK), and
 * returns what the product said of the input: 0, or the negative errno it failed with. That must
 * never be -ENOMEM while there is memory; with one allocation failing it must be the same as
 * without, or -ENOMEM.
 */
int fuzz_run(const uint8_t *data, size_t size);

/* In every build type: NDEBUG must not switch the checks off. */
#define CHECK(condition) ((condition) ? (void)0 : abort())

/*
 * For replay: run the input once with enough memory, and once with each of its allocations failing.
 * Returns how many runs that were.
 */
unsigned fuzz_replay(const uint8_t *data, size_t size);
