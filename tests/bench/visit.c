/*
 * Visits to a page, as a browser makes them: a new TLS 1.3 connection, on which one target after
 * the other is asked for. Every answer must be 200 and hold exactly what is in the file. visit HOST
 * PORT THREADS VISITS TIMES TARGET FILE [TARGET FILE...] makes so many visits, each asking for all
 * targets so many times, and prints microseconds for each visit.
 */
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"

#define LENGTH "\r\nContent-Length:"
#define THREADS_MAX 64
#define TARGETS_MAX 8
#define ANSWER_MAX ((size_t)128 * 1024)

/* What browsers offer first. */
#define PRIORITIES                                                                                 \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1"                  \
	":-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305"

struct target {
	char question[512];
	size_t question_size;
	const char *body;
	size_t body_size;
};

struct numbers {
	int64_t port, threads, visits;
};

static struct {
	const char *host;
	struct sockaddr_in address;
	struct target targets[TARGETS_MAX];
	size_t target_count;
	int64_t times;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities;
	atomic_int left;
} plan;

static int fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "%s: %s\n", what, why);
	return -1;
}

static int send_all(gnutls_session_t session, const char *data, size_t size)
{
	while (size > 0) {
		const ssize_t sent = gnutls_record_send(session, data, size);

		if (sent < 0 && gnutls_error_is_fatal((int)sent))
			return fail("send", gnutls_strerror((int)sent));
		if (sent > 0) {
			data += sent;
			size -= (size_t)sent;
		}
	}
	return 0;
}

/* The size of head and body together; 0: the head is not whole yet; -1: it is no good answer. */
static ssize_t whole_size(const char *answer, const struct target *target, size_t *ret_head)
{
	const char *const end = strstr(answer, "\r\n\r\n");
	const char *length;

	if (!end)
		return 0;
	length = strcasestr(answer, LENGTH);
	if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0 || !length || length > end ||
	    strtoul(length + strlen(LENGTH), NULL, 10) != target->body_size)
		return -1;
	*ret_head = (size_t)(end - answer) + 4;
	return (ssize_t)(*ret_head + target->body_size);
}

static int read_answer(gnutls_session_t session, const struct target *target, char *answer)
{
	size_t have = 0, head = 0;
	ssize_t whole = 0;

	answer[0] = '\0';
	while (whole == 0 || have < (size_t)whole) {
		const ssize_t got =
			gnutls_record_recv(session, answer + have, ANSWER_MAX - 1 - have);

		if (got == 0 || (got < 0 && gnutls_error_is_fatal((int)got)))
			return fail("receive", got == 0 ? "the answer ends too early"
							: gnutls_strerror((int)got));
		have += got > 0 ? (size_t)got : 0;
		answer[have] = '\0';
		if (whole == 0)
			whole = whole_size(answer, target, &head);
		if (whole < 0 || whole >= (ssize_t)ANSWER_MAX)
			return fail("another answer than 200 with the file's size", answer);
	}
	if (have != (size_t)whole || memcmp(answer + head, target->body, target->body_size) != 0)
		return fail("the answer is not the file", target->question);
	return 0;
}

static int ask(gnutls_session_t session, char *answer)
{
	for (int64_t time = 0; time < plan.times; time++)
		for (size_t i = 0; i < plan.target_count; i++) {
			const struct target *const target = &plan.targets[i];

			if (send_all(session, target->question, target->question_size) < 0 ||
			    read_answer(session, target, answer) < 0)
				return -1;
		}
	return 0;
}

static int shake_hands(gnutls_session_t session, int fd)
{
	int r;

	gnutls_transport_set_int(session, fd);
	do
		r = gnutls_handshake(session);
	while (r < 0 && !gnutls_error_is_fatal(r));
	return r < 0 ? fail("handshake", gnutls_strerror(r)) : 0;
}

