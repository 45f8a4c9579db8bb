/* The words of the mails: which there are, and those of this host, by language. */
#pragma once

#include <stdbool.h>

#include "policy/message.h"
#include "store/texts.h"

#define LANGUAGE_COUNT 2

extern const struct vsee_text_key mail_text_keys[];
extern const size_t mail_text_key_count;
extern const char mail_texts_english[]; /* reminderd/texts/en.ini, made by the build */

struct mail_texts {
	struct vsee_texts *texts[LANGUAGE_COUNT]; /* by enum vsee_language */
	unsigned faults; /* errors that were said: the exit code must tell of them */
};

/*
 * English, built in; German from the file that the package brings (below root); each with what
 * config_dir/texts/en.ini and de.ini say instead. owner: who besides root may own the files.
 *
 * A file with a fault is left out whole and each fault said (file, line, value): nobody loses a
 * reminder by a slip in a text. Where the German file is missing both are the same, English ones;
 * language is the policy's: it is warned of where that is German.
 * 0 (the caller clears ret_texts), or -ENOMEM.
 */
int mail_texts_load(const char *root, const char *config_dir, uid_t owner,
		    enum vsee_language language, struct mail_texts *ret_texts);
void mail_texts_clear(struct mail_texts *texts);
