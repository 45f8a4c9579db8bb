/* Taking over what pam_pwhistory has remembered. */
#include "store/history.h"

#include "store/entry.h"

#define SUN_MD5 "$md5"
#define SUN_MD5_ROUNDS "rounds="

struct piece {
	const char *text;
	size_t size;
};

static bool starts_with(struct piece piece, const char *prefix)
{
	return piece.size >= strlen(prefix) && memcmp(piece.text, prefix, strlen(prefix)) == 0;
}

static bool is_text(struct piece piece, const char *text)
{
	return starts_with(piece, text) && piece.size == strlen(text);
}

static struct piece without_lock(struct piece piece)
{
	if (starts_with(piece, "!"))
		return (struct piece){piece.text + 1, piece.size - 1};
	return piece;
}

static struct piece last_piece(const char *list, size_t size)
{
	const char *comma = memrchr(list, ',', size);
	const char *begin = comma ? comma + 1 : list;

	return (struct piece){begin, (size_t)(list + size - begin)};
}

/*
 * Take the last hash off list[0..*size); *size becomes what is left, without the comma, and
 * *more whether anything is. A SunMD5 hash holds a comma: "$md5,rounds=5000$salt$$hash".
 */
static struct piece take_last(const char *list, size_t *size, bool *more)
{
	struct piece piece = last_piece(list, *size);
	const size_t before = *size - piece.size;

	if (starts_with(piece, SUN_MD5_ROUNDS) && before > 0) {
		const struct piece method = last_piece(list, before - 1);

		if (is_text(without_lock(method), SUN_MD5))
			piece = (struct piece){method.text, method.size + 1 + piece.size};
	}
	*more = piece.text > list;
	*size = *more ? (size_t)(piece.text - list) - 1 : 0;
	return piece;
}

/* "", "*", "!" and "!!": there was no password then. */
static bool is_placeholder(struct piece piece)
{
	for (size_t i = 0; i < piece.size; i++)
		if (piece.text[i] != '!' && piece.text[i] != '*')
			return false;
	return true;
}

static bool is_hash(struct piece piece)
{
	char hash[VSEE_HASH_SIZE] = {0};
	bool usable;

	if (!vsee_hash_storable(piece.text, piece.size))
		return false;
	memcpy(hash, piece.text, piece.size);
	usable = vsee_hash_kind(hash) == VSEE_PASSWORD_USABLE;
	explicit_bzero(hash, sizeof(hash));
	return usable;
}

static bool list_is_good(const char *list, size_t size)
{
	bool more = true;

	while (more) {
		const struct piece piece = without_lock(take_last(list, &size, &more));

		if (!is_placeholder(piece) && !is_hash(piece))
			return false;
	}
	return true;
}

static bool is_known(const struct vsee_account *account, struct piece piece)
{
	return is_text(piece, account->current) || is_text(piece, account->shadow_hash) ||
	       vsee_entry_find(account, piece.text, piece.size, NULL);
}

int vsee_history_import(struct vsee_account *account, const char *list, size_t size)
{
	int added = 0;
	bool more = true;

	if (!list_is_good(list, size))
		return -EBADMSG;

	/* From the end, so that the youngest find room, and of equal ones the youngest counts. */
	while (more && account->entry_count < VSEE_REMEMBER_MAX) {
		const struct piece piece = without_lock(take_last(list, &size, &more));
		int r;

		if (is_placeholder(piece) || is_known(account, piece))
			continue;
		r = vsee_entry_insert(account, 0, VSEE_UNSET, piece.text, piece.size);
		if (r < 0) {
			vsee_entry_drop(account, 0, (size_t)added);
			return r;
		}
		added++;
	}
	return added;
}
