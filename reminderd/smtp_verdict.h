/* What a reply means, by the step of RFC 5321 that it answers. */
#pragma once

#include "transport.h"

enum smtp_step {
	SMTP_CONNECT, /* up to AUTH */
	SMTP_MAIL,    /* each of these: its reply is awaited */
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY, /* the text is being sent, the final dot is not */
	SMTP_DOT,
	SMTP_JUDGED, /* the reply that decides was read */
};

/* The step that a whole reply leads to. */
enum smtp_step smtp_next(enum smtp_step step, int code);

/* The outcome where the reply to this step decided. */
enum outcome smtp_outcome(enum smtp_step step, int code);

/* For messages: "MAIL", "the final dot", ... */
const char *smtp_step_name(enum smtp_step step);