static int open_connection(void)
{
	const int on = 1;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    connect(fd, (const struct sockaddr *)&plan.address, sizeof(plan.address)) == 0)
		return fd;
	perror("connect");
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int visit(char *answer)
{
	autoclose int fd = open_connection();
	gnutls_session_t session;
	int r = -1;

	if (fd < 0 ||
	    gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_KEY_SHARE_TOP | GNUTLS_NO_TICKETS) < 0)
		return -1;
	if (gnutls_priority_set(session, plan.priorities) == 0 &&
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, plan.credentials) == 0 &&
	    gnutls_server_name_set(session, GNUTLS_NAME_DNS, plan.host, strlen(plan.host)) == 0 &&
	    shake_hands(session, fd) == 0)
		r = ask(session, answer);
	(void)gnutls_bye(session, GNUTLS_SHUT_WR); /* politeness only */
	gnutls_deinit(session);
	return r;
}

/* NULL, or anything else where a visit failed; the others end with it. */
static void *keep_visiting(void *unused)
{
	autofree char *answer = malloc(ANSWER_MAX);

	(void)unused;
	while (answer && atomic_fetch_sub(&plan.left, 1) > 0)
		if (visit(answer) < 0) {
			atomic_store(&plan.left, 0);
			return &plan;
		}
	return answer ? NULL : &plan;
}

static int visit_all(unsigned count)
{
	pthread_t threads[THREADS_MAX];
	unsigned started = 0;
	bool failed = false;
	void *result;

	while (started < count && pthread_create(&threads[started], NULL, keep_visiting, NULL) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		failed = pthread_join(threads[i], &result) != 0 || result || failed;
	return failed || started < count ? -1 : 0;
}

static int prepare_target(const char *name, const char *path, struct target *ret_target)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	int size;

	if (fd < 0 || fstat(fd, &status) < 0)
		return fail(path, "can't be read");
	ret_target->body_size = (size_t)status.st_size;
	ret_target->body = mmap(NULL, ret_target->body_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (ret_target->body == MAP_FAILED)
		return fail(path, "can't be mapped");
	/* Sec-Fetch-Site: as every browser of today, which gets no token in its form. */
	size = snprintf(ret_target->question, sizeof(ret_target->question),
			"GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Language: en\r\n"
			"Sec-Fetch-Site: none\r\n\r\n",
			name, plan.host);
	if (size < 0 || (size_t)size >= sizeof(ret_target->question))
		return fail(name, "too long");
	ret_target->question_size = (size_t)size;
	return 0;
}

static int prepare_tls(void)
{
	if (gnutls_priority_init(&plan.priorities, PRIORITIES, NULL) < 0 ||
	    gnutls_certificate_allocate_credentials(&plan.credentials) < 0)
		return fail("GnuTLS", "does not start");
	return 0;
}

static int prepare(char **argv, struct numbers *ret_numbers)
{
	const struct {
		int64_t max, *number;
	} rows[] = {
		{UINT16_MAX, &ret_numbers->port},
		{THREADS_MAX, &ret_numbers->threads},
		{INT32_MAX, &ret_numbers->visits},
		{INT32_MAX, &plan.times},
	};

	plan.host = *argv++;
	for (size_t i = 0; i < COUNT(rows); i++, argv++)
		if (vsee_number_parse(*argv, strlen(*argv), 1, rows[i].max, rows[i].number) < 0)
			return fail(*argv, "no good number");
	for (; *argv; argv += 2)
		if (prepare_target(argv[0], argv[1], &plan.targets[plan.target_count++]) < 0)
			return -1;
	return prepare_tls();
}

static double microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail for this clock */
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	struct numbers numbers;
	double begin;

	if (argc < 8 || argc % 2 != 0 || argc > 6 + 2 * TARGETS_MAX)
		return 2;
	if (prepare(argv + 1, &numbers) < 0)
		return 1;
	plan.address = (struct sockaddr_in){.sin_family = AF_INET,
					    .sin_port = htons((uint16_t)numbers.port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	atomic_store(&plan.left, (int)numbers.visits);
	begin = microseconds();
	if (visit_all((unsigned)numbers.threads) < 0)
		return 1;
	(void)printf("%.2f\n", (microseconds() - begin) / (double)numbers.visits);
	return 0;
}
