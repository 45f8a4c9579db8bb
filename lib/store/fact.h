/* The facts of an account's state that stand in its file once each: key, value, and back. */
#pragma once

#include "base/writer.h"
#include "store/account.h"

#define VSEE_FACTS_MAX 64

struct vsee_slice {
	const char *text; /* not NUL-terminated */
	size_t size;
};

/* Is it this word, to the byte? */
bool vsee_slice_is(struct vsee_slice slice, const char *word);

/* What stands before the first blank; ret_rest: what follows it, empty without a blank. */
struct vsee_slice vsee_slice_word(struct vsee_slice line, struct vsee_slice *ret_rest);

/* A day as the file has it: a number, "unset", "none" or "never". */
bool vsee_day_read(struct vsee_slice text, vsee_day *ret_day);
/* Days that can't be read back become what they mean: VSEE_NEVER and later "never", others "unset".
 */
void vsee_day_write(struct vsee_writer *writer, vsee_day day);

/* How many facts there are, at most VSEE_FACTS_MAX. They are numbered in the file's order. */
size_t vsee_fact_count(void);
/* The number of a key, or vsee_fact_count() when there is no such key. */
size_t vsee_fact_find(struct vsee_slice key);
/* Read a value into its field; false when it is malformed, with the field untouched. */
bool vsee_fact_read(size_t index, struct vsee_slice value, struct vsee_account *account);
/*
 * Append the fact's line; nothing where it is as in an empty account. False when the field holds
 * what could not be read back.
 */
bool vsee_fact_write(size_t index, const struct vsee_account *account, struct vsee_writer *writer);
