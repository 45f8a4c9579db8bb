/* Who may ask the worker now, and who waits: so that no source keeps all others waiting. */
#pragma once

#include <pthread.h>

#include "wire/wire.h"

#define TURNS_MAX 8	   /* at once */
#define TURNS_SOURCE_MAX 4 /* of these for one address, or one network /64 of IPv6 */

struct waiter {
	struct waiter *next;
	const char *source;
	pthread_cond_t called;
	int turn; /* -1: none yet */
};

struct turns {
	pthread_mutex_t lock;
	struct waiter *first;			   /* by when they came */
	char sources[TURNS_MAX][WIRE_SOURCE_SIZE]; /* of turns that are taken; "": free */
};

/* 0 or negative errno. */
int turns_begin(struct turns *turns);

/*
 * Wait for a turn, at most so many seconds. The next one goes to whose source has the fewest, and
 * among these to who came first: a crowd of a few sources stands in no other's way. source: of
 * source.h; "unix", which may be anybody, has all of them. Returns the turn's number for
 * turns_give(), or -ETIMEDOUT.
 */
int turns_take(struct turns *turns, const char *source, int seconds);
void turns_give(struct turns *turns, int turn);
