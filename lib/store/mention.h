/* Which files below a root name a word outside of comments. */
#pragma once

#include <stdbool.h>

/* path: below root, of a file that names the word. False: that is enough. */
typedef bool (*vsee_mention_found)(void *context, const char *path);

/*
 * Tell found each regular file of the folder below root ("": the host) that names the word; hidden
 * ones are left out, and what can't be read counts as saying nothing. False: found had enough.
 */
bool vsee_mention_folder(const char *root, const char *folder, const char *word,
			 vsee_mention_found found, void *context);

/* The same for the files of cron(8): the system's, the packages', and people's own. */
bool vsee_mention_cron(const char *root, const char *word, vsee_mention_found found, void *context);
