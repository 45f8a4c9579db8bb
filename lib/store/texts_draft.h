/* The texts while they are read: what was said, where, and what is wrong with it. */
#pragma once

#include "store/config_draft.h"
#include "store/texts.h"

struct vsee_texts_draft {
	const struct vsee_text_key *keys;
	size_t key_count;
	char **texts;		 /* by key; NULL: not said */
	struct vsee_draft notes; /* errors and no_memory of it, nothing else */
};

/* Room for key_count texts. 0 or -ENOMEM. The caller clears ret_draft. */
int vsee_texts_draft_init(const struct vsee_text_key *keys, size_t key_count,
			  struct vsee_texts_draft *ret_draft);
void vsee_texts_draft_clear(struct vsee_texts_draft *draft);
#define autotexts CLEANUP(vsee_texts_draft_clear)

/* Read one file's text: what it says replaces what is there. Faults become errors of the notes. */
void vsee_texts_read(struct vsee_texts_draft *draft, const char *file, const char *text,
		     size_t size);
