#include <inttypes.h>

#include "base/digest.h"
#include "store/policy.h"
#include "fuzz.h"

static int check(const char *text, size_t size)
{
	autopolicy struct vsee_policy policy = {0};
	autosecret struct vsee_secret printed = {0};
	unsigned line = 0;

	int r;

	r = vsee_policy_parse(text, size, &policy, &line);
	if (r < 0)
		return r;
	r = vsee_policy_print(&policy, &printed);
	CHECK(r == 0 || r == -ENOMEM);
	CHECK(r < 0 || (printed.length == size && memcmp(printed.text, text, size) == 0));
	return r;
}

/* The input as it is, and with the digest and end that nobody guesses. */
int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *text = calloc(1, size + 64);

	int added, r;

	if (!text)
		return -ENOMEM;
	if (size > 0)
		memcpy(text, data, size);
	r = check(text, size);
	if (r == -ENOMEM)
		return r;
	added = snprintf(text + size, 64, "digest=%016" PRIx64 "\nend\n", vsee_digest(text, size));
	r = check(text, size + (size_t)added);
	return r;
}
