#include "mention.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"

#define LINE_MAX_BYTES 4096

static bool names_word(int fd, const char *word)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	struct vsee_line line;

	if (vsee_lines_open(fd, LINE_MAX_BYTES, &lines) < 0)
		return false;
	while (vsee_lines_next(&lines, &line) > 0)
		if (line.size > 0 && line.text[0] != '#' &&
		    memmem(line.text, line.size, word, strlen(word)))
			return true;
	return false;
}

bool mention_file(const char *root, const char *path, const char *word)
{
	char whole[PATH_MAX];
	autoclose int fd = -1;

	if (snprintf(whole, sizeof(whole), "%s%s", root, path) >= (int)sizeof(whole))
		return false;
	fd = vsee_file_open(whole);
	return fd >= 0 && names_word(fd, word);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder); /* read only */
}

void mention_folder(const char *root, const char *folder, const char *word, mention_found found,
		    void *context)
{
	CLEANUP(close_folder) DIR *stream = NULL;
	const struct dirent *entry;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s", root, folder) >= (int)sizeof(path))
		return;
	stream = opendir(path);
	while (stream && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.' || snprintf(path, sizeof(path), "%s/%s", folder,
							entry->d_name) >= (int)sizeof(path))
			continue;
		if (mention_file(root, path, word) && !found(context, path))
			return;
	}
}
