/*
 * The words of a language: an INI file with one section a place ([mail], later [page]) and named
 * placeholders, "{days}". English is built in; other files replace single texts of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "store/config.h"

struct vsee_texts;

#define VSEE_TEXT_SIZE 2048 /* with NUL, before its placeholders are filled in */

/* What may stand in a text: its key, and the placeholders it may name. A row a text. */
struct vsee_text_key {
	const char *section, *name;
	const char *placeholders; /* "product days", names with blanks between; "": none */
	bool optional;		  /* may be empty: then what it stands for is left out */
};

/*
 * Start from built_in (size bytes, which must have every key), then let each existing file of
 * paths (NULL-terminated) replace texts. owner: who besides root may own the files.
 * 0; -EINVAL with ret_errors filled (file, line, text: unknown section, key, placeholder or form,
 * a brace left open, no UTF-8, a text twice); else negative errno. The caller frees texts, and
 * clears errors with vsee_text_errors_clear().
 */
struct vsee_text_errors {
	struct vsee_config_error *items;
	size_t count;
};
int vsee_texts_load(const struct vsee_text_key *keys, size_t key_count, const char *built_in,
		    size_t size, const char *const *paths, uid_t owner,
		    struct vsee_texts **ret_texts, struct vsee_text_errors *ret_errors);
void vsee_text_errors_clear(struct vsee_text_errors *errors);
void vsee_texts_free(struct vsee_texts *texts); /* accepts NULL */

struct vsee_text_value {
	const char *name, *value; /* "days", "3" */
};

/*
 * The text of that key (one of the table's) with its placeholders filled in. 0 (the caller frees
 * ret_text), -EINVAL where a placeholder that the text names is not among values, -ENOMEM.
 */
int vsee_text_fill(const struct vsee_texts *texts, const char *section, const char *name,
		   const struct vsee_text_value *values, size_t count, char **ret_text);
