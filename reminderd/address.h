/* Where a person's mail goes, and in which language: map file, userdb, GECOS, user@domain. */
#pragma once

#include <stdbool.h>

#include "reminder.h"
#include "store/config.h"

#define ADDRESS_WHY_SIZE 96

struct addresses; /* the map file, read once, and the order of sources */

/*
 * policy: its delivery says which sources, in which order; it outlives ret_addresses. root: before
 * the paths ("" the host). owner: who besides root may own map and userdb files.
 * A map line is "user: address" or "user: address language"; blank lines and lines that begin with
 * '#' are passed over. A bad line, or a second one for a user, is warned of with file, line and
 * value. A user whom such a line names gets no mail (of two lines neither counts): another source
 * must not stand in for what an administrator meant. A language that is none of ours is warned of,
 * and the address counts.
 * 0, also where there is no map file; or negative errno after a message: a source can't be read.
 * ret_bad: lines warned of.
 */
int addresses_load(const struct vsee_policy *policy, const char *root, uid_t owner,
		   struct addresses **ret_addresses, uint64_t *ret_bad);
void addresses_free(struct addresses *addresses); /* accepts NULL */

/* Whether GECOS is one of the sources: then address_find() wants it. */
bool addresses_want_gecos(const struct addresses *addresses);

/*
 * name, gecos: of the passwd line. ret_language: the map's, else userdb's preferredLanguage, else
 * the policy's. 0; -ENOENT: no source has one; -EINVAL: the first source that has one has one that
 * can't be mailed to, ret_why says which and why ("map: international addresses are not supported",
 * at most 80 bytes, for people). ret_address is written on success only, ret_language always.
 * ret_why on success: the source's name.
 */
int address_find(const struct addresses *addresses, const char *name, uid_t uid, const char *gecos,
		 char ret_address[ADDRESS_SIZE], enum vsee_language *ret_language,
		 char ret_why[ADDRESS_WHY_SIZE]);

/* Why no mail can go to this address, in a few words; NULL: vsee_syntax_address() takes it. */
const char *address_fault(const char *text, size_t size);

/* "de", and what a locale adds to it ("de_DE.UTF-8"): one of ours? */
bool address_language(const char *text, size_t size, enum vsee_language *ret_language);
