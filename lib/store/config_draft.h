/* The configuration while it is read: what was said, where, and what is wrong with it. */
#pragma once

#include "store/config.h"
#include "store/keys.h"

struct vsee_draft_value {
	char *text; /* as written, blanks in lists squeezed; NULL: not said */
	unsigned file, line;
};

struct vsee_draft_section {
	const char *table; /* where its keys stand in the table */
	enum vsee_section_kind kind;
	char *name;	     /* of a group or user, else "" */
	unsigned file, line; /* of its first header; [exempt]: of its last; line 0: never seen */
	unsigned last_file, last_line;
	struct vsee_draft_value *values; /* by the key's place in vsee_keys */
};

/* The sections that are always there; groups and users follow in reading order. */
enum {
	VSEE_DRAFT_POLICY,
	VSEE_DRAFT_EXEMPT,
	VSEE_DRAFT_TEXT,
	VSEE_DRAFT_MAIL,
	VSEE_DRAFT_WEB,
	VSEE_DRAFT_FIXED,
};

struct vsee_draft {
	char **files; /* [0] is "", for defaults */
	size_t file_count;
	struct vsee_draft_section *sections;
	size_t section_count;
	struct vsee_config_error *errors;
	size_t error_count;
	uid_t uid_min, uid_max;
	bool no_memory; /* something could not be kept: the draft is worth nothing */

	size_t current; /* section of the lines being read */
	unsigned line;
};

/* A draft of the sections that are always there, none of their keys set. 0 or -ENOMEM. */
int vsee_draft_init(struct vsee_draft *ret_draft);
void vsee_draft_clear(struct vsee_draft *draft);
#define autodraft CLEANUP(vsee_draft_clear)

/* A new section at the end. 0, or -ENOMEM (also noted in the draft). */
int vsee_draft_add(struct vsee_draft *draft, const char *table, enum vsee_section_kind kind,
		   const char *name);

/* Read one file's text. Faults become errors of the draft. */
void vsee_draft_read(struct vsee_draft *draft, const char *file, const char *text, size_t size);

/* Note an error (line 0: the file as a whole); the same one only once, VSEE_CONFIG_ERRORS_MAX at
 * most. */
__attribute__((format(printf, 4, 5))) void vsee_draft_error(struct vsee_draft *draft,
							    const char *file, unsigned line,
							    const char *format, ...);

/* Why a file of at most 1 MiB is not read: what vsee_file_read() and vsee_dir_open() returned. */
const char *vsee_config_fault(int fault);

#define VSEE_SHOWN_SIZE 256
/* At most 60 bytes of a value, all but printable ASCII as \xNN, fit for a terminal and a log. */
void vsee_value_show(const char *text, char *ret_shown);

/* Check across keys, and move policy, values and errors to config. 0, -EINVAL or -ENOMEM. */
int vsee_draft_build(struct vsee_draft *draft, struct vsee_config *ret_config);
