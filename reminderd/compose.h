/* A reminder as a message of RFC 5322: multipart/alternative, UTF-8, CRLF. Made by GMime. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "reminder.h"
#include "store/policy.h"
#include "store/texts.h"

struct compose {
	const struct vsee_policy *policy;  /* product, links, delivery */
	const struct vsee_texts *texts[2]; /* by enum vsee_language */
	const char *host;		   /* this host's name */
	int64_t now;
};

/*
 * The message for row (its address, language, name, deadline, message_id are checked already;
 * days_left: 0 means today). Every header that is 8 bit goes out as RFC 2047, every body as
 * quoted-printable or 7 bit; no line over 998 bytes; it ends with CRLF; dots are not doubled.
 * Equal input gives equal bytes, but for the Date.
 *
 * 0 (the caller frees ret_text), -EINVAL where a value has a character that may not stand in a
 * header (nothing is cut or mended), -ENOMEM.
 */
int compose_reminder(const struct compose *compose, const struct reminder *row, vsee_day days_left,
		     char **ret_text, size_t *ret_size);

/* A new "<random@domain>": 128 bits of getrandom(2). domain: of the sender. 0 or negative errno. */
int compose_message_id(const char *domain, char ret_id[MESSAGE_ID_SIZE]);
