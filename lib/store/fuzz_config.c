#include <errno.h>

#include "store/config_draft.h"
#include "fuzz.h"

static void check_errors(const struct vsee_config *config)
{
	for (size_t i = 0; i < config->error_count; i++) {
		for (const char *c = config->errors[i].text; *c; c++) {
			if (*c < ' ' || *c > '~') /* errors go to terminals and logs */
				abort();
		}
	}
}

/* What was accepted can be published, and is read back alike. */
static int check_policy(const struct vsee_policy *policy)
{
	autosecret struct vsee_secret first = {0}, second = {0};
	autopolicy struct vsee_policy again = {0};
	unsigned line = 0;
	int r;

	r = vsee_policy_print(policy, &first);
	if (r == 0)
		r = vsee_policy_parse(first.text, first.length, &again, &line);
	if (r == 0)
		r = vsee_policy_print(&again, &second);
	CHECK(r == 0 || r == -ENOMEM);
	CHECK(r < 0 ||
	      (strcmp(first.text, second.text) == 0 && strcmp(policy->digest, again.digest) == 0));
	return r;
}

/* The input is a file; from a byte 0xff on, a second one that comes after it. */
int fuzz_run(const uint8_t *data, size_t size)
{
	autodraft struct vsee_draft draft = {0};
	struct vsee_config config = {0};
	const char *text = (const char *)data;
	const char *split = size > 0 ? memchr(text, 0xff, size) : NULL;
	size_t first = split ? (size_t)(split - text) : size;

	int r = vsee_draft_init(&draft);

	if (r < 0)
		return r;
	vsee_draft_read(&draft, "a", text, first);
	if (split)
		vsee_draft_read(&draft, "b", split + 1, size - first - 1);

	r = vsee_draft_build(&draft, &config);
	CHECK(r == 0 || r == -ENOMEM || (r == -EINVAL && config.error_count > 0));
	if (r == 0)
		r = check_policy(&config.policy);
	check_errors(&config);
	vsee_config_clear(&config);
	return r;
}
