/* What a pass counts on its way: for the record of the run, for metrics, for status. */
#pragma once

#include <stdint.h>

#include "policy/verdict.h"
#include "store/account.h"

#define TALLY_NAMES_MAX 10
#define TALLY_TEXT_SIZE (VSEE_NAME_SIZE + VSEE_EXTENSION_REASON_SIZE + 64)
#define TALLY_VERDICTS (VSEE_VALID + 1)
#define TALLY_MODES (VSEE_MODE_ENFORCE + 1)

struct target;

/* How many, and the first of them. */
struct tally_names {
	uint64_t count;
	char names[TALLY_NAMES_MAX][TALLY_TEXT_SIZE];
};

/* Of the covered accounts, unless it says otherwise. */
struct tally {
	uint64_t verdicts[TALLY_VERDICTS], modes[TALLY_MODES];
	uint64_t pending;		 /* shadow does not say yet what it should */
	struct tally_names not_enrolled; /* in mode remind or enforce, and no scan has seen them */
	struct tally_names overwritten;	 /* somebody else changed the max that we mirrored */
	struct tally_names extended;	 /* until a day ahead, with day and reason */
	struct tally_names no_address;	 /* would be reminded, were there one that mail can go to */
	struct tally_names newer;	 /* state written by a newer version */
	struct tally_names leftovers;	 /* not covered, but shadow holds what we wrote */
	struct tally_names set_aside;	 /* files of accounts/ that are kept for an administrator */
};

/* Count one account that was judged. */
void tally_add(struct tally *tally, const struct target *target);

void tally_name(struct tally_names *names, const char *name);

/*
 * "alice, bob and 3 more"; "" where there is none. ret_text holds size bytes, at least 64; names
 * that don't fit are among those "more". Returns ret_text.
 */
const char *tally_text(const struct tally_names *names, char *ret_text, size_t size);
