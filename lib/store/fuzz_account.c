/* Whatever can be read of an account's state is printed, and what was printed reads back alike. */
#include <stdint.h>

#include "store/account.h"
#include "store/fact.h"
#include "fuzz.h"

int fuzz_run(const uint8_t *data, size_t size)
{
	autoaccount struct vsee_account first = {0}, second = {0};
	autosecret struct vsee_secret printed = {0}, again = {0};
	unsigned line = 0;
	const int parsed = vsee_account_parse((const char *)data, size, &first, &line);
	int r = 0;

	if (parsed == -EPROTONOSUPPORT || parsed == -ENOMEM)
		return parsed;
	CHECK((parsed == 0 && line == 0) || (parsed == -EBADMSG && line > 0));
	if (first.uid == VSEE_NO_UID) /* lost; whoever loads a file knows it */
		first.uid = 1000;
	r = vsee_account_print(&first, &printed);
	if (r == 0)
		r = vsee_account_parse(printed.text, printed.length, &second, &line);
	if (r == 0)
		r = vsee_account_print(&second, &again);
	CHECK(r == 0 || r == -ENOMEM);
	if (r < 0)
		return r;
	CHECK(first.entry_count == second.entry_count && printed.length == again.length);
	CHECK(memcmp(printed.text, again.text, printed.length) == 0);
	return parsed;
}
