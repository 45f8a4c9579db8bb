#include <inttypes.h>

#include "base/digest.h"
#include "store/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t size)
{
	autopolicy struct vsee_policy policy = {0};
	autosecret struct vsee_secret printed = {0};
	unsigned line = 0;

	if (vsee_policy_parse(text, size, &policy, &line) < 0)
		return;
	if (vsee_policy_print(&policy, &printed) < 0 || printed.length != size ||
	    memcmp(printed.text, text, size) != 0)
		abort();
}

/* The input as it is, and with the digest and end that nobody guesses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = calloc(1, size + 64);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	check(text, size);

	int added =
		snprintf(text + size, 64, "digest=%016" PRIx64 "\nend\n", vsee_digest(text, size));

	check(text, size + (size_t)added);
	return 0;
}
