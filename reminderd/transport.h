/*
 * How mail leaves: several messages on their way at once, each with one recipient. Two ways: SMTP
 * (libcurl, a thread for each reused connection) and a Maildir for trial runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "reminder.h"
#include "store/policy.h"

enum outcome {
	OUTCOME_TAKEN,	     /* 250 to the final dot */
	OUTCOME_DEFERRED,    /* 4xx to this message */
	OUTCOME_REFUSED,     /* 5xx to this message */
	OUTCOME_UNKNOWN,     /* the connection died after the final dot */
	OUTCOME_UNREACHABLE, /* no connection, no TLS, no login, died before the dot: not its fault
			      */
};

struct result {
	void *context; /* of the parcel */
	enum outcome outcome;
	int code;		      /* of the reply that decided; 0: none did */
	char answer[ANSWER_SIZE];     /* that reply, or what libcurl says; printable */
	char queue_id[QUEUE_ID_SIZE]; /* "": none found in the reply */
};

struct parcel {
	void *context;
	const char *sender, *recipient; /* checked addresses, without brackets */
	const char *text;		/* stays the caller's until its result was handed out */
	size_t size;
};

struct transport;

/*
 * delivery: server, TLS, user, connections; a folder is below root. password: for AUTH, empty:
 * none; wiped by the caller after transport_free(). host: our name in EHLO.
 * 0 or negative errno; says itself on standard error what is wrong with the configuration. No
 * connection is made and no thread started before the first parcel. Environment variables that
 * libcurl and OpenSSL would listen to are removed.
 */
int transport_new(const struct vsee_delivery *delivery, const char *root, const char *host,
		  const struct vsee_secret *password, struct transport **ret_transport);
void transport_free(struct transport *transport); /* accepts NULL; ends what is on its way */

/* How many parcels more it takes now. */
size_t transport_room(const struct transport *transport);

/* Hand one over, where there is room. 0 or negative errno: then nothing was sent. */
int transport_submit(struct transport *transport, const struct parcel *parcel);

/*
 * Wait for at most timeout_ms or until something came to its end; signals do not cut it short.
 * Fills results (count at most), ret_count of them. 0 or negative errno.
 */
int transport_turn(struct transport *transport, int timeout_ms, struct result *results,
		   size_t count, size_t *ret_count);

/* How many are on their way. */
size_t transport_busy(const struct transport *transport);
