/* Whatever can be read of an account's state is printed, and what was printed reads back alike. */
#include <stdint.h>

#include "store/account.h"
#include "store/fact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct vsee_account *account, struct vsee_secret *ret_text)
{
	if (vsee_account_print(account, ret_text) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoaccount struct vsee_account first = {0}, second = {0};
	autosecret struct vsee_secret printed = {0}, again = {0};
	unsigned line = 0;
	const int r = vsee_account_parse((const char *)data, size, &first, &line);

	if (r == -EPROTONOSUPPORT)
		return 0;
	if ((r != 0 && r != -EBADMSG) || (r == -EBADMSG) != (line > 0))
		abort();
	if (first.uid == VSEE_NO_UID) /* lost; whoever loads a file knows it */
		first.uid = 1000;
	print(&first, &printed);
	if (vsee_account_parse(printed.text, printed.length, &second, &line) < 0)
		abort();
	print(&second, &again);
	if (first.entry_count != second.entry_count || printed.length != again.length ||
	    memcmp(printed.text, again.text, printed.length) != 0)
		abort();
	return 0;
}
