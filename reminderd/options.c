#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "log.h"

/* clang-format off */
static const struct option long_options[] = {
	{"accept-clock", no_argument, NULL, 'a'},
	{"config", required_argument, NULL, 'c'},
	{"csv", no_argument, NULL, 'C'},
	{"days", required_argument, NULL, 'D'},
	{"dry-run", no_argument, NULL, 'n'},
	{"format", required_argument, NULL, 'f'},
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, 'j'},
	{"lang", required_argument, NULL, 'l'},
	{"nagios", no_argument, NULL, 'N'},
	{"quota", required_argument, NULL, 'q'},
	{"root", required_argument, NULL, 'r'},
	{"stage", required_argument, NULL, 'S'},
	{"state", required_argument, NULL, 's'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const struct {
	const char *name, *meaning;
} texts[] = {
	{"--accept-clock", "take the host's date as it is"},
	{"--config DIR", "with a verb that writes nothing: read the configuration from DIR"},
	{"--csv", "with send --dry-run and reminders: comma-separated values"},
	{"--days N", "with plan: days ahead, 1 to 400; 30 if not given"},
	{"--dry-run", "write nothing, show what would be done"},
	{"--format F", "with report: csv, html, json or table"},
	{"--help", "this text"},
	{"--json", "one JSON object, or one a line where there are many"},
	{"--lang L", "with test-mail: en or de"},
	{"--nagios", "with status: one line for a monitoring plug-in"},
	{"--quota N", "with plan: mails a day that the server takes"},
	{"--root DIR", "work on the system below DIR"},
	{"--stage N", "with test-mail: the days left that it tells, 0 to 365"},
	{"--state DIR", "our own files are in DIR, not in var/lib/vsee-expire"},
	{"--verbose", "end with a summary even if there was no warning"},
	{"--version", "print the version"},
};
/* clang-format on */

void options_print(FILE *stream)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		(void)fprintf(stream, "  %-16s %s\n", texts[i].name, texts[i].meaning);
}

/* chage(1) wants an absolute path, and ours must mean the same folder. */
static int set_root(const char *path, struct options *options)
{
	char *root = realpath(path, NULL);

	if (!root) {
		log_error("--root %s: %s", path, strerror(errno));
		return -EINVAL;
	}
	if (strcmp(root, "/") == 0)
		root[0] = '\0';
	free(options->root);
	options->root = root;
	return 0;
}

static int set_number(const char *name, const char *text, int64_t min, int64_t max,
		      int64_t *ret_number)
{
	if (vsee_number_parse(text, strlen(text), min, max, ret_number) == 0)
		return 0;
	log_error("%s %s: a number from %lld to %lld is wanted", name, text, (long long)min,
		  (long long)max);
	return -EINVAL;
}

static bool *flag(int letter, struct options *options)
{
	switch (letter) {
	case 'a':
		return &options->accept_clock;
	case 'C':
		return &options->csv;
	case 'h':
		return &options->help;
	case 'j':
		return &options->json;
	case 'n':
		return &options->dry_run;
	case 'N':
		return &options->nagios;
	case 'v':
		return &options->verbose;
	case 'V':
		return &options->version;
	default:
		return NULL;
	}
}

static int take_value(int letter, const char *value, struct options *options)
{
	switch (letter) {
	case 'c':
		options->config = value;
		return 0;
	case 'D':
		return set_number("--days", value, 1, 400, &options->days);
	case 'f':
		options->format = value;
		return 0;
	case 'l':
		options->language = value;
		return 0;
	case 'q':
		return set_number("--quota", value, 1, 100000000, &options->quota);
	case 'r':
		return set_root(value, options);
	case 's':
		options->state = value;
		return 0;
	case 'S':
		return set_number("--stage", value, 0, 365, &options->stage);
	default:
		return -EINVAL; /* getopt has said why */
	}
}

static int take(int letter, const char *value, struct options *options)
{
	bool *const found = flag(letter, options);

	if (!found)
		return take_value(letter, value, options);
	*found = true;
	return 0;
}

static void remember(int letter, struct options *options)
{
	const size_t count = strlen(options->used);

	if (count + 1 < sizeof(options->used) && !strchr(options->used, letter))
		options->used[count] = (char)letter;
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options *options = ret_options;
	int letter, r;

	*options = (struct options){.root = strdup(""), .days = -1, .quota = -1, .stage = -1};
	if (!options->root)
		return -ENOMEM;
	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		remember(letter, options);
		r = take(letter, optarg, options);
		if (r < 0)
			return r;
	}
	if (optind < argc)
		options->verb = argv[optind++];
	if (optind < argc)
		options->argument = argv[optind++];
	if (optind < argc) {
		log_error("unexpected argument: %s", argv[optind]);
		return -EINVAL;
	}
	return 0;
}

static const char *long_name(char letter)
{
	const struct option *option = long_options;

	while (option->name && option->val != letter)
		option++;
	return option->name ? option->name : "?";
}

int options_allowed(const struct options *options, const char *verb, const char *allowed)
{
	if (options->argument && !strchr(allowed, '*')) {
		log_error("unexpected argument: %s", options->argument);
		return -EINVAL;
	}
	for (const char *letter = options->used; *letter; letter++) {
		if (strchr("rs", *letter) || strchr(allowed, *letter))
			continue;
		log_error("%s has no option --%s", verb, long_name(*letter));
		return -EINVAL;
	}
	return 0;
}

void options_clear(struct options *options)
{
	free(options->root);
	*options = (struct options){0};
}
