/* Release by declaration: what a function acquires, the scope gives back on every return. */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void vsee_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void vsee_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* read side, or already synced: nothing left to report */
}

static inline void vsee_cleanup_file(FILE **file)
{
	if (*file)
		(void)fclose(*file); /* writers check fclose() themselves */
}

#define CLEANUP(function) __attribute__((cleanup(function)))
#define autofree CLEANUP(vsee_cleanup_free)
#define autoclose CLEANUP(vsee_cleanup_close)
#define autofile CLEANUP(vsee_cleanup_file)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
