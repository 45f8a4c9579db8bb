#include "options.h"

#include <errno.h>
#include <getopt.h>

#include "base/cleanup.h"
#include "client.h"
#include "log.h"

/* clang-format off */
static const struct option long_options[] = {
	{"cert", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{"key", required_argument, NULL, 'k'},
	{"root", required_argument, NULL, 'r'},
	{"state", required_argument, NULL, 's'},
	{"version", no_argument, NULL, 'V'},
	{"worker", required_argument, NULL, 'w'},
	{NULL, 0, NULL, 0},
};

static const struct {
	const char *name, *meaning;
} texts[] = {
	{"--cert FILE", "certificate (PEM), not the credential tls-cert"},
	{"--help", "this text"},
	{"--key FILE", "its key (PEM), not the credential tls-key"},
	{"--root DIR", "read the configuration of the system below DIR"},
	{"--state DIR", "the policy is in DIR, not in var/lib/vsee-expire"},
	{"--version", "print the version"},
	{"--worker SOCKET", "where the worker listens"},
};
/* clang-format on */

void options_print(FILE *stream)
{
	(void)fprintf(stream, "usage: vsee-web [OPTION...]\n"
			      "It serves on the socket that systemd passes.\n\n");
	for (size_t i = 0; i < COUNT(texts); i++)
		(void)fprintf(stream, "  %-16s %s\n", texts[i].name, texts[i].meaning);
	(void)fprintf(stream, "\nSee vsee-web(8).\n");
}

static int take(int letter, const char *value, struct options *options)
{
	switch (letter) {
	case 'c':
		options->certificate = value;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'k':
		options->key = value;
		return 0;
	case 'r':
		options->root = value;
		return 0;
	case 's':
		options->state = value;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	case 'w':
		options->worker = value;
		return 0;
	default:
		return -EINVAL; /* getopt has said why */
	}
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options options = {.root = "", .worker = CLIENT_PATH};
	int letter, r;

	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		r = take(letter, optarg, &options);
		if (r < 0)
			return r;
	}
	if (optind < argc) {
		log_error("unexpected argument: %s", argv[optind]);
		return -EINVAL;
	}
	if (!options.certificate != !options.key) {
		log_error("--cert and --key go together");
		return -EINVAL;
	}
	*ret_options = options;
	return 0;
}
