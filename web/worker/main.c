/* vsee-resetd: root, one request of the page's front, then gone. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "deadline.h"
#include "confine.h"
#include "log.h"
#include "peer.h"
#include "work.h"

#define PEER "vsee-web"
#define RECEIVE_TIMEOUT_MS 5000
#define STACK_WIPED ((size_t)256 << 10) /* several times what PAM and its modules go down */

static int64_t seconds_of(clockid_t clock)
{
	struct timespec now = {0};

	(void)clock_gettime(clock, &now); /* can't fail for these clocks */
	return now.tv_sec;
}

/* One packet. 0 with ret_request; -ETIME: nothing came; or negative errno. */
static int receive(int socket, struct wire_request *ret_request)
{
	unsigned char packet[WIRE_BYTES_MAX];
	struct pollfd poll_fd = {.fd = socket, .events = POLLIN};
	ssize_t size;
	int r = poll(&poll_fd, 1, RECEIVE_TIMEOUT_MS);

	if (r <= 0)
		return r < 0 ? -errno : -ETIME;
	size = recv(socket, packet, sizeof(packet), MSG_TRUNC | MSG_DONTWAIT);
	if (size < 0)
		r = -errno;
	else if (size == 0)
		r = -ECONNRESET; /* closed without a word */
	else if ((size_t)size > sizeof(packet))
		r = -EMSGSIZE;
	else
		r = wire_request_parse(packet, (size_t)size, ret_request);
	explicit_bzero(packet, sizeof(packet));
	return r;
}

static int send_reply(int socket, const struct wire_reply *reply)
{
	unsigned char packet[WIRE_BYTES_MAX];
	const int size = wire_reply_print(reply, packet);

	if (size < 0)
		return size;
	return send(socket, packet, (size_t)size, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static struct wire_reply run(struct work *work)
{
	switch (work->request->op) {
	case WIRE_CHANGE:
		return change_run(work);
	case WIRE_CHANGE_LINK:
		return link_change(work);
	case WIRE_PEEK_LINK:
		return link_peek(work);
	}
	return work_reply(WIRE_FAULT);
}

static struct wire_reply work_on(const struct wire_request *request)
{
	struct work work = {
		.request = request,
		.now = seconds_of(CLOCK_REALTIME),
		.boot_now = seconds_of(CLOCK_BOOTTIME),
		.reason = "",
	};
	struct wire_reply reply = work_reply(WIRE_FAULT);

	if (vsee_paths_init("", NULL, &work.paths) == 0)
		reply = run(&work);
	log_request(request, work_shown_user(&work), &reply, work.reason, work.code);
	return reply;
}

/* Libraries copy passwords into buffers of their own, and leave them there: cracklib does. */
__attribute__((noinline)) static void wipe_stack(void)
{
	unsigned char below[STACK_WIPED];

	explicit_bzero(below, sizeof(below));
}

static int serve(int socket)
{
	autorequest struct wire_request request = {0};
	struct wire_reply reply = work_reply(WIRE_FAULT);
	int64_t began_ns;
	int r = receive(socket, &request);

	if (r == -ETIME || r == -ECONNRESET)
		return r;
	began_ns = deadline_begin();
	if (r == 0)
		reply = work_on(&request);
	else
		log_fault("a packet that can't be read: %s; front and worker may be of different "
			  "versions",
			  strerror(-r));
	wire_request_clear(&request); /* before the wait */
	wipe_stack();
	deadline_wait(reply.status, began_ns);
	return send_reply(socket, &reply);
}

/* What systemd passed, the only one. Or negative errno. */
static int take_socket(void)
{
	const int count = sd_listen_fds(true);

	if (count != 1)
		return count < 0 ? count : -ENOTSOCK;
	return sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_SEQPACKET, 0) == 1
		       ? SD_LISTEN_FDS_START
		       : -ENOTSOCK;
}

static int serve_peer(const char *peer)
{
	struct vsee_paths paths;
	const int socket = take_socket();
	int r = socket < 0 ? socket : confine_set();

	if (r == 0)
		r = vsee_paths_init("", NULL, &paths);
	if (r == 0)
		r = peer_check(socket, paths.passwd, peer);
	return r < 0 ? r : serve(socket);
}

/* NULL where the program ends with ret_code. */
static const char *read_options(int argc, char **argv, int *ret_code)
{
	static const struct option options[] = {
		{"peer", required_argument, NULL, 'p'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	const char *peer = PEER;
	int letter;

	*ret_code = EXIT_FAILURE;
	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter == 'V') {
			(void)printf("vsee-resetd %s\n", VSEE_VERSION);
			*ret_code = EXIT_SUCCESS;
			return NULL;
		}
		if (letter != 'p')
			return NULL; /* getopt has said why */
		peer = optarg;
	}
	if (optind == argc)
		return peer;
	(void)fprintf(stderr, "usage: vsee-resetd [--peer USER], started by vsee-resetd.socket\n");
	return NULL;
}

int main(int argc, char **argv)
{
	int code, r;
	const char *peer = read_options(argc, argv, &code);

	if (!peer)
		return code;
	log_open();
	r = serve_peer(peer);
	if (r == 0)
		return EXIT_SUCCESS;
	log_fault("no answer was given: %s", strerror(-r));
	if (r == -ENOTSOCK)
		(void)fprintf(stderr, "vsee-resetd: no socket; vsee-resetd.socket starts it\n");
	return EXIT_FAILURE;
}
