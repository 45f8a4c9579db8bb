#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FILES_MAX 32
#define FILE_SIZE_MAX ((size_t)64 * 1024)

static struct {
	const char *path;
	char *text;
	size_t size;
} files[FILES_MAX];
static size_t file_count;

int keep_file(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	autofree char *text = malloc(FILE_SIZE_MAX);
	ssize_t size;

	if (fd < 0 || !text || file_count == FILES_MAX)
		return -1;
	size = read(fd, text, FILE_SIZE_MAX);
	if (size < 0 || (size_t)size == FILE_SIZE_MAX) {
		errno = size < 0 ? errno : EFBIG;
		return -1;
	}
	files[file_count].path = path;
	files[file_count].text = text;
	files[file_count++].size = (size_t)size;
	text = NULL;
	return 0;
}

int keep_restore(void)
{
	for (size_t i = 0; i < file_count; i++) {
		autoclose int fd = open(files[i].path, O_WRONLY | O_CLOEXEC);

		if (fd < 0 || ftruncate(fd, 0) < 0 ||
		    write(fd, files[i].text, files[i].size) != (ssize_t)files[i].size)
			return -1;
	}
	return 0;
}
