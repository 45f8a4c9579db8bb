/* Feeds stored inputs to a fuzz target: every file named, and every file in a folder named. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "fuzz.h"

#define INPUT_BYTES_MAX (8u * 1024 * 1024)

static int replay_file(int dir_fd, const char *name, unsigned *runs)
{
	autosecret struct vsee_secret text = {0};
	autofree uint8_t *copy = NULL; /* no byte more, so that reading past it is seen */
	int r = vsee_file_read(dir_fd, name, getuid(), INPUT_BYTES_MAX, &text);

	if (r < 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(-r));
		return r;
	}
	copy = malloc(text.length > 0 ? text.length : 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text.text, text.length);
	*runs += fuzz_replay(copy, text.length);
	return 0;
}

static int replay_folder(const char *path, unsigned *count, unsigned *runs)
{
	DIR *dir = opendir(path);
	int r = dir ? 0 : -errno;

	while (dir && r == 0) {
		const struct dirent *entry = readdir(dir);

		if (!entry)
			break;
		if (entry->d_name[0] == '.')
			continue;
		r = replay_file(dirfd(dir), entry->d_name, runs);
		(*count)++;
	}
	if (dir)
		(void)closedir(dir); /* opened for reading */
	return r;
}

int main(int argc, char **argv)
{
	unsigned count = 0, runs = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;
		int r = stat(argv[i], &st) < 0 ? -errno : 0;

		if (r == 0 && S_ISDIR(st.st_mode))
			r = replay_folder(argv[i], &count, &runs);
		else if (r == 0)
			r = (count++, replay_file(AT_FDCWD, argv[i], &runs));
		if (r < 0)
			return 1;
	}
	printf("%u inputs, %u runs\n", count, runs);
	return count > 0 ? 0 : 1;
}
