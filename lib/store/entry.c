#include "store/entry.h"

bool vsee_hash_storable(const char *text, size_t size)
{
	if (size == 0 || size >= VSEE_HASH_SIZE)
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == ':')
			return false;
	return true;
}

int vsee_entry_insert(struct vsee_account *account, size_t index, vsee_day replaced,
		      const char *hash, size_t size)
{
	autofree char *copy = strndup(hash, size);
	struct vsee_entry *grown;

	if (!copy)
		return -ENOMEM;
	/* The list holds no secret itself, only pointers to them: it may move. */
	grown = reallocarray(account->entries, account->entry_count + 1, sizeof(*grown));
	if (!grown) {
		explicit_bzero(copy, size);
		return -ENOMEM;
	}
	account->entries = grown;

	if (account->entry_count >= VSEE_ENTRIES_MAX) {
		const size_t dropped = account->entry_count - VSEE_ENTRIES_MAX + 1;

		vsee_entry_drop(account, 0, dropped);
		index = index > dropped ? index - dropped : 0;
	}
	memmove(&grown[index + 1], &grown[index], (account->entry_count - index) * sizeof(*grown));
	grown[index] = (struct vsee_entry){.replaced = replaced, .hash = copy};
	account->entry_count++;
	copy = NULL;
	return 0;
}

void vsee_entry_drop(struct vsee_account *account, size_t index, size_t count)
{
	for (size_t i = index; i < index + count; i++) {
		explicit_bzero(account->entries[i].hash, strlen(account->entries[i].hash));
		free(account->entries[i].hash);
	}
	if (count > 0)
		memmove(&account->entries[index], &account->entries[index + count],
			(account->entry_count - index - count) * sizeof(*account->entries));
	account->entry_count -= count;
}

bool vsee_entry_find(const struct vsee_account *account, const char *hash, size_t size,
		     size_t *ret_index)
{
	for (size_t i = 0; i < account->entry_count; i++) {
		if (strlen(account->entries[i].hash) != size ||
		    memcmp(account->entries[i].hash, hash, size) != 0)
			continue;
		if (ret_index)
			*ret_index = i;
		return true;
	}
	return false;
}
