/*
 * Writes passwd, shadow and group with made-up people, for measuring only.
 * users COUNT COVERED GROUPS FOLDER
 */
#include <crypt.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/number.h"
#include "password.h"

#define UID_FIRST 10000
#define UID_ROOM INT64_C(4000000000)
#define BUFFER_SIZE ((size_t)1 << 20)
#define DAYS_OLD 20 /* within the lifetime of the shadow lines: nobody is expired */

struct plan {
	int64_t count, covered;
	bool private_groups; /* one for each person, as useradd(8) makes them */
	const char *folder;
	char hash[CRYPT_OUTPUT_SIZE];
	vsee_day change;
};

static FILE *create(const char *folder, const char *name, mode_t mode)
{
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return NULL;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return NULL;

	FILE *file = fdopen(fd, "w");

	if (file)
		(void)setvbuf(file, NULL, _IOFBF, BUFFER_SIZE); /* else it is only slower */
	return file;
}

static bool finish(FILE *file)
{
	const bool good = !ferror(file);

	return fclose(file) == 0 && good;
}

static bool write_passwd(const struct plan *plan)
{
	FILE *file = create(plan->folder, "passwd", 0644);

	if (!file)
		return false;
	(void)fputs("root:x:0:0:root:/root:/bin/sh\n", file);
	for (int64_t i = 0; i < plan->count; i++)
		(void)fprintf(file,
			      "u%07" PRId64 ":x:%" PRId64 ":%" PRId64 ":Person %" PRId64
			      ",,,:/home/u%07" PRId64 ":/bin/sh\n",
			      i, UID_FIRST + i, UID_FIRST + i, i, i);
	return finish(file);
}

static bool write_shadow(const struct plan *plan)
{
	FILE *file = create(plan->folder, "shadow", 0600);

	if (!file)
		return false;
	(void)fprintf(file, "root:*:%" PRId64 ":0:99999:7:::\n", plan->change);
	for (int64_t i = 0; i < plan->count; i++)
		(void)fprintf(file, "u%07" PRId64 ":%s:%" PRId64 ":0:60:10:::\n", i, plan->hash,
			      plan->change);
	return finish(file);
}

static bool write_group(const struct plan *plan)
{
	FILE *file = create(plan->folder, "group", 0644);

	if (!file)
		return false;
	(void)fputs("root:x:0:\n", file);
	for (int64_t i = 0; plan->private_groups && i < plan->count; i++)
		(void)fprintf(file, "u%07" PRId64 ":x:%" PRId64 ":\n", i, UID_FIRST + i);
	/* Last, where groupadd(8) puts it: whoever looks for it reads the whole file. */
	(void)fputs("covered:x:5000:", file);
	for (int64_t i = 0; i < plan->covered; i++)
		(void)fprintf(file, "%su%07" PRId64, i > 0 ? "," : "",
			      (2 * i + 1) * plan->count / (2 * plan->covered));
	(void)fputc('\n', file);
	return finish(file);
}

/* One hash for all: nobody is verified but a few. */
static bool make_hash(struct plan *plan)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], password[PASSWORD_SIZE];
	autofree struct crypt_data *data = calloc(1, sizeof(*data));
	const char *hash;

	password_make(0, password);
	if (!data || !crypt_gensalt_rn("$y$", 5, NULL, 0, setting, sizeof(setting)))
		return false;
	hash = crypt_r(password, setting, data);
	if (!hash || hash[0] == '*')
		return false;
	strcpy(plan->hash, hash);
	return true;
}

static bool read_number(const char *text, int64_t min, int64_t max, int64_t *ret_number)
{
	return vsee_number_parse(text, strlen(text), min, max, ret_number) == 0;
}

int main(int argc, char **argv)
{
	struct plan plan = {.change = vsee_day_of((int64_t)time(NULL)) - DAYS_OLD};
	int64_t groups;

	if (argc != 5 || !read_number(argv[1], 1, UID_ROOM, &plan.count) ||
	    !read_number(argv[2], 1, plan.count, &plan.covered) ||
	    !read_number(argv[3], 0, 1, &groups)) {
		(void)fputs("usage: users COUNT COVERED GROUPS FOLDER\n", stderr);
		return 2;
	}
	plan.private_groups = groups == 1;
	plan.folder = argv[4];
	if (make_hash(&plan) && write_passwd(&plan) && write_shadow(&plan) && write_group(&plan))
		return 0;
	perror(plan.folder);
	return 1;
}
