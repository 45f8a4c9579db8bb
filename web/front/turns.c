#include "turns.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "source.h"

int turns_begin(struct turns *turns)
{
	turns->first = NULL;
	memset(turns->sources, 0, sizeof(turns->sources));
	return -pthread_mutex_init(&turns->lock, NULL);
}

static int count_turns(const struct turns *turns, const char *source)
{
	int count = 0;

	for (int i = 0; i < TURNS_MAX; i++)
		count += source_is_same(turns->sources[i], source);
	return count;
}

/* Where who comes next stands in the list; NULL: whoever waits has enough. */
static struct waiter **find_next(struct turns *turns)
{
	struct waiter **next = NULL;
	int fewest = TURNS_MAX;

	for (struct waiter **place = &turns->first; *place; place = &(*place)->next) {
		const char *const source = (*place)->source;
		const int most = strcmp(source, "unix") == 0 ? TURNS_MAX : TURNS_SOURCE_MAX;
		const int own = count_turns(turns, source);

		if (own < most && own < fewest) {
			next = place;
			fewest = own;
		}
	}
	return next;
}

static void hand_out(struct turns *turns)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		struct waiter **const place =
			turns->sources[i][0] == '\0' ? find_next(turns) : NULL;
		struct waiter *const waiter = place ? *place : NULL;

		if (!waiter)
			continue;
		*place = waiter->next;
		waiter->turn = i;
		(void)snprintf(turns->sources[i], WIRE_SOURCE_SIZE, "%s", waiter->source);
		(void)pthread_cond_signal(&waiter->called);
	}
}

static struct waiter **find_place(struct turns *turns, const struct waiter *waiter)
{
	struct waiter **place = &turns->first;

	while (*place && *place != waiter)
		place = &(*place)->next;
	return place;
}

int turns_take(struct turns *turns, const char *source, int seconds)
{
	struct waiter self = {.source = source, .called = PTHREAD_COND_INITIALIZER, .turn = -1};
	struct timespec end;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &end); /* cannot fail for this clock */
	end.tv_sec += seconds;
	(void)pthread_mutex_lock(&turns->lock); /* nor can these, for a lock that is used right */
	*find_place(turns, NULL) = &self;
	hand_out(turns);
	while (self.turn < 0 && r != ETIMEDOUT)
		r = pthread_cond_clockwait(&self.called, &turns->lock, CLOCK_MONOTONIC, &end);
	if (self.turn < 0)
		*find_place(turns, &self) = self.next;
	(void)pthread_mutex_unlock(&turns->lock);
	(void)pthread_cond_destroy(&self.called);
	return self.turn < 0 ? -ETIMEDOUT : self.turn;
}

void turns_give(struct turns *turns, int turn)
{
	(void)pthread_mutex_lock(&turns->lock);
	turns->sources[turn][0] = '\0';
	hand_out(turns);
	(void)pthread_mutex_unlock(&turns->lock);
}
