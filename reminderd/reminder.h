/* One reminder: a row of the ledger, and what goes into a mail. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/day.h"
#include "base/name.h"
#include "policy/message.h"

#define ADDRESS_SIZE 256 /* RFC 5321: at most 254 bytes */
#define ANSWER_SIZE 512	 /* a reply line of RFC 5321, cut and made printable */
#define QUEUE_ID_SIZE 64
#define MESSAGE_ID_SIZE 320 /* with its angle brackets */

enum reminder_state {
	REMINDER_DUE,	     /* to be sent, never tried */
	REMINDER_CLAIMED,    /* a run is at it, until claimed_until */
	REMINDER_SENT,	     /* the server has taken it */
	REMINDER_DEFERRED,   /* 4xx, or no server: tried again at next_try */
	REMINDER_FAILED,     /* 5xx: not tried again; the next stage is */
	REMINDER_UNKNOWN,    /* the connection died after the final dot: tried again at next_try */
	REMINDER_SUPERSEDED, /* a smaller stage of the same deadline goes out in its place */
	REMINDER_OBSOLETE,   /* the password changed, the date moved, nobody is to be told */
};

struct reminder {
	int64_t id; /* of the row */
	char name[VSEE_NAME_SIZE];
	uid_t uid;
	vsee_day last_change, deadline, stage;
	char address[ADDRESS_SIZE];
	enum vsee_language language;
	enum reminder_state state;
	unsigned attempts;
	/* Seconds since the epoch; 0: none. */
	int64_t created, next_try, claimed_until, last_try, sent;
	int64_t refused_since; /* first 4xx or 5xx to this password's mails, none sent since */
	int code;	       /* the server's last reply code; 0: none */
	char answer[ANSWER_SIZE];
	char queue_id[QUEUE_ID_SIZE];	  /* as far as the answer names one */
	char message_id[MESSAGE_ID_SIZE]; /* drawn once, the same on every retry */
};

/* "due", "claimed", ... */
const char *reminder_state_name(enum reminder_state state);
