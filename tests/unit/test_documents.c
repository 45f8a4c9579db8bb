/* Man page and sample name every key of the table, with its default, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <fcntl.h>

#include "base/file.h"
#include "store/config_draft.h"

#define DOCUMENT_BYTES_MAX (256 * 1024)

static const char *root;

static void document_read(const char *name, struct vsee_secret *ret_text)
{
	autofree char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", root, name) > 0);

	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(vsee_secret_alloc(DOCUMENT_BYTES_MAX, ret_text), 0);
	ret_text->length = fread(ret_text->text, 1, DOCUMENT_BYTES_MAX - 1, file);
	assert_true(ret_text->length > 0 && feof(file));
	(void)fclose(file);
}

/* What a document says of one key. */
struct told {
	unsigned times;
	char value[256];
};

static struct told *told_find(struct told *told, const char *section, const char *name)
{
	const struct vsee_key *key = vsee_key_find(section, name, strlen(name));

	if (!key)
		fail_msg("[%s] %s: no such key", section, name);
	told[key - vsee_keys].times++;
	return &told[key - vsee_keys];
}

static char *next_line(char **rest)
{
	char *line = strsep(rest, "\n");

	return line && *rest ? line : NULL;
}

static void check_told(const struct told *told, const char *none)
{
	for (size_t i = 0; i < vsee_key_count; i++) {
		const struct vsee_key *key = &vsee_keys[i];

		if (told[i].times != 1)
			fail_msg("[%s] %s: named %u times", key->section, key->name, told[i].times);
		if (strcmp(told[i].value, key->fallback[0] ? key->fallback : none) != 0)
			fail_msg("[%s] %s: default is \"%s\", not \"%s\"", key->section, key->name,
				 key->fallback, told[i].value);
	}
}

/* .Sh THE NAME SECTION, .It Cm KEY, and "Default:" with the value as .Li in the next line. */
static void man_page_names_every_key(void **state)
{
	autosecret struct vsee_secret text = {0};
	struct told *told = calloc(vsee_key_count, sizeof(*told)), *current = NULL;
	char section[16] = "";

	(void)state;
	assert_non_null(told);
	document_read("man/vsee-expire.conf.5", &text);
	for (char *rest = text.text, *line = next_line(&rest); line; line = next_line(&rest)) {
		if (strncmp(line, ".Sh ", 4) == 0) {
			size_t size =
				strncmp(line, ".Sh THE ", 8) == 0 ? strcspn(line + 8, " ") : 0;

			assert_true(size < sizeof(section));
			for (size_t i = 0; i < size; i++)
				section[i] = (char)tolower((unsigned char)line[8 + i]);
			section[size] = '\0';
		} else if (section[0] != '\0' && strncmp(line, ".It Cm ", 7) == 0) {
			current = told_find(told, section, line + 7);
		} else if (strncmp(line, "Default:", 8) == 0) {
			const char *value = line + 8 + strspn(line + 8, " ");

			assert_non_null(current);
			if (*value == '\0') {
				line = next_line(&rest);
				assert_non_null(line);
				assert_int_equal(strncmp(line, ".Li ", 4), 0);
				value = line + 4;
			}
			(void)snprintf(current->value, sizeof(current->value), "%s", value);
		}
	}
	check_told(told, "none");
	free(told);
}

/* Active lines give the default; behind ';' stands an example where there is none. */
static void sample_key(struct told *told, const char *section, char *line)
{
	bool example = line[0] == ';';
	char *name = line + (example ? 1 : 0);
	size_t size = strcspn(name, " =");
	const char *value = name + size + strspn(name + size, " =");

	name[size] = '\0';

	struct told *key = told_find(told, section, name);
	const struct vsee_key *row = vsee_key_find(section, name, size);

	if (example && row->fallback[0] == '\0')
		return;
	(void)snprintf(key->value, sizeof(key->value), "%s", value);
}

static void sample_names_every_key(void **state)
{
	autosecret struct vsee_secret text = {0};
	struct told *told = calloc(vsee_key_count, sizeof(*told));
	char section[32] = "";
	bool skip = false; /* an example of a group's section */

	(void)state;
	assert_non_null(told);
	document_read("packaging/vsee-expire.conf", &text);
	for (char *rest = text.text, *line = next_line(&rest); line; line = next_line(&rest)) {
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (line[0] == '[')
			(void)snprintf(section, sizeof(section), "%.*s",
				       (int)strcspn(line + 1, "]"), line + 1);
		if (line[0] == '[' || strncmp(line, ";[", 2) == 0)
			skip = line[0] == ';';
		else if (!skip)
			sample_key(told, section, line);
	}
	check_told(told, "");
	free(told);
}

static void read_policy(const char *text, size_t size, struct vsee_secret *ret_printed)
{
	autodraft struct vsee_draft draft = {0};
	struct vsee_config config = {0};

	assert_int_equal(vsee_draft_init(&draft), 0);
	vsee_draft_read(&draft, "", text, size);
	(void)vsee_draft_build(&draft, &config);
	if (config.error_count > 0)
		fail_msg("line %u: %s", config.errors[0].line, config.errors[0].text);
	config.policy.sections[0].source.line = 0;
	config.policy.exempt_source.line = 0;
	assert_int_equal(vsee_policy_print(&config.policy, ret_printed), 0);
	vsee_config_clear(&config);
}

static void sample_is_the_default_policy(void **state)
{
	autosecret struct vsee_secret text = {0}, sample = {0}, defaults = {0};

	(void)state;
	document_read("packaging/vsee-expire.conf", &text);
	read_policy(text.text, text.length, &sample);
	read_policy("", 0, &defaults);
	assert_string_equal(sample.text, defaults.text);
}

static void samples_examples_are_good(void **state)
{
	autosecret struct vsee_secret text = {0}, printed = {0};

	(void)state;
	document_read("packaging/vsee-expire.conf", &text);
	for (char *c = text.text; c; c = strchr(c, '\n')) {
		c += *c == '\n' ? 1 : 0;
		if (*c == ';')
			memmove(c, c + 1, strlen(c));
		if (*c == '\0')
			break;
	}
	read_policy(text.text, strlen(text.text), &printed);
	assert_non_null(strstr(printed.text, "\nsection=group providers\n"));
	assert_non_null(strstr(printed.text, "\nsmtp=smtp://localhost:25\n"));
	assert_non_null(strstr(printed.text, "\nbase_url=https://%H:9443\n"));
}

/* The example of the man page, between .Bd and .Ed of EXAMPLES. */
static void man_page_example_is_good(void **state)
{
	autosecret struct vsee_secret text = {0}, printed = {0};
	const char *begin, *end;

	(void)state;
	document_read("man/vsee-expire.conf.5", &text);
	begin = strstr(text.text, "\n.Sh EXAMPLES\n");
	assert_non_null(begin);
	begin = strstr(begin, "\n.Bd ");
	assert_non_null(begin);
	begin = strchr(begin + 1, '\n') + 1;
	end = strstr(begin, "\n.Ed");
	assert_non_null(end);
	read_policy(begin, (size_t)(end - begin), &printed);
	assert_non_null(strstr(printed.text, "\nsection=user alice\n"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(man_page_names_every_key),
		cmocka_unit_test(man_page_example_is_good),
		cmocka_unit_test(sample_names_every_key),
		cmocka_unit_test(sample_is_the_default_policy),
		cmocka_unit_test(samples_examples_are_good),
	};

	root = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
