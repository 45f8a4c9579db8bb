#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/syntax.h"
#include "userdb.h"
#include "fuzz.h"

int fuzz_run(const uint8_t *data, size_t size)
{
	struct userdb_record record;
	const char *why = NULL;
	int r;

	r = userdb_parse((const char *)data, size, "alice", 1001, &record, &why);

	if (r < 0 && !why)
		abort();
	if (r == 0 && record.address[0] &&
	    (record.fault || !vsee_syntax_address(record.address, strlen(record.address))))
		abort();
	return r;
}
