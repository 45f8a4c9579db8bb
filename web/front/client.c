#include "client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#include "base/cleanup.h"
#include "log.h"

int client_begin(const char *path, struct client *ret_client)
{
	struct sockaddr_un address;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	ret_client->path = path;
	return turns_begin(&ret_client->turns);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A full backlog makes connect(2) wait, so that wait has an end as well. */
static int open_socket(const char *path)
{
	const struct timeval patience = {.tv_sec = 5};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	autoclose int fd = -1;
	int connected;

	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	connected = fd;
	fd = -1;
	return connected;
}

static int send_request(int fd, const struct wire_request *request)
{
	unsigned char packet[WIRE_BYTES_MAX];
	int r;

	r = wire_request_print(request, packet);
	if (r >= 0 && send(fd, packet, (size_t)r, MSG_NOSIGNAL) != r)
		r = -errno;
	explicit_bzero(packet, sizeof(packet));
	return r < 0 ? r : 0;
}

/* 0, -ETIMEDOUT, or what recv(2) says. */
static int wait_readable(int fd)
{
	const int64_t end = now_ms() + INT64_C(1000) * CLIENT_ANSWER_SECONDS;
	struct pollfd poller = {.fd = fd, .events = POLLIN};

	for (;;) {
		const int64_t left = end - now_ms();
		const int r = left > 0 ? poll(&poller, 1, (int)left) : 0;

		if (r > 0)
			return 0;
		if (r == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

/* An end without an answer is -EPIPE. */
static int receive_reply(int fd, struct wire_reply *ret_reply)
{
	unsigned char packet[WIRE_BYTES_MAX];
	ssize_t size;
	int r;

	r = wait_readable(fd);
	if (r < 0)
		return r;
	size = recv(fd, packet, sizeof(packet), MSG_TRUNC);
	if (size < 0)
		return -errno;
	if (size == 0)
		return -EPIPE;
	if ((size_t)size > sizeof(packet))
		return -EBADMSG;
	return wire_reply_parse(packet, (size_t)size, ret_reply);
}

static enum client_outcome call(const struct client *client, const struct wire_request *request,
				struct wire_reply *ret_reply)
{
	autoclose int fd = open_socket(client->path);
	int r;

	if (fd < 0) {
		log_error("request %s: no worker at %s: %s; see systemctl status "
			  "vsee-resetd.socket",
			  request->id, client->path, strerror(-fd));
		return CLIENT_UNSENT;
	}
	r = send_request(fd, request);
	if (r < 0) {
		log_error("request %s: the worker takes no request: %s", request->id, strerror(-r));
		return CLIENT_UNSENT;
	}
	r = receive_reply(fd, ret_reply);
	if (r == 0)
		return CLIENT_ANSWERED;
	log_error("request %s: no good answer of the worker: %s", request->id, strerror(-r));
	/* So ends a socket of this family whose packet nobody has read: unix(7)'s only sign. */
	return r == -ECONNRESET ? CLIENT_UNSENT : CLIENT_UNCERTAIN;
}

enum client_outcome client_ask(struct client *client, const struct wire_request *request,
			       struct wire_reply *ret_reply)
{
	enum client_outcome outcome;
	const int turn = turns_take(&client->turns, request->source, CLIENT_WAIT_SECONDS);

	if (turn < 0) {
		log_warning("request %s: %d calls of the worker are under way, or %d for %s, and "
			    "no turn came for %d s",
			    request->id, TURNS_MAX, TURNS_SOURCE_MAX, request->source,
			    CLIENT_WAIT_SECONDS);
		return CLIENT_UNSENT;
	}
	outcome = call(client, request, ret_reply);
	turns_give(&client->turns, turn);
	return outcome;
}
