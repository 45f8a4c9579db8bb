#include "store/mention.h"

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

static bool names_in(const char *root, const char *path, const char *word)
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

bool vsee_mention_folder(const char *root, const char *folder, const char *word,
			 vsee_mention_found found, void *context)
{
	CLEANUP(close_folder) DIR *stream = NULL;
	const struct dirent *entry;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s", root, folder) >= (int)sizeof(path))
		return true;
	stream = opendir(path);
	while (stream && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.' || snprintf(path, sizeof(path), "%s/%s", folder,
							entry->d_name) >= (int)sizeof(path))
			continue;
		if (names_in(root, path, word) && !found(context, path))
			return false;
	}
	return true;
}

bool vsee_mention_cron(const char *root, const char *word, vsee_mention_found found, void *context)
{
	static const char *const folders[] = {
		"/etc/cron.d",
		"/etc/cron.daily",
		"/etc/cron.hourly",
		"/etc/cron.weekly",
		"/etc/cron.monthly",
		"/var/spool/cron",
		"/var/spool/cron/crontabs",
	};

	if (names_in(root, "/etc/crontab", word) && !found(context, "/etc/crontab"))
		return false;
	for (size_t i = 0; i < COUNT(folders); i++)
		if (!vsee_mention_folder(root, folders[i], word, found, context))
			return false;
	return true;
}
