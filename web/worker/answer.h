/* From PAM's codes and the module's word to what the person is told: pure. */
#pragma once

#include <stdbool.h>

#include "wire/wire.h"

/*
 * What pam_authenticate() and pam_acct_mgmt() say of an attempt. denied: the answer to somebody who
 * is not served (WIRE_WRONG, WIRE_LINK_BAD). True: go on. False: ret_status.
 */
bool answer_authenticate(int code, enum wire_status denied, enum wire_status *ret_status);
bool answer_account(int code, enum wire_status denied, enum wire_status *ret_status);

struct answer_refusal {
	int code;	     /* of pam_chauthtok(), which failed and has changed nothing */
	const char *message; /* VSEE_PAGE_ANSWER, or NULL */
	const char *until;   /* VSEE_PAGE_UNTIL, or NULL */
	const char *text;    /* what a module showed, or "" */
};

/* Sets status, criteria, until and text. */
struct wire_reply answer_refusal(const struct answer_refusal *refusal);

/* What became of shadow's hash over a pam_chauthtok(). */
enum answer_trace {
	ANSWER_SAME,	/* nothing was written */
	ANSWER_OURS,	/* the new password makes it */
	ANSWER_FOREIGN, /* another one, which the new password does not make */
	ANSWER_UNKNOWN, /* can't be read */
};

/*
 * WIRE_CHANGED; WIRE_REFUSED where answer_refusal() has the reason; or what is known for certain:
 * nobody is told "not changed" who may have a new password, nor "changed" who has none.
 */
enum wire_status answer_trace(int code, enum answer_trace trace);
