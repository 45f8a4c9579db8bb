/*
 * Threads, one a connection, and what they share. libcurl's multi interface would do without
 * threads, but the smtp.c of libcurl 7.88 waits for the reply to the final dot inside
 * curl_multi_perform(): eight connections to a server that takes half a second for each message
 * were no faster than two, and a silent server held up everything else for ten minutes.
 */
#include "transport.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "log.h"
#include "way.h"

#define LINES_MAX 8
/* On their way, waiting or done: enough that nobody waits while results are committed to disk. */
#define PARCELS_MAX 32
#define LINGER_MS 3 /* so that one commit to disk serves many results, while work is left */

struct worker {
	struct transport *transport;
	void *line;
	pthread_t thread;
	bool started;
};

struct transport {
	const struct way *way;
	struct worker workers[LINES_MAX];
	size_t worker_count;
	atomic_bool ending;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work, end;
	struct parcel waiting[PARCELS_MAX]; /* a ring */
	size_t first, waiting_count;
	size_t idle; /* threads that wait for work */
	size_t busy; /* parcels submitted, result not handed out */
	struct result results[PARCELS_MAX];
	size_t result_count;
};

/* Wait for a parcel. False: the transport ends. The lock is held. */
static bool take(struct transport *transport, struct parcel *ret_parcel)
{
	while (transport->waiting_count == 0 && !transport->ending) {
		transport->idle++;
		(void)pthread_cond_wait(&transport->work, &transport->lock); /* cannot fail */
		transport->idle--;
	}
	if (transport->ending)
		return false;
	*ret_parcel = transport->waiting[transport->first];
	transport->first = (transport->first + 1) % PARCELS_MAX;
	transport->waiting_count--;
	return true;
}

/* Whether the caller had better look after the results: half of what it gave is done. */
static bool enough(const struct transport *transport)
{
	return transport->result_count * 2 >= transport->busy;
}

static void *work(void *argument)
{
	const struct worker *worker = argument;
	struct transport *transport = worker->transport;
	struct parcel parcel;

	(void)pthread_mutex_lock(&transport->lock);
	while (take(transport, &parcel)) {
		struct result result = {.context = parcel.context};

		(void)pthread_mutex_unlock(&transport->lock);
		transport->way->carry(worker->line, &parcel, &result);
		(void)pthread_mutex_lock(&transport->lock);
		transport->results[transport->result_count++] = result;
		if (transport->result_count == 1 || enough(transport))
			(void)pthread_cond_signal(&transport->end);
	}
	(void)pthread_mutex_unlock(&transport->lock);
	return NULL;
}

static int init_locks(struct transport *transport)
{
	pthread_condattr_t attributes;
	int r;

	(void)pthread_mutex_init(&transport->lock, NULL); /* these cannot fail on Linux */
	(void)pthread_cond_init(&transport->work, NULL);
	r = -pthread_condattr_init(&attributes);
	if (r < 0)
		return r;
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	r = -pthread_cond_init(&transport->end, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	return r;
}

int transport_new(const struct vsee_delivery *delivery, const char *root, const char *host,
		  const struct vsee_secret *password, struct transport **ret_transport)
{
	const bool folder = strncmp(delivery->smtp, "maildir:", strlen("maildir:")) == 0;
	const size_t lines = folder				 ? 1
			     : delivery->connections < 1	 ? 1
			     : delivery->connections > LINES_MAX ? LINES_MAX
								 : delivery->connections;
	struct transport *transport = calloc(1, sizeof(*transport));

	if (!transport) {
		log_error("the mails can't be sent: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	transport->way = folder ? &maildir_way : &smtp_way;

	const struct way_setting setting = {delivery, root, host, password, &transport->ending};
	int r = init_locks(transport);

	while (r == 0 && transport->worker_count < lines) {
		struct worker *worker = &transport->workers[transport->worker_count];

		worker->transport = transport;
		r = transport->way->open(&setting, &worker->line);
		if (r == 0)
			transport->worker_count++;
	}
	if (r < 0) {
		transport_free(transport);
		return r;
	}
	*ret_transport = transport;
	return 0;
}

void transport_free(struct transport *transport)
{
	if (!transport)
		return;
	(void)pthread_mutex_lock(&transport->lock);
	transport->ending = true;
	(void)pthread_cond_broadcast(&transport->work);
	(void)pthread_mutex_unlock(&transport->lock);
	for (size_t i = 0; i < transport->worker_count; i++) {
		if (transport->workers[i].started)
			(void)pthread_join(transport->workers[i].thread, NULL);
		transport->way->close(transport->workers[i].line);
	}
	(void)pthread_cond_destroy(&transport->end);
	(void)pthread_cond_destroy(&transport->work);
	(void)pthread_mutex_destroy(&transport->lock);
	free(transport);
}

size_t transport_busy(const struct transport *transport)
{
	return transport->busy; /* the caller's thread alone changes it */
}

size_t transport_room(const struct transport *transport)
{
	return PARCELS_MAX - transport->busy;
}

/* The next thread that does not run yet; signals stay with the caller's. The lock is held. */
static int start_one(struct transport *transport)
{
	struct worker *worker = transport->workers;
	sigset_t all, before;
	int r;

	while (worker < transport->workers + transport->worker_count && worker->started)
		worker++;
	if (worker == transport->workers + transport->worker_count)
		return 0;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&worker->thread, NULL, work, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->started = r == 0;
	return r < 0 && worker == transport->workers ? r : 0; /* fewer threads do as well */
}

int transport_submit(struct transport *transport, const struct parcel *parcel)
{
	int r = 0;

	if (transport_room(transport) == 0)
		return -EAGAIN;
	(void)pthread_mutex_lock(&transport->lock);
	if (transport->idle <= transport->waiting_count)
		r = start_one(transport);
	if (r == 0) {
		const size_t last = transport->first + transport->waiting_count++;

		transport->waiting[last % PARCELS_MAX] = *parcel;
		transport->busy++;
		(void)pthread_cond_signal(&transport->work);
	}
	(void)pthread_mutex_unlock(&transport->lock);
	return r;
}

static struct timespec later(int timeout_ms)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time); /* cannot fail */
	time.tv_sec += timeout_ms / 1000;
	time.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

int transport_turn(struct transport *transport, int timeout_ms, struct result *results,
		   size_t count, size_t *ret_count)
{
	const struct timespec until = later(timeout_ms);
	int r = 0;

	(void)pthread_mutex_lock(&transport->lock);
	while (transport->result_count == 0 && r == 0)
		r = pthread_cond_timedwait(&transport->end, &transport->lock, &until);
	if (r == 0) {
		const struct timespec soon = later(LINGER_MS);

		while (!enough(transport) && r == 0)
			r = pthread_cond_timedwait(&transport->end, &transport->lock, &soon);
	}
	if (count > transport->result_count)
		count = transport->result_count;
	memcpy(results, transport->results, count * sizeof(*results));
	transport->result_count -= count;
	memmove(transport->results, transport->results + count,
		transport->result_count * sizeof(*results));
	transport->busy -= count;
	(void)pthread_mutex_unlock(&transport->lock);
	*ret_count = count;
	return r == ETIMEDOUT ? 0 : -r;
}
