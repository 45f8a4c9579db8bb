/* One value of the configuration: checked, stored and printed as its key's type asks. */
#pragma once

#include "base/writer.h"
#include "store/keys.h"

/*
 * Read text[0..size) as a value of key into base: the struct vsee_rules (key->in_section) or
 * vsee_policy it belongs to, where nothing was stored under this key before; NULL: check only.
 *
 * There is one way to write a value: numbers without leading zeros, one blank between words. So
 * what is read prints alike. 0; -EINVAL: not of this form; -ERANGE: number or length outside
 * key->min..max; -ENOSPC: too many groups; -ENOMEM.
 */
int vsee_value_parse(const struct vsee_key *key, const char *text, size_t size, void *base);

/* Append the value of key that base holds, as vsee_value_parse() reads it. */
void vsee_value_print(const struct vsee_key *key, const void *base, struct vsee_writer *writer);

/* Append what would be right: "a number from 1 to 36500 or \"shadow\"". */
void vsee_value_expect(const struct vsee_key *key, struct vsee_writer *writer);
