/* The way out of a damaged ledger: what can still be read goes into a new one. */
#pragma once

#include "ledger.h"

#define LEDGER_ASIDE_SIZE 64

struct ledger_salvage {
	uint64_t rows;		       /* in the new ledger */
	uint64_t bad;		       /* read, and no rows that we ever write */
	bool known;		       /* whether lost is known */
	uint64_t lost;		       /* could not be read at all */
	char aside[LEDGER_ASIDE_SIZE]; /* what the damaged file is called now */
	char error[256];	       /* what SQLite said of the damage; "" nothing */
};

/*
 * Set a damaged ledger aside and put one in its place that holds every row which can still be read.
 * A salvage that was killed is finished by the next one; until then ledger_open() says -EBADMSG.
 *
 * 0; -EALREADY: it is not damaged; -ENOENT: there is none; -EBUSY: a run is at it;
 * -EPROTONOSUPPORT: a newer version wrote it; else what the system said, with everything as it was.
 */
int ledger_salvage(const char *folder, int64_t now, struct ledger_salvage *ret_salvage);
