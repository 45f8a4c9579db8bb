/* The texts a person sees, each with a short stable code that support can look up. */
#pragma once

#include <stddef.h>

enum vsee_language { VSEE_LANGUAGE_EN, VSEE_LANGUAGE_DE };

enum vsee_message {
	VSEE_MESSAGE_WARN_DAYS,	   /* V01 expires on DATE, in N days */
	VSEE_MESSAGE_WARN_DAY,	   /* V02 expires on DATE, in 1 day (or today) */
	VSEE_MESSAGE_CHANGE,	   /* V03 expired: choose a new one now */
	VSEE_MESSAGE_DENY,	   /* V04 expired: login refused, link */
	VSEE_MESSAGE_ASKED,	   /* V05 the administrator asks for a new one */
	VSEE_MESSAGE_INACTIVE,	   /* V06 expired too long ago */
	VSEE_MESSAGE_ENDED,	   /* V07 the account itself has ended */
	VSEE_MESSAGE_LENIENT,	   /* V08 expired, you are let in, change it soon */
	VSEE_MESSAGE_KEY_LOGIN,	   /* V09 expired; you logged in without it */
	VSEE_MESSAGE_CURRENT,	   /* V10 this is the current password */
	VSEE_MESSAGE_REUSED,	   /* V11 used before */
	VSEE_MESSAGE_EMPTY,	   /* V12 empty */
	VSEE_MESSAGE_TOO_LONG,	   /* V13 longer than 511 bytes */
	VSEE_MESSAGE_TOO_SOON,	   /* V14 changed less than min_days ago */
	VSEE_MESSAGE_BUSY,	   /* V15 another change is going on */
	VSEE_MESSAGE_FAULT,	   /* V16 our fault: nothing was changed, tell support */
	VSEE_MESSAGE_RESET_REUSED, /* V17 administrator: used before, let through */
	VSEE_MESSAGE_ASKED_DENY, /* V18 the administrator asks for a new one: login refused, link */
	VSEE_MESSAGE_ASKED_SOON, /* V19 the administrator asks for a new one, you are let in */
	VSEE_MESSAGE_COUNT,
};

struct vsee_message_values {
	const char *product; /* "VSee Messenger" */
	const char *date;    /* "2026-11-22 01:00 CET"; "" if the text has none */
	const char *link;    /* complete URL, or support's address, or "" */
	long long days;
};

/* "V04". */
const char *vsee_message_code(enum vsee_message message);
/* One English sentence each for an administrator: what it means, and what to do. */
const char *vsee_message_meaning(enum vsee_message message);
const char *vsee_message_remedy(enum vsee_message message);
/* The message of a code ("V04", case ignored), or VSEE_MESSAGE_COUNT. */
enum vsee_message vsee_message_find(const char *code);

/*
 * The text for a person: one line, at most size - 1 bytes (512 is always enough for links up to
 * 256 bytes), ending with its code in brackets. 0, or -ENOBUFS when it had to be left out.
 */
int vsee_message_format(enum vsee_message message, enum vsee_language language,
			const struct vsee_message_values *values, char *ret_text, size_t size);
