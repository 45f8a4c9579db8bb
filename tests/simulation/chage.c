/*
 * A chage(1) for the long simulation, at a tenth of the cost: it knows only the options that
 * reminderd gives, and locks nothing. year.py compares what it writes with the real one.
 * With UNDATED, as is planned for shadow: a last change of 0 or none is all that it takes.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define FIELDS 9
#define LINE_SIZE 1024
#define PATH_SIZE 512

static const struct {
	const char *option;
	int field;
} options[] = {
	{"--lastday", 2},
	{"--maxdays", 4},
	{"--warndays", 5},
};

#ifdef UNDATED
#define DATED 0
#else
#define DATED 1
#endif
#define USAGE 2

struct edit {
	const char *root, *name;
	const char *values[FIELDS]; /* NULL: left alone */
};

static void close_stream(FILE **stream)
{
	if (*stream)
		(void)fclose(*stream); /* what counts was flushed and checked */
}

static void parse(int argc, char **argv, struct edit *edit)
{
	edit->root = "";
	edit->name = argv[argc - 1];
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--root") == 0)
			edit->root = argv[i + 1];
		for (size_t k = 0; k < COUNT(options); k++)
			if (strcmp(argv[i], options[k].option) == 0)
				edit->values[options[k].field] =
					strcmp(argv[i + 1], "-1") == 0 ? "" : argv[i + 1];
	}
}

static bool taken(const struct edit *edit)
{
	const char *date = edit->values[2];

	return DATED || (!edit->values[4] && !edit->values[5] &&
			 (!date || !*date || strcmp(date, "0") == 0));
}

static void write_line(const struct edit *edit, char *line, FILE *out)
{
	char *rest = line;

	for (int i = 0; i < FIELDS; i++) {
		const char *field = strsep(&rest, ":");

		(void)fprintf(out, "%s%s", i > 0 ? ":" : "",
			      edit->values[i] ? edit->values[i]
			      : field	      ? field
					      : "");
	}
	(void)fputc('\n', out);
}

static int copy(const struct edit *edit, FILE *in, FILE *out)
{
	const size_t length = strlen(edit->name);
	char line[LINE_SIZE];
	int found = 0;

	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, edit->name, length) != 0 || line[length] != ':') {
			(void)fputs(line, out);
			continue;
		}
		found++;
		line[strcspn(line, "\n")] = '\0';
		write_line(edit, line, out);
	}
	return fflush(out) == 0 && !ferror(out) && found == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	CLEANUP(close_stream) FILE *in = NULL;
	CLEANUP(close_stream) FILE *out = NULL;
	char path[PATH_SIZE], fresh[PATH_SIZE];
	struct edit edit = {0};

	parse(argc, argv, &edit);
	if (!taken(&edit))
		return USAGE;
	(void)snprintf(path, sizeof(path), "%s/etc/shadow", edit.root);
	(void)snprintf(fresh, sizeof(fresh), "%s/etc/shadow+", edit.root);
	(void)umask(077);
	in = fopen(path, "re");
	out = fopen(fresh, "we");
	if (!in || !out || copy(&edit, in, out) != 0 || rename(fresh, path) < 0) {
		perror(path);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
