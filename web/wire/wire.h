/*
 * Between front and worker: one packet each way over a SOCK_SEQPACKET socket. A header (magic,
 * version, kind, size), then fields, each once, in rising order of their tags, each with its size:
 * there is one way to write a message, and only that is read.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/name.h"
#include "base/secret.h"

#define WIRE_BYTES_MAX 4096
#define WIRE_PASSWORD_MAX 1024 /* bytes; longer ones the front refuses itself */
#define WIRE_SOURCE_SIZE 46    /* an address in text, with NUL */
#define WIRE_ID_SIZE 17	       /* of a request in both logs: 16 hexadecimal digits and NUL */
#define WIRE_TEXT_SIZE 301     /* with NUL: one line of UTF-8 without control characters */

enum wire_op {
	WIRE_CHANGE = 1,  /* user, current, new */
	WIRE_CHANGE_LINK, /* user, token, new */
	WIRE_PEEK_LINK,	  /* user, token: is it good? nothing is used up */
};

enum wire_status {
	WIRE_CHANGED = 1,
	WIRE_LINK_GOOD, /* answer to PEEK_LINK */
	WIRE_WRONG, /* current password wrong, name unknown, or an account not to be changed here */
	WIRE_LINK_BAD,	/* unknown, expired, used, or an account not to be changed here */
	WIRE_UNMET,	/* criteria says which */
	WIRE_REFUSED,	/* not accepted, for a reason of another module: text */
	WIRE_TOO_SOON,	/* until */
	WIRE_THROTTLED, /* retry_after */
	WIRE_BUSY,	/* another change is going on; nothing was changed */
	WIRE_FAULT,	/* ours; nothing was changed */
	WIRE_UNCERTAIN, /* it may have been changed: try the new one first */
};

struct wire_request {
	enum wire_op op;
	char user[VSEE_NAME_SIZE];     /* a name that vsee_name_valid() accepts */
	char source[WIRE_SOURCE_SIZE]; /* of inet_pton(3): where the browser is, or "unix" */
	char id[WIRE_ID_SIZE];	       /* lower-case */
	struct vsee_secret current, token, fresh; /* NUL-free; empty where op has none */
};

struct wire_reply {
	enum wire_status status;
	uint32_t criteria;	   /* UNMET: bits of strength.h; each of these is 0 elsewhere */
	uint32_t retry_after;	   /* THROTTLED: seconds, 1..86400 */
	int64_t until;		   /* TOO_SOON: seconds since the epoch; 0: not known */
	char text[WIRE_TEXT_SIZE]; /* REFUSED: "" none */
};

/* Wipe its secrets and free them. */
void wire_request_clear(struct wire_request *request);
#define autorequest CLEANUP(wire_request_clear)

/*
 * Print into packet, which holds WIRE_BYTES_MAX bytes and which the caller wipes. Returns the size,
 * or -EINVAL where a field is not what the struct's comments say, or is missing or too much for op.
 */
int wire_request_print(const struct wire_request *request, unsigned char *packet);
int wire_reply_print(const struct wire_reply *reply, unsigned char *packet);

/*
 * Read back exactly what print writes; everything else is -EBADMSG, another version
 * -EPROTONOSUPPORT; -ENOMEM. ret_request, ret_reply: written on success only.
 */
int wire_request_parse(const unsigned char *packet, size_t size, struct wire_request *ret_request);
int wire_reply_parse(const unsigned char *packet, size_t size, struct wire_reply *ret_reply);
