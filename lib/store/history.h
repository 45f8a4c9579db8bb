/* The passwords of one account that can't be taken again: one hashing at any depth. */
#pragma once

#include "store/account.h"
#include "store/candidate.h"

enum vsee_reuse { VSEE_REUSE_FRESH, VSEE_REUSE_CURRENT, VSEE_REUSE_REMEMBERED };

struct vsee_reuse_result {
	enum vsee_reuse reuse;
	unsigned unusable; /* entries that crypt(3) can't compute: to be logged */
};

/*
 * Bring the account up to shadow_hash, as found in shadow today: if it differs from the one last
 * seen, the password was changed without us (or our binding never happened), so what stood for the
 * old one becomes an entry and shadow_hash itself stands for the new one. known_change, told and
 * extension are dropped, so is zero: a 0 found later was asked for by an administrator, ours was
 * meant for the old password. password_before is set, a pending token ends, and so does a pending
 * hash that was accepted against another shadow hash. One leading '!' is passed over; what is no
 * hash then ("*", "!!") is never stored and changes nothing, but a pending token ends with both.
 * Returns 1 when it changed something, 0 when not, -ENOMEM.
 */
int vsee_history_observe(struct vsee_account *account, const char *shadow_hash, vsee_day today);

/*
 * Draw settings[0] when there is none, or method, cost or machine-id changed; the older one stays
 * in [1] while entries use it, and comes back when it fits again. 0 or negative errno of
 * vsee_setting_draw().
 */
int vsee_history_settle(struct vsee_account *account, const char *shadow_hash,
			const char *machine_id);

/*
 * Is the candidate the current password or a remembered one? account must have observed shadow's
 * hash. Every entry is compared, whatever the first ones said. Costs one hashing for all entries
 * and the bound current password of a setting, and one for each kept hash.
 * remember, lifetime, today: as vsee_reuse_kept(). 0, or negative errno when the candidate could
 * not be hashed at all: then it must be refused.
 */
int vsee_history_check(const struct vsee_account *account, struct vsee_candidate *candidate,
		       unsigned remember, vsee_day lifetime, vsee_day today,
		       struct vsee_reuse_result *ret_result);

/* Keep the candidate's hash as pending (it was accepted against shadow_hash). */
int vsee_history_pend(struct vsee_account *account, struct vsee_candidate *candidate);

/*
 * pam_unix has written new_hash, which the candidate makes (the caller verified it): what stood for
 * the old password becomes an entry, the candidate's hash under settings[0] stands for the new one.
 * Old entries beyond what vsee_reuse_kept() keeps are dropped. Where the candidate can't be hashed
 * under settings[0], new_hash itself stands for it. 0; -EINVAL when new_hash is no hash; -ENOMEM.
 */
int vsee_history_bind(struct vsee_account *account, struct vsee_candidate *candidate,
		      const char *new_hash, unsigned remember, vsee_day lifetime, vsee_day today);

/*
 * The candidate was the current password for a moment, and another change has already replaced it:
 * it becomes an entry, the youngest; one known already moves there. What is no hash is passed over.
 * 0 or -ENOMEM.
 */
int vsee_history_add(struct vsee_account *account, const char *hash, vsee_day replaced);

/* Drop what is no longer remembered; wipes. */
void vsee_history_prune(struct vsee_account *account, unsigned remember, vsee_day lifetime,
			vsee_day today);

/*
 * Take over the list of one line of pam_pwhistory's opasswd, user:uid:count:LIST: hash,hash,... the
 * oldest first. New hashes go before what we have (they are older), known ones and placeholders
 * ("!!", "*") are passed over; the youngest, up to VSEE_REMEMBER_MAX in all. Returns how many were
 * added, or -EBADMSG for a malformed list (nothing added), -ENOMEM (the same).
 */
int vsee_history_import(struct vsee_account *account, const char *list, size_t size);
