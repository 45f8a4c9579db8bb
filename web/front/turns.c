#include "turns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NETWORK_BYTES 8 /* of an IPv6 address: within them people draw addresses as they like */

int turns_begin(struct turns *turns)
{
	pthread_condattr_t monotonic;
	int r = pthread_condattr_init(&monotonic);

	if (r == 0)
		r = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (r == 0)
		r = pthread_cond_init(&turns->ended, &monotonic);
	(void)pthread_condattr_destroy(&monotonic); /* it owns nothing here */
	if (r == 0)
		r = pthread_mutex_init(&turns->lock, NULL);
	memset(turns->sources, 0, sizeof(turns->sources));
	return -r;
}

static bool is_same(const char *a, const char *b)
{
	struct in6_addr of_a, of_b;

	if (inet_pton(AF_INET6, a, &of_a) == 1 && inet_pton(AF_INET6, b, &of_b) == 1)
		return memcmp(&of_a, &of_b, NETWORK_BYTES) == 0;
	return strcmp(a, b) == 0;
}

/* -EAGAIN: none for this source. */
static int find_free(const struct turns *turns, const char *source)
{
	int turn = -EAGAIN, own = 0;

	for (int i = 0; i < TURNS_MAX; i++) {
		if (turns->sources[i][0] == '\0')
			turn = i;
		else if (is_same(turns->sources[i], source))
			own++;
	}
	return own < TURNS_SOURCE_MAX || strcmp(source, "unix") == 0 ? turn : -EAGAIN;
}

int turns_take(struct turns *turns, const char *source, int seconds)
{
	struct timespec end;
	int turn, r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &end); /* cannot fail for this clock */
	end.tv_sec += seconds;
	(void)pthread_mutex_lock(&turns->lock); /* nor can these, for a lock that is used right */
	while ((turn = find_free(turns, source)) < 0 && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&turns->ended, &turns->lock, &end);
	if (turn >= 0)
		(void)snprintf(turns->sources[turn], WIRE_SOURCE_SIZE, "%s", source);
	(void)pthread_mutex_unlock(&turns->lock);
	return turn < 0 ? -ETIMEDOUT : turn;
}

void turns_give(struct turns *turns, int turn)
{
	(void)pthread_mutex_lock(&turns->lock);
	turns->sources[turn][0] = '\0';
	/* To all: the one that is woken may be one whose source has enough. */
	(void)pthread_cond_broadcast(&turns->ended);
	(void)pthread_mutex_unlock(&turns->lock);
}
