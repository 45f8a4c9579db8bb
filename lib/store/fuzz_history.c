/* Any list of opasswd leaves an account that can be written down and read back. */
#include <stdint.h>

#include "store/entry.h"
#include "store/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000), read = {0};
	autosecret struct vsee_secret text = {0};
	unsigned line;
	const int added = vsee_history_import(&account, (const char *)data, size);

	if (added < 0 ? added != -EBADMSG || account.entry_count != 0
		      : (size_t)added != account.entry_count)
		abort();
	if (added >= 0 && vsee_history_import(&account, (const char *)data, size) != 0)
		abort(); /* all are known by now, or there is no room */
	if (vsee_account_print(&account, &text) < 0 ||
	    vsee_account_parse(text.text, text.length, &read, &line) < 0 ||
	    read.entry_count != account.entry_count)
		abort();
	return 0;
}
