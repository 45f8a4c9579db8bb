/* The remembered passwords of an account as a list: bounded, wiped, without meaning. */
#pragma once

#include "store/account.h"

/* Room for what is remembered and for what was added since the last prune. */
#define VSEE_ENTRIES_MAX (VSEE_REMEMBER_MAX + 8)

/*
 * Whether text can stand in a state file as a hash: printable ASCII without blanks and colons,
 * 1..VSEE_HASH_SIZE - 1 bytes.
 */
bool vsee_hash_storable(const char *text, size_t size);

/*
 * Put a copy of hash[0..size) at index (0..entry_count). A full list stays within
 * VSEE_ENTRIES_MAX by losing its oldest entry first. 0, or -ENOMEM with nothing changed.
 */
int vsee_entry_insert(struct vsee_account *account, size_t index, vsee_day replaced,
		      const char *hash, size_t size);

/* Wipe and remove count entries from index on. */
void vsee_entry_drop(struct vsee_account *account, size_t index, size_t count);

/* Whether an entry with this very text is there; ret_index (NULL allowed) says where. */
bool vsee_entry_find(const struct vsee_account *account, const char *hash, size_t size,
		     size_t *ret_index);
