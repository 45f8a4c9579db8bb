#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "log.h"

static const struct option long_options[] = {
	{"accept-clock", no_argument,	      NULL, 'a'},
	  {"config",	     required_argument, NULL, 'c'},
	{"dry-run",	    no_argument,	 NULL, 'n'},
	  {"format",	     required_argument, NULL, 'f'},
	{"help",	 no_argument,	      NULL, 'h'},
	  {"json",	   no_argument,	NULL, 'j'},
	{"nagios",	   no_argument,	NULL, 'N'},
	  {"root",	   required_argument, NULL, 'r'},
	{"state",	  required_argument, NULL, 's'},
	  {"verbose",      no_argument,	   NULL, 'v'},
	{"version",	    no_argument,	 NULL, 'V'},
	  {NULL,		 0,		    NULL, 0  },
};

static const struct {
	const char *name, *meaning;
} texts[] = {
	{"--accept-clock", "take the host's date as it is"						  },
	{"--config DIR",	 "with a verb that writes nothing: read the configuration from DIR"	   },
	{"--dry-run",      "write nothing, show what would be done"				      },
	{"--format F",     "with report: csv, html, json or table"				      },
	{"--help",	   "this text"							       },
	{"--json",	   "with --dry-run: one JSON object a line; with preview, status: one object"},
	{"--nagios",	     "with status: one line for a monitoring plug-in"			     },
	{"--root DIR",     "work on the system below DIR"					     },
	{"--state DIR",	"our own files are in DIR, not in var/lib/vsee-expire"		      },
	{"--verbose",      "end with a summary even if there was no warning"			       },
	{"--version",      "print the version"						       },
};

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

static int take(int letter, const char *value, struct options *options)
{
	switch (letter) {
	case 'a':
		options->accept_clock = true;
		return 0;
	case 'c':
		options->config = value;
		return 0;
	case 'n':
		options->dry_run = true;
		return 0;
	case 'f':
		options->format = value;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'N':
		options->nagios = true;
		return 0;
	case 'r':
		return set_root(value, options);
	case 's':
		options->state = value;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	default:
		return -EINVAL; /* getopt has said why */
	}
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

	*options = (struct options){.root = strdup("")};
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
