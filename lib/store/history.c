#include "store/history.h"

#include "policy/reuse.h"
#include "store/entry.h"
#include "store/setting.h"
#include "store/token.h"

/* The hash as we keep it, or NULL for what is none: "*", "!!", an empty field, "x". */
static const char *kept_form(const char *shadow_hash)
{
	const char *hash = shadow_hash[0] == '!' ? shadow_hash + 1 : shadow_hash;

	if (vsee_hash_kind(hash) != VSEE_PASSWORD_USABLE || !vsee_hash_storable(hash, strlen(hash)))
		return NULL;
	return hash;
}

static void wipe(char text[VSEE_HASH_SIZE])
{
	explicit_bzero(text, VSEE_HASH_SIZE);
}

/* Texts may not overlap; the caller knows that text fits, what was behind it is wiped. */
static void put(char field[VSEE_HASH_SIZE], const char *text)
{
	wipe(field);
	memcpy(field, text, strnlen(text, VSEE_HASH_SIZE - 1));
}

static bool in_use(const struct vsee_account *account, const struct vsee_setting *setting)
{
	if (vsee_setting_owns(setting->text, account->current))
		return true;
	for (size_t i = 0; i < account->entry_count; i++)
		if (vsee_setting_owns(setting->text, account->entries[i].hash))
			return true;
	return false;
}

static void drop_unused_setting(struct vsee_account *account)
{
	if (!in_use(account, &account->settings[1]))
		account->settings[1] = (struct vsee_setting){0}; /* a salt alone is no secret */
}

int vsee_history_add(struct vsee_account *account, const char *hash, vsee_day replaced)
{
	const char *kept = kept_form(hash);
	size_t known;

	if (!kept)
		return 0;
	/* Known already: it moves to the end. A second place would cost an older one its own. */
	if (vsee_entry_find(account, kept, strlen(kept), &known)) {
		struct vsee_entry entry = account->entries[known];

		memmove(&account->entries[known], &account->entries[known + 1],
			(account->entry_count - known - 1) * sizeof(entry));
		entry.replaced = replaced;
		account->entries[account->entry_count - 1] = entry;
		return 0;
	}
	return vsee_entry_insert(account, account->entry_count, replaced, kept, strlen(kept));
}

/* What stood for the present password becomes an entry; nothing stands for one afterwards. */
static int retire_current(struct vsee_account *account, vsee_day today)
{
	const bool bound = account->current[0] != '\0';
	int r = vsee_history_add(account, bound ? account->current : account->shadow_hash, today);

	if (r < 0)
		return r;
	wipe(account->current);
	wipe(account->shadow_hash);
	return 0;
}

/* What was said and promised about the password before does not hold for a new one. */
static void begin_password(struct vsee_account *account, vsee_day known_change)
{
	struct vsee_enrolment *enrolment = &account->enrolment;

	enrolment->known_change = known_change;
	enrolment->known_ahead = VSEE_UNSET;
	enrolment->disbelieved = VSEE_NONE;
	enrolment->told = VSEE_UNSET;
	enrolment->extension = VSEE_UNSET;
	explicit_bzero(account->extension_reason, sizeof(account->extension_reason));
	account->extension_by = VSEE_NO_UID;
	enrolment->password_before = true;
	/* The 0 that we wrote was meant for the old password. One found later was asked for. */
	enrolment->zero = VSEE_MIRROR_NONE;
	enrolment->before_change = VSEE_UNSET;
	(void)vsee_token_void(account);
	wipe(account->pending);
	wipe(account->pending_base);
}

static int drop_stale_pending(struct vsee_account *account)
{
	const bool empty = account->pending[0] == '\0' && account->pending_base[0] == '\0';

	if (empty || vsee_hash_equal(account->pending_base, account->shadow_hash))
		return 0;
	wipe(account->pending);
	wipe(account->pending_base);
	return 1;
}

int vsee_history_observe(struct vsee_account *account, const char *shadow_hash, vsee_day today)
{
	const char *hash = kept_form(shadow_hash);
	/* Unlocked again, the account has the same hash: its link must not come back. */
	const bool locked = hash != shadow_hash && vsee_token_void(account);
	int r;

	if (!hash)
		return locked;
	if (vsee_hash_equal(hash, account->shadow_hash))
		return drop_stale_pending(account) || locked;

	/* A bound hash without the one it is bound to: that line was damaged, and it may be old. */
	const bool first = account->shadow_hash[0] == '\0' && account->current[0] == '\0';

	r = retire_current(account, today);
	if (r < 0)
		return r;
	if (first)
		(void)drop_stale_pending(account); /* changed in any case */
	else
		begin_password(account, VSEE_UNSET);
	put(account->shadow_hash, hash);
	account->seen = today;
	return 1;
}

static bool setting_fits(const struct vsee_setting *setting, const char *shadow_hash,
			 const char *machine_id)
{
	return setting->text[0] != '\0' && strcmp(setting->machine_id, machine_id) == 0 &&
	       vsee_setting_current(setting->text, shadow_hash);
}

