/*
 * The text of vsee-expire.conf.d/99-vseectl.conf, which vseectl keeps: sections with a mode each,
 * and nothing else. It is a configuration file like any other; this is only how we edit it.
 */
#pragma once

#include <stddef.h>

#include "policy/rules.h"
#include "store/section.h"

#define DROPIN_NAME "99-vseectl.conf"
#define DROPIN_SECTIONS_MAX ((size_t)VSEE_SECTIONS_MAX)

struct dropin_section {
	char name[VSEE_SECTION_TEXT_SIZE]; /* "policy", "group providers", "user alice" */
	enum vsee_mode mode;
};

struct dropin {
	struct dropin_section *sections; /* in the order in which they were added */
	size_t count;
};

/*
 * Read what dropin_print() wrote, with any blank lines. Other comments are refused, for they would
 * be lost. 0; -EBADMSG: somebody wrote something else into it (ret_line: where); -ENOMEM.
 * ret_dropin is written only on success, ret_line only for -EBADMSG; the caller calls
 * dropin_clear().
 */
int dropin_parse(const char *text, size_t size, struct dropin *ret_dropin, unsigned *ret_line);

/* Set a section's mode; a new one comes last. 0, -ENOMEM, or -ENOSPC: DROPIN_SECTIONS_MAX. */
int dropin_set(struct dropin *dropin, const char *name, enum vsee_mode mode);

/* NULL: it says nothing about that section. */
const struct dropin_section *dropin_find(const struct dropin *dropin, const char *name);

/* The text, with a header that says who keeps it. 0 or -ENOMEM; the caller frees ret_text. */
int dropin_print(const struct dropin *dropin, char **ret_text, size_t *ret_size);

void dropin_clear(struct dropin *dropin);
#define autodropin CLEANUP(dropin_clear)
