/* The one table of configuration keys: it drives parser, defaults, published form and documents. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/policy.h"

enum vsee_key_type {
	VSEE_KEY_DAYS,	  /* number in min..max, or the word in special for VSEE_UNSET */
	VSEE_KEY_COUNT,	  /* unsigned number in min..max */
	VSEE_KEY_CHOICE,  /* one of words, stored as enum */
	VSEE_KEY_STAGES,  /* falling numbers 0..365, at most VSEE_STAGES_MAX, may be empty */
	VSEE_KEY_WORDS,	  /* names separated by blanks, each once; out of words, if there are any */
	VSEE_KEY_GROUPS,  /* the same, stored as bits into vsee_policy.groups */
	VSEE_KEY_TEXT,	  /* UTF-8, one line, no control characters, min..max bytes */
	VSEE_KEY_URL,	  /* https:// or http://, %H and %% only, no blanks or quotes, or empty */
	VSEE_KEY_MAILBOX, /* "Name" <local@domain> or local@domain, or empty */
	VSEE_KEY_ADDRESS, /* local@domain, or empty */
	VSEE_KEY_SMTP, /* smtp:// or smtps://, host and port only; maildir: and a path; or empty */
	VSEE_KEY_HOST, /* host name, or empty */
	VSEE_KEY_PATH, /* absolute path, or empty */
};

struct vsee_key {
	const char *section; /* "policy", "exempt", "text", "mail", "web" */
	const char *name;
	enum vsee_key_type type;
	bool in_section;     /* may stand in [group] and [user] too; offset is into vsee_rules */
	size_t offset;	     /* into struct vsee_rules (in_section) or struct vsee_policy */
	int64_t min, max;    /* of numbers; of texts and addresses, in bytes */
	const char *special; /* NULL: none */
	const char *const *words; /* NULL-terminated; CHOICE, and WORDS where it is not NULL */
	const char *fallback;	  /* the default, written as in the file */
	const char *meaning;	  /* one line for sample file and vseectl config */
};

extern const struct vsee_key vsee_keys[]; /* the keys of a section stand together */
extern const size_t vsee_key_count;

/* The key called name[0..size) in that section of the table, or NULL. */
const struct vsee_key *vsee_key_find(const char *section, const char *name, size_t size);
