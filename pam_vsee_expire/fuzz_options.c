/*
 * Any words behind the module in a pam.d file: what is read of them is within its bounds, and what
 * can't be used is logged, not taken. The words stand in the input with a NUL between.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "options.h"

#define WORDS_MAX 32

static unsigned complaints;

void pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	(void)pamh;
	(void)priority;
	(void)format;
	complaints++;
}

static bool is_word(const char *word)
{
	static const char *const words[] = {
		"again",       "bind",		 "debug",	   "enforce_for_root",
		"use_authtok", "try_first_pass", "use_first_pass", "expired=change",
		"expired=deny"};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return strncmp(word, "state=/", 7) == 0 || strncmp(word, "authtok_type=", 13) == 0 ||
	       strncmp(word, "retry=", 6) == 0;
}

static void check(const struct options *options, const char **words, int count)
{
	unsigned strange = 0;

	for (int i = 0; i < count; i++)
		strange += !is_word(words[i]);
	CHECK(complaints >= strange); /* "retry=" may have a number that is none */
	CHECK(options->retry >= 0 && options->retry <= 10);
	CHECK(!options->state || options->state[0] == '/');
	CHECK(options->expired <= VSEE_EXPIRED_DENY);
	CHECK(options->expired_set || options->expired == VSEE_EXPIRED_CHANGE);
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *copy = malloc(size + 1);
	const char *words[WORDS_MAX];
	struct options options;
	int count = 0;

	if (!copy)
		return -ENOMEM;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	for (const char *word = copy; word < copy + size && count < WORDS_MAX;
	     word += strlen(word) + 1)
		words[count++] = word;
	complaints = 0;
	options = options_read(NULL, count, words);
	check(&options, words, count);
	return 0;
}
