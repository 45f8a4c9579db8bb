#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_read.h"
#include "store/syntax.h"
#include "fuzz.h"

/* What send relies on, whatever the file says. */
static void check(const struct snapshot_account *account)
{
	if (!vsee_name_valid(account->name) || account->stage_count > VSEE_STAGES_MAX ||
	    (account->address[0] &&
	     !vsee_syntax_address(account->address, strlen(account->address))) ||
	    !vsee_syntax_text(account->detail, strlen(account->detail)))
		abort();
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct snapshot_reader reader;
	struct snapshot_header header;
	struct snapshot_account account;
	FILE *stream = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	int r;

	if (!stream)
		return -EBADMSG;
	r = snapshot_read_begin(stream, &reader, &header);
	if (r < 0)
		return r;
	while ((r = snapshot_read_next(&reader, &account)) > 0)
		check(&account);
	snapshot_read_clear(&reader);
	return r;
}
