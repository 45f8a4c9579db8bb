/* A temporary folder for the tests of one program: set-up and tear-down of their group. */
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/vsee-test-XXXXXX";
static int folder_fd = -1;

static inline int folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder_fd < 0 ? -1 : 0;
}

/* Whatever the tests left in it; a folder inside must be empty. */
static inline int folder_remove(void **state)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	(void)state;
	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(folder_fd, entry->d_name, 0) < 0)
			(void)unlinkat(folder_fd, entry->d_name, AT_REMOVEDIR); /* rmdir() tells */
	if (dir)
		(void)closedir(dir);
	(void)close(folder_fd);
	return rmdir(folder);
}
