/* A password that somebody typed, and its hashes: each is computed once, and counted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "store/records.h"

#define VSEE_CANDIDATE_MEMO 4

struct vsee_candidate {
	const char *password; /* not owned, not copied */
	struct vsee_hashing {
		char setting[VSEE_HASH_SIZE];
		char hash[VSEE_HASH_SIZE];
	} memo[VSEE_CANDIDATE_MEMO]; /* results under account settings, not under kept hashes */
	size_t memo_count;
	unsigned hashings;	 /* how often crypt(3) was called */
	struct crypt_data *work; /* 32 KiB, allocated at the first hashing; wiped */
};

/* Wipe all that was computed, and free; the password stays its owner's. */
void vsee_candidate_clear(struct vsee_candidate *candidate);
#define autocandidate CLEANUP(vsee_candidate_clear)

/*
 * Hash the password under a setting (or a complete hash, whose setting is then used); remembered
 * when memo is set. ret_hash: valid until clear or, without memo, until the next call.
 * 0; -EOPNOTSUPP when crypt(3) can't compute it (unknown or disabled method, malformed); -ENOMEM,
 * also where crypt(3) itself found too little.
 */
int vsee_candidate_hash(struct vsee_candidate *candidate, const char *setting, bool memo,
			const char **ret_hash);

/*
 * 1: the password makes this hash (one leading '!' in hash is passed over). 0: it does not.
 * Negative errno as above; -EOPNOTSUPP also for a hash that was cut off. Compares in constant time.
 */
int vsee_candidate_verify(struct vsee_candidate *candidate, const char *hash);

/* Whether two strings are equal, in time that depends on their lengths only. */
bool vsee_hash_equal(const char *a, const char *b);

/*
 * Draw a new setting: crypt's preferred method, or shadow_hash's method and cost where that is
 * stronger ("" or no hash: preferred; one leading '!' is passed over). The salt is random.
 * 0; -EOPNOTSUPP; -ERANGE: size is too small; -EIO: no entropy.
 */
int vsee_setting_draw(const char *shadow_hash, char *ret_setting, size_t size);

/*
 * One for what needs no stretching, 256 random bits say: the fewest rounds that crypt(3) has. It
 * begins with VSEE_SETTING_CHEAP. 0; -EOPNOTSUPP; -EIO: no entropy.
 */
#define VSEE_SETTING_CHEAP "$5$rounds=1000$"
#define VSEE_SETTING_CHEAP_SIZE 40
int vsee_setting_draw_cheap(char ret_setting[VSEE_SETTING_CHEAP_SIZE]);

/* Whether setting is still of the method and cost that vsee_setting_draw() would choose. */
bool vsee_setting_current(const char *setting, const char *shadow_hash);
