/* The text form of an account's state: one fact a line, read strictly, line by line. */
#include "store/account.h"

#include "base/number.h"
#include "store/entry.h"
#include "store/fact.h"

#define HEADER "vsee-account "
#define FOOTER "end"
#define ENTRY "entry"

struct reader {
	struct vsee_account account;
	uint64_t seen; /* facts read so far: a second line for one is a bad line */
	bool ended;
	unsigned line, bad_line; /* bad_line: 0 for none yet */
};

static void note_bad(struct reader *reader)
{
	if (reader->bad_line == 0)
		reader->bad_line = reader->line;
}

/* 1: taken. 0: a bad line. -ENOMEM. */
static int entry_read(struct reader *reader, struct vsee_slice text)
{
	struct vsee_slice hash;
	const struct vsee_slice day = vsee_slice_word(text, &hash);
	vsee_day replaced;
	int r;

	if (!vsee_day_read(day, &replaced) || !vsee_hash_storable(hash.text, hash.size))
		return 0;
	r = vsee_entry_insert(&reader->account, reader->account.entry_count, replaced, hash.text,
			      hash.size);
	return r < 0 ? r : 1;
}

static int line_read(struct reader *reader, struct vsee_slice line)
{
	struct vsee_slice rest;
	const struct vsee_slice key = vsee_slice_word(line, &rest);

	if (reader->line == 1) { /* vsee_account_parse() has looked for newer versions */
		if (vsee_slice_is(line, HEADER "1"))
			return 1;
		note_bad(reader); /* and the line may still be a fact: the header alone is lost */
	}
	if (reader->ended)
		return 0;
	if (vsee_slice_is(line, FOOTER)) {
		reader->ended = true;
		return 1;
	}
	if (vsee_slice_is(key, ENTRY))
		return entry_read(reader, rest);
	const size_t index = vsee_fact_find(key);
	const uint64_t bit = index < vsee_fact_count() ? UINT64_C(1) << index : 0;

	if (bit == 0 || reader->seen & bit || !vsee_fact_read(index, rest, &reader->account))
		return 0;
	reader->seen |= bit;
	return 1;
}

static int text_lines_read(struct reader *reader, struct vsee_slice text)
{
	while (text.size > 0) {
		const char *newline = memchr(text.text, '\n', text.size);
		const size_t size = newline ? (size_t)(newline - text.text) : text.size;
		int r = 0;

		reader->line++;
		if (newline) /* else it was cut: its value may be half of one */
			r = line_read(reader, (struct vsee_slice){text.text, size});
		if (r < 0)
			return r;
		if (r == 0)
			note_bad(reader);
		text.text += newline ? size + 1 : size;
		text.size -= newline ? size + 1 : size;
	}
	reader->line++;
	if (!reader->ended || reader->account.uid == VSEE_NO_UID)
		note_bad(reader);
	return 0;
}

/* The version line is the one thing that no later version may change. */
static bool newer_version(struct vsee_slice text)
{
	const char *newline = memchr(text.text, '\n', text.size);
	const size_t skip = strlen(HEADER);
	int64_t version;

	if (!newline || text.size < skip || memcmp(text.text, HEADER, skip) != 0)
		return false;

	const int r = vsee_number_parse(text.text + skip, (size_t)(newline - text.text) - skip, 0,
					INT64_MAX, &version);

	return r == -ERANGE || (r == 0 && version > VSEE_ACCOUNT_VERSION);
}

int vsee_account_parse(const char *text, size_t size, struct vsee_account *ret_account,
		       unsigned *ret_line)
{
	struct reader reader = {.account = vsee_account_empty("", VSEE_NO_UID)};
	int r;

	if (newer_version((struct vsee_slice){text, size}))
		return -EPROTONOSUPPORT;
	r = text_lines_read(&reader, (struct vsee_slice){text, size});
	if (r < 0) {
		vsee_account_clear(&reader.account);
		return r;
	}
	*ret_account = reader.account;
	explicit_bzero(&reader.account, sizeof(reader.account));
	if (reader.bad_line == 0)
		return 0;
	*ret_line = reader.bad_line;
	return -EBADMSG;
}

/* More than the text can need: each fact and entry as long as it can be. */
static size_t text_size_max(const struct vsee_account *account)
{
	size_t size = (vsee_fact_count() + 2) * 2 * VSEE_HASH_SIZE;

	for (size_t i = 0; i < account->entry_count; i++)
		size += strlen(account->entries[i].hash) + 2 * strlen(ENTRY) + 24;
	return size;
}

static bool entries_write(const struct vsee_account *account, struct vsee_writer *writer)
{
	for (size_t i = 0; i < account->entry_count; i++) {
		const struct vsee_entry *entry = &account->entries[i];

		if (!vsee_hash_storable(entry->hash, strlen(entry->hash)))
			return false;
		vsee_writer_add(writer, ENTRY " ");
		vsee_day_write(writer, entry->replaced);
		vsee_writer_add(writer, " %s\n", entry->hash);
	}
	return true;
}

int vsee_account_print(const struct vsee_account *account, struct vsee_secret *ret_text)
{
	autosecret struct vsee_secret text = {0};
	const size_t size = text_size_max(account);
	int r = vsee_secret_alloc(size, &text);

	if (r < 0)
		return r;

	struct vsee_writer writer = {.text = text.text, .size = size};
	bool good = true;

	vsee_writer_add(&writer, HEADER "%d\n", VSEE_ACCOUNT_VERSION);
	for (size_t i = 0; i < vsee_fact_count() && good; i++)
		good = vsee_fact_write(i, account, &writer);
	good = good && entries_write(account, &writer);
	vsee_writer_add(&writer, FOOTER "\n");
	if (!good)
		return -EINVAL;
	if (writer.overflow || writer.length > VSEE_ACCOUNT_BYTES_MAX)
		return -EFBIG;

	text.length = writer.length;
	*ret_text = text;
	text = (struct vsee_secret){0};
	return 0;
}
