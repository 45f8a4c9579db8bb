/* vsee-expire.conf(5): read by inih, checked whole, never by a login. */
#pragma once

#include <stdint.h>

#include "store/paths.h"
#include "store/policy.h"

#define VSEE_CONFIG_ERRORS_MAX 64

struct vsee_config_error {
	char *file;
	unsigned line; /* 0: the file as a whole */
	char *text;    /* what is wrong, naming the value, and what would be right */
};

/* Where a value comes from, for `vseectl config`. */
struct vsee_config_value {
	char *section; /* "policy", "group providers" */
	const char *key;
	char *value;		   /* as written, or the default */
	struct vsee_source source; /* file "" and line 0: the default */
};

struct vsee_config {
	struct vsee_policy policy;	  /* empty when there are errors */
	struct vsee_config_error *errors; /* fatal ones: nothing may be published */
	size_t error_count;
	/* The keys of the table in its order, then what [group] and [user] sections say themselves,
	 * in reading order. Filled even when there are errors. */
	struct vsee_config_value *values;
	size_t value_count;
};

/*
 * Read vsee-expire.conf, then vsee-expire.conf.d/ *.conf by name, below paths->config_dir, and
 * login.defs. All files are read even when one is wrong, so that one run shows every error.
 *
 * owner: who besides root may own the files. A file that others can write, that is no regular
 * file, or holds NUL bytes, is an error; so are unknown sections and keys, values out of range,
 * repeated keys in a section, lines inih would cut or join, lines without '='. No configuration at
 * all is the default policy, mode off.
 *
 * Returns 0 with error_count 0, -EINVAL with errors listed, or negative errno (-ENOMEM) when it
 * could not go on. The caller calls vsee_config_clear() in all cases.
 */
int vsee_config_read(const struct vsee_paths *paths, uid_t owner, struct vsee_config *ret_config);
void vsee_config_clear(struct vsee_config *config);
