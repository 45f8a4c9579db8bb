/* The worker, as the front sees it: one packet there, one back. */
#pragma once

#include "turns.h"
#include "wire/wire.h"

#define CLIENT_PATH "/run/vsee-expire/reset.sock"
#define CLIENT_WAIT_SECONDS 10	 /* for a turn */
#define CLIENT_ANSWER_SECONDS 25 /* for the worker */

struct client {
	const char *path; /* not owned */
	struct turns turns;
};

enum client_outcome {
	CLIENT_ANSWERED,
	CLIENT_UNSENT,	  /* no worker has read the request: nothing was done */
	CLIENT_UNCERTAIN, /* it was read, and no good answer came */
};

/* 0 or negative errno. path must outlive the client. */
int client_begin(const char *path, struct client *ret_client);

/* Ask, at most CLIENT_WAIT_SECONDS + CLIENT_ANSWER_SECONDS. ret_reply: written when answered. */
enum client_outcome client_ask(struct client *client, const struct wire_request *request,
			       struct wire_reply *ret_reply);
