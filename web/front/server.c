#include "server.h"

#include <errno.h>
#include <microhttpd.h>
#include <time.h>

#include "log.h"
#include "source.h"
#include "watch.h"

#define MEMORY_BYTES ((size_t)32 * 1024) /* a connection's: head, body and answer's head */
#define STACK_BYTES ((size_t)512 * 1024)
#define STEP_MS 50

/*
 * One thread for all connections: GnuTLS keeps some memory for each thread that ever shook hands.
 * What waits does so elsewhere (errand.h). With select(2), whose 1024 descriptors are enough: in
 * 0.9.75 epoll(7) burns a processor for each TLS hello that is cut short, and poll(2) does when
 * there is no memory. Without ITC the library would shut the listening socket down at its end, and
 * systemd could not start us again on it.
 */
#define FLAGS (MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC)

/* The library's own limit goes by whole addresses, of which everybody with IPv6 has plenty. */
static enum MHD_Result has_room_for(void *context, const struct sockaddr *peer, socklen_t size)
{
	char source[WIRE_SOURCE_SIZE];

	(void)context;
	if (size < sizeof(sa_family_t) || peer->sa_family == AF_UNIX)
		return MHD_YES;
	source_find(peer, false, NULL, source);
	return watch_count(source) < SERVER_CONNECTIONS_PER_ADDRESS ? MHD_YES : MHD_NO;
}

int server_begin(int fd, const struct tls *tls, struct client *client, struct server *server)
{
	const struct MHD_OptionItem tls_options[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? tls->certificate.text : NULL},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? tls->key.text : NULL},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, tls ? (void *)(size_t)tls->priorities : NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	server->handler = (struct handler){.client = client, .is_proxied = !tls};
	/* clang-format off */
	server->daemon = MHD_start_daemon(FLAGS | (tls ? MHD_USE_TLS : 0), 0, has_room_for, NULL,
		handler_answer, &server->handler,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_ARRAY, tls ? tls_options : none,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, SERVER_IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_URI_LOG_CALLBACK, handler_see_target, &server->handler,
		MHD_OPTION_NOTIFY_COMPLETED, handler_complete, &server->handler,
		MHD_OPTION_NOTIFY_CONNECTION, handler_see_connection, &server->handler,
		MHD_OPTION_END);
	/* clang-format on */
	if (server->daemon)
		return 0;
	log_error("the HTTP library does not start: out of memory or of threads?");
	return -EIO;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int server_end(struct server *server)
{
	const int64_t end = now_ms() + INT64_C(1000) * SERVER_DRAIN_SECONDS;
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

	(void)MHD_quiesce_daemon(server->daemon);
	handler_hurry();
	while (handler_busy() > 0 && now_ms() < end)
		(void)nanosleep(&step, NULL);
	if (handler_busy() > 0)
		return -ETIMEDOUT;
	MHD_stop_daemon(server->daemon);
	return 0;
}