int vsee_history_settle(struct vsee_account *account, const char *shadow_hash,
			const char *machine_id)
{
	struct vsee_setting *settings = account->settings;
	struct vsee_setting fresh = {0};
	const size_t size = strlen(machine_id);
	int r;

	/* One that can't be written down is none; it would differ at every change. */
	if (size < sizeof(fresh.machine_id) && vsee_hash_storable(machine_id, size) &&
	    strcmp(machine_id, "-") != 0)
		memcpy(fresh.machine_id, machine_id, size);

	if (setting_fits(&settings[0], shadow_hash, fresh.machine_id)) {
		drop_unused_setting(account);
		return 0;
	}
	if (setting_fits(&settings[1], shadow_hash, fresh.machine_id)) {
		fresh = settings[1]; /* back to an earlier method: its entries go on costing nothing
				      */
	} else {
		r = vsee_setting_draw(shadow_hash, fresh.text, sizeof(fresh.text));
		if (r < 0)
			return r;
	}
	if (in_use(account, &settings[0]) || strcmp(fresh.text, settings[1].text) == 0)
		settings[1] = settings[0];
	settings[0] = fresh;
	drop_unused_setting(account);
	return 0;
}

/* 1: the candidate makes hash. 0: it does not. Negative errno: that can't be said. */
static int compare(const struct vsee_account *account, struct vsee_candidate *candidate,
		   const char *hash)
{
	for (size_t i = 0; i < VSEE_SETTINGS_MAX; i++) {
		const char *setting = account->settings[i].text;
		const char *made;
		int r;

		if (!vsee_setting_owns(setting, hash))
			continue;
		r = vsee_candidate_hash(candidate, setting, true, &made);
		if (r < 0)
			return r;
		if (strlen(made) != strlen(hash)) /* cut short: no password makes it */
			return -EOPNOTSUPP;
		return vsee_hash_equal(made, hash) ? 1 : 0;
	}
	return vsee_candidate_verify(candidate, hash);
}

static size_t kept_count(const struct vsee_account *account, unsigned remember, vsee_day lifetime,
			 vsee_day today)
{
	vsee_day replaced[VSEE_ENTRIES_MAX];
	const size_t total = account->entry_count;
	const size_t count = total < VSEE_ENTRIES_MAX ? total : VSEE_ENTRIES_MAX;

	for (size_t i = 0; i < count; i++)
		replaced[i] = account->entries[total - count + i].replaced;
	return vsee_reuse_kept(replaced, count, remember, lifetime, today);
}

struct tally {
	struct vsee_reuse_result result;
	unsigned compared;
};

static int weigh(const struct vsee_account *account, struct vsee_candidate *candidate,
		 const char *hash, enum vsee_reuse meaning, struct tally *tally)
{
	const int r = compare(account, candidate, hash);

	if (r == -EOPNOTSUPP) {
		tally->result.unusable++;
		return 0;
	}
	if (r < 0)
		return r;
	tally->compared++;
	if (r > 0 && tally->result.reuse == VSEE_REUSE_FRESH)
		tally->result.reuse = meaning;
	return 0;
}

int vsee_history_check(const struct vsee_account *account, struct vsee_candidate *candidate,
		       unsigned remember, vsee_day lifetime, vsee_day today,
		       struct vsee_reuse_result *ret_result)
{
	const size_t kept = kept_count(account, remember, lifetime, today);
	const char *current = account->current[0] ? account->current : account->shadow_hash;
	struct tally tally = {.result.reuse = VSEE_REUSE_FRESH};
	const char *made;
	int r = 0;

	if (account->settings[0].text[0]) {
		r = vsee_candidate_hash(candidate, account->settings[0].text, true, &made);
		tally.compared = 1; /* it can be hashed */
	}
	if (r == 0 && current[0])
		r = weigh(account, candidate, current, VSEE_REUSE_CURRENT, &tally);

	/* No early end: the time of a refusal would tell how old the password is. */
	for (size_t i = account->entry_count - kept; r == 0 && i < account->entry_count; i++)
		r = weigh(account, candidate, account->entries[i].hash, VSEE_REUSE_REMEMBERED,
			  &tally);
	if (r < 0)
		return r;
	if (tally.compared == 0 && tally.result.unusable > 0)
		return -EOPNOTSUPP;
	*ret_result = tally.result;
	return 0;
}

int vsee_history_pend(struct vsee_account *account, struct vsee_candidate *candidate)
{
	const char *made;
	int r = vsee_candidate_hash(candidate, account->settings[0].text, true, &made);

	if (r < 0)
		return r;
	put(account->pending, made);
	wipe(account->pending_base);
	memcpy(account->pending_base, account->shadow_hash, sizeof(account->pending_base));
	return 0;
}

int vsee_history_bind(struct vsee_account *account, struct vsee_candidate *candidate,
		      const char *new_hash, unsigned remember, vsee_day lifetime, vsee_day today)
{
	const char *hash = kept_form(new_hash);
	const char *made;
	int r;

	if (!hash)
		return -EINVAL;
	if (!vsee_hash_equal(hash, account->shadow_hash)) {
		r = retire_current(account, today);
		if (r < 0)
			return r;
		put(account->shadow_hash, hash);
		account->seen = today;
	} /* else scan has seen it before us, and the old one is an entry already */
	begin_password(account, today);
	wipe(account->current);
	r = vsee_candidate_hash(candidate, account->settings[0].text, true, &made);
	if (r == 0)
		put(account->current, made);
	vsee_history_prune(account, remember, lifetime, today);
	return r == -ENOMEM ? r : 0; /* not to be hashed: shadow's hash stands for it */
}

void vsee_history_prune(struct vsee_account *account, unsigned remember, vsee_day lifetime,
			vsee_day today)
{
	const size_t kept = kept_count(account, remember, lifetime, today);

	vsee_entry_drop(account, 0, account->entry_count - kept);
	drop_unused_setting(account);
}
