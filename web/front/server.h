/* The library's daemon: flags, limits, start and end. */
#pragma once

#include "handler.h"
#include "tls.h"

/*
 * 500 clients at once must do, also from behind one address (or network, see source.h), of which
 * not all mean well; the rest is left for others.
 */
#define SERVER_CONNECTIONS_MAX 576
#define SERVER_CONNECTIONS_PER_ADDRESS 512
#define SERVER_IDLE_SECONDS 10U
#define SERVER_DRAIN_SECONDS 25 /* for requests under way when we are told to stop */

struct server {
	struct MHD_Daemon *daemon;
	struct handler handler;
};

/*
 * Serve on the listening socket fd. tls: NULL for clear text. server, client and tls must outlive
 * it. 0, or -EIO after saying so.
 */
int server_begin(int fd, const struct tls *tls, struct client *client, struct server *server);

/*
 * Take no more; wait for what is under way; end. The socket stays open for whoever comes next. 0,
 * or -ETIMEDOUT: somebody waits for the worker yet, and the library can't be ended under him.
 */
int server_end(struct server *server);
