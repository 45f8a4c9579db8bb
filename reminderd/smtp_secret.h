/* Servers that repeat what they were told: the secret of AUTH in what they say. */
#pragma once

#include "base/secret.h"
#include "smtp_reply.h"

struct smtp_secret {
	/* The password, and what AUTH PLAIN and AUTH LOGIN make of it. Empty: no login. */
	struct vsee_secret forms[3];
};

/* Wiped by smtp_secret_clear(), also after a fault. 0, or -ENOMEM. */
int smtp_secret_init(const char *user, const struct vsee_secret *password,
		     struct smtp_secret *secret);
void smtp_secret_clear(struct smtp_secret *secret);

/*
 * smtp_reply_add(), but of a line that repeats the secret the code alone is kept: answers go into
 * the ledger and the log, and help desks read them.
 */
int smtp_secret_add(const struct smtp_secret *secret, struct smtp_reply *reply, const char *line,
		    size_t size);
