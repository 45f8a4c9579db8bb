/* Any list of opasswd leaves an account that can be written down and read back. */
#include <stdint.h>

#include "store/entry.h"
#include "store/history.h"
#include "fuzz.h"

int fuzz_run(const uint8_t *data, size_t size)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000), read = {0};
	autosecret struct vsee_secret text = {0};
	unsigned line;
	const int added = vsee_history_import(&account, (const char *)data, size);
	int r;

	if (added < 0)
		CHECK((added == -EBADMSG || added == -ENOMEM) && account.entry_count == 0);
	else
		CHECK((size_t)added == account.entry_count);
	if (added >= 0) /* all are known by now, or there is no room */
		CHECK(vsee_history_import(&account, (const char *)data, size) == 0);
	r = vsee_account_print(&account, &text);
	if (r == 0)
		r = vsee_account_parse(text.text, text.length, &read, &line);
	CHECK(r == 0 || r == -ENOMEM);
	CHECK(r < 0 || read.entry_count == account.entry_count);
	return r < 0 ? r : added;
}
