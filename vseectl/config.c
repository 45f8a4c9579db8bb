/* vseectl config: the values in effect, in the form of a configuration file. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "check.h"
#include "say.h"
#include "store/keys.h"
#include "store/section.h"
#include "verb.h"

static void print_value(const struct vsee_config_value *value)
{
	const int width = (int)(strlen(value->key) + strlen(value->value) + 3);

	(void)printf("%s = %s%*s ; ", value->key, value->value, width < 40 ? 40 - width : 0, "");
	if (value->source.line > 0)
		(void)printf("%s:%u\n", value->source.file, value->source.line);
	else
		(void)printf("default\n");
}

static const struct vsee_config_value *find_value(const struct vsee_config *config,
						  const char *section, const char *key)
{
	for (size_t i = 0; i < config->value_count; i++)
		if (strcmp(config->values[i].section, section) == 0 &&
		    strcmp(config->values[i].key, key) == 0)
			return &config->values[i];
	return NULL;
}

/* Every key that can stand in the section; one of a group or user inherits from [policy]. */
static void print_section(const struct vsee_config *config, const char *name, bool inherits)
{
	(void)printf("[%s]\n", name);
	for (size_t i = 0; i < vsee_key_count; i++) {
		const struct vsee_key *key = &vsee_keys[i];
		const struct vsee_config_value *value = find_value(config, name, key->name);

		if (!value && inherits && key->in_section)
			value = find_value(config, key->section, key->name);
		if (value && (inherits || strcmp(key->section, name) == 0))
			print_value(value);
	}
	(void)putchar('\n');
}

static bool wanted(const char *section, const char *name)
{
	return !section || strcmp(section, name) == 0;
}

/* How many sections were printed. */
static size_t print_fixed(const struct vsee_config *config, const char *section)
{
	const char *last = "";
	size_t count = 0;

	for (size_t i = 0; i < vsee_key_count; i++) {
		const char *name = vsee_keys[i].section;

		if (strcmp(last, name) == 0 || !wanted(section, name))
			continue;
		print_section(config, name, false);
		last = name;
		count++;
	}
	return count;
}

static size_t print_named(const struct vsee_config *config, const char *section)
{
	char name[VSEE_SECTION_TEXT_SIZE];
	size_t count = 0;

	for (size_t i = 1; i < config->policy.section_count; i++) {
		vsee_section_text(&config->policy.sections[i], name);
		if (!wanted(section, name))
			continue;
		print_section(config, name, true);
		count++;
	}
	return count;
}

static int parse_options(int argc, char **argv, const char **ret_section)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter != 's')
			return -EINVAL;
		*ret_section = optarg;
	}
	return optind == argc ? 0 : -EINVAL;
}

enum exit_code verb_config(const struct context *context, int argc, char **argv)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	const char *section = NULL;
	enum exit_code code;

	if (parse_options(argc, argv, &section) < 0) {
		say_error("usage: vseectl config [--section SECTION]");
		return EXIT_USAGE;
	}
	code = check_config(context, &config);
	if (code != EXIT_GOOD)
		return code;
	if (print_fixed(&config, section) + print_named(&config, section) > 0)
		return EXIT_GOOD;
	say_error("no section is called \"%s\"; names are like: policy, text, group providers",
		  section);
	return EXIT_UNKNOWN;
}
