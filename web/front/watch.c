#include "watch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "source.h"

struct watch {
	struct watch *next, *previous;
	int fd;
	time_t end; /* CLOCK_MONOTONIC */
	char source[WIRE_SOURCE_SIZE];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	struct watch *first;
	bool stopping;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

static time_t seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return now.tv_sec;
}

static void end_late(void)
{
	const time_t now = seconds();

	for (struct watch *watch = all.first; watch; watch = watch->next)
		if (now >= watch->end)
			(void)shutdown(watch->fd, SHUT_RDWR); /* it may be so already */
}

static void *keep_time(void *unused)
{
	(void)pthread_mutex_lock(&all.lock);
	while (!all.stopping) {
		struct timespec next = {.tv_sec = seconds() + 1};

		if (!all.first) {
			(void)pthread_cond_wait(&all.news, &all.lock);
			continue;
		}
		(void)pthread_cond_timedwait(&all.news, &all.lock, &next);
		end_late();
	}
	(void)pthread_mutex_unlock(&all.lock);
	return unused;
}

int watch_begin(void)
{
	pthread_condattr_t attributes;
	int r;

	(void)pthread_condattr_init(&attributes); /* these three cannot fail with glibc */
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&all.news, &attributes);
	r = pthread_create(&all.thread, NULL, keep_time, NULL);
	(void)pthread_condattr_destroy(&attributes);
	return -r;
}

void watch_end(void)
{
	(void)pthread_mutex_lock(&all.lock);
	all.stopping = true;
	(void)pthread_cond_signal(&all.news);
	(void)pthread_mutex_unlock(&all.lock);
	(void)pthread_join(all.thread, NULL);
}

struct watch *watch_add(int fd, const char *source)
{
	struct watch *const watch = malloc(sizeof(*watch));

	if (!watch)
		return NULL;
	*watch = (struct watch){.fd = fd, .end = seconds() + WATCH_REQUEST_SECONDS};
	(void)snprintf(watch->source, sizeof(watch->source), "%s", source);
	(void)pthread_mutex_lock(&all.lock);
	watch->next = all.first;
	if (all.first)
		all.first->previous = watch;
	else
		(void)pthread_cond_signal(&all.news);
	all.first = watch;
	(void)pthread_mutex_unlock(&all.lock);
	return watch;
}

int watch_count(const char *source)
{
	int count = 0;

	(void)pthread_mutex_lock(&all.lock);
	for (const struct watch *watch = all.first; watch; watch = watch->next)
		count += source_is_same(watch->source, source);
	(void)pthread_mutex_unlock(&all.lock);
	return count;
}

void watch_allow(struct watch *watch, int seconds_more)
{
	if (!watch)
		return;
	(void)pthread_mutex_lock(&all.lock);
	watch->end = seconds() + seconds_more;
	(void)pthread_mutex_unlock(&all.lock);
}

void watch_remove(struct watch *watch)
{
	if (!watch)
		return;
	(void)pthread_mutex_lock(&all.lock);
	if (watch->next)
		watch->next->previous = watch->previous;
	if (watch->previous)
		watch->previous->next = watch->next;
	else
		all.first = watch->next;
	(void)pthread_mutex_unlock(&all.lock);
	free(watch);
}
