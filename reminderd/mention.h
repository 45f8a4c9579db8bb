/* Which files of a folder name a word outside of comments. */
#pragma once

#include <stdbool.h>

/* path: below root, of a file that names the word. False: that is enough. */
typedef bool (*mention_found)(void *context, const char *path);

/* Whether the file at path below root names the word; false as well where it can't be read. */
bool mention_file(const char *root, const char *path, const char *word);

/* Tell found each file of the folder below root that names the word; hidden ones are left out. */
void mention_folder(const char *root, const char *folder, const char *word, mention_found found,
		    void *context);
