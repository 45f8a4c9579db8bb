/*
 * The ways of transport.c. A line of a way carries one parcel after the other and blocks; each
 * line has a thread of its own, which uses nothing but the line, the parcel and the result.
 */
#pragma once

#include <stdatomic.h>

#include "transport.h"

struct way_setting {
	const struct vsee_delivery *delivery;
	const char *root, *host;
	const struct vsee_secret *password;
	const atomic_bool *ending; /* carry() comes back within a second once it is true */
};

struct way {
	/* Says on standard error what is wrong. 0 or negative errno. */
	int (*open)(const struct way_setting *setting, void **ret_line);
	/* result is zeroed, with the context set; outcome, code, answer and queue_id are filled. */
	void (*carry)(void *line, const struct parcel *parcel, struct result *result);
	void (*close)(void *line);
};

extern const struct way smtp_way;    /* smtp.c */
extern const struct way maildir_way; /* maildir.c */
