#include "backoff.h"

#include "base/cleanup.h"

#define MINUTE INT64_C(60)

static const int64_t steps[] = {5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 240 * MINUTE};

int64_t backoff_seconds(unsigned attempts, uint32_t random)
{
	const unsigned step = attempts > 0 ? attempts - 1 : 0;
	const int64_t longest = steps[step < COUNT(steps) ? step : COUNT(steps) - 1];

	return longest - (int64_t)(random % (uint32_t)(longest / 5 + 1));
}
