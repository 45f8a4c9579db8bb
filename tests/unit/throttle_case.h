/* Charges of a throttle in a temporary folder, for its tests. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "folder.h"
#include "throttle.h"

#define START 10000 /* seconds since the host began */
#define WINDOW 600

static const struct throttle_limits limits = {3, 6, WINDOW};
static char path[64];

static inline int charge(const char *name, const char *source, int64_t now)
{
	return throttle_charge(path, &limits, name, source, now);
}

/* Charge, count times, and each is let through. */
static inline void pass(const char *name, const char *source, int64_t now, int count)
{
	while (count-- > 0)
		assert_int_equal(charge(name, source, now), 0);
}

static inline int begin(void **state)
{
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/throttle", folder);
	return unlink(path) < 0 && errno != ENOENT ? -1 : 0;
}

#define TEST(function) cmocka_unit_test_setup(function, begin)
