#include "profile_local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The comments between which pam-auth-update writes; without them it refuses. */
static const char *const marks[] = {
	"# here are the per-package modules (the \"Primary\" block)",
	"# here's the fallback if no module succeeds",
	"# and here are more per-package modules (the \"Additional\" block)",
	"# end of pam-auth-update config",
};

static const char *const types[] = {"auth", "account", "password", "session",
				    "session-noninteractive"};

/* The ".so" word of a line, cut in place; NULL: it has none. */
static char *module_of(char *line)
{
	char *so = strstr(line, ".so"), *start = so;

	if (!so)
		return NULL;
	while (start > line && !strchr(" \t/", start[-1]))
		start--;
	so[3] = '\0';
	return start;
}

/*
 * The next line of the saved text that names this module: pam-auth-update goes through both from
 * top to bottom, and passes over saved lines that somebody took out.
 */
static bool saved_has(FILE *saved, const char *module)
{
	autofree char *line = NULL;
	size_t size = 0;

	while (saved && getline(&line, &size, saved) > 0) {
		const char *found = strncmp(line, "Module:", 7) == 0 ? NULL : module_of(line);

		if (found && strcmp(found, module) == 0)
			return true;
	}
	return false;
}

/* 0: as pam-auth-update left it; the number of the first line it did not write; or -1. */
static long compare(FILE *current, FILE *saved)
{
	autofree char *line = NULL;
	size_t size = 0, mark = 0;
	long number = 0;

	while (mark < COUNT(marks) && getline(&line, &size, current) > 0) {
		const char *module;

		number++;
		if (strncmp(line, marks[mark], strlen(marks[mark])) == 0) {
			mark++;
			continue;
		}
		if (mark % 2 == 0)
			continue; /* between the blocks everybody may write */
		module = line[0] == '#' ? NULL : module_of(line);
		if (!module || !saved_has(saved, module))
			return number;
	}
	return mark < COUNT(marks) ? -1 : 0;
}

bool profile_edited(char *ret_file)
{
	char path[PROFILE_EDITED_SIZE / 2];

	for (size_t i = 0; i < COUNT(types); i++) {
		autofile FILE *saved = NULL, *current = NULL;
		long number = -1;

		(void)snprintf(path, sizeof(path), "/var/lib/pam/%s", types[i]);
		saved = fopen(path, "re");
		(void)snprintf(path, sizeof(path), "/etc/pam.d/common-%s", types[i]);
		current = fopen(path, "re");
		if (current)
			number = compare(current, saved);
		if (number == 0)
			continue;
		(void)snprintf(ret_file, PROFILE_EDITED_SIZE, "/etc/pam.d/common-%s", types[i]);
		if (number > 0)
			(void)snprintf(ret_file, PROFILE_EDITED_SIZE, "%s:%ld", path, number);
		return true;
	}
	return false;
}
