/* The passwords of made-up people: numbered, unlike each other, and known to all parts. */
#pragma once

#include <inttypes.h>
#include <stdio.h>

#define PASSWORD_SIZE 24

/* Number 0 is everybody's first one. The finalizer of SplitMix64: no two numbers look alike. */
static inline void password_make(uint64_t number, char ret_password[PASSWORD_SIZE])
{
	uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x632be59bd9b4e019);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	mixed ^= mixed >> 31;
	(void)snprintf(ret_password, PASSWORD_SIZE, "Q%016" PRIx64 "-z", mixed);
}
