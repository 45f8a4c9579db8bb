/*
 * A ledger in which any bytes were overwritten: reading it hands out only rows that can be ours,
 * and what a salvage makes of it is whole and holds as many rows as it says. The input is a row of
 * patches for a good ledger: place (two bytes), length (one), bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "ledger_salvage.h"

#define NOW INT64_C(1800000000)
#define ACCOUNTS 30
#define FILE_MAX ((size_t)256 * 1024)

static char folder[PATH_MAX];
static char good[FILE_MAX];
static size_t good_size;

static void remove_files(void)
{
	DIR *const dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, 0); /* the next run would tell */
	if (dir)
		(void)closedir(dir);
}

static void remove_folder(void)
{
	remove_files();
	(void)rmdir(folder); /* at the end, with nobody to tell */
}

static void settle(struct ledger *ledger)
{
	static struct reminder rows[ACCOUNTS];
	size_t count;

	CHECK(ledger_claim(ledger, NOW, rows, COUNT(rows), &count) == 0);
	for (size_t i = 0; i < count; i++) {
		rows[i].state = (enum reminder_state)(i % (REMINDER_OBSOLETE + 1));
		rows[i].sent = rows[i].state == REMINDER_SENT ? NOW : 0;
		rows[i].attempts = 1;
		CHECK(ledger_settle(ledger, &rows[i]) == 0);
	}
	CHECK(ledger_commit(ledger) == 0);
}

static void make_ledger(void)
{
	static const vsee_day stages[] = {10, 3, 1};
	autoledger struct ledger *ledger = NULL;

	CHECK(ledger_open(folder, &ledger) == 0 && ledger_note_begin(ledger) == 0);
	for (unsigned i = 0; i < ACCOUNTS; i++) {
		struct reminder due = {
			.uid = 1000 + i, .last_change = 100, .deadline = 20840, .stage = 3};

		(void)snprintf(due.name, sizeof(due.name), "user%u", i);
		(void)snprintf(due.address, sizeof(due.address), "user%u@example.com", i);
		CHECK(ledger_note(ledger, &due, stages, COUNT(stages), "example.com", NOW) == 0);
	}
	CHECK(ledger_note_end(ledger, 20837) == 0);
	settle(ledger);
}

/* Once, in memory where there is a file system of it: each run writes and syncs. */
static void begin(void)
{
	char path[PATH_MAX + 32];
	autoclose int fd = -1;
	ssize_t size;

	if (good_size > 0)
		return;
	(void)snprintf(folder, sizeof(folder), "%s/vsee-fuzz-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(folder) && atexit(remove_folder) == 0);
	make_ledger();
	(void)snprintf(path, sizeof(path), "%s/" LEDGER_NAME, folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	size = read(fd, good, sizeof(good));
	CHECK(size > 0 && (size_t)size < sizeof(good));
	good_size = (size_t)size;
}

static void write_damaged(const uint8_t *data, size_t size)
{
	static char text[FILE_MAX];
	char path[PATH_MAX + 32];
	autoclose int fd = -1;

	memcpy(text, good, good_size);
	while (size > 3) {
		const size_t place = ((size_t)data[0] << 8 | data[1]) % good_size;
		const size_t left = good_size - place;
		size_t length = data[2] < size - 3 ? data[2] : size - 3;

		memcpy(text + place, data + 3, length < left ? length : left);
		data += 3 + length;
		size -= 3 + length;
	}
	remove_files();
	(void)snprintf(path, sizeof(path), "%s/" LEDGER_NAME, folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
	CHECK(fd >= 0 && write(fd, text, good_size) == (ssize_t)good_size);
}

static int visit(void *context, const struct reminder *row)
{
	CHECK(vsee_name_valid(row->name) && row->state <= REMINDER_OBSOLETE && row->id > 0);
	CHECK(strlen(row->address) < ADDRESS_SIZE && strlen(row->answer) < ANSWER_SIZE);
	(*(uint64_t *)context)++;
	return 0;
}

static bool known(int r)
{
	return r == 0 || r == -EBADMSG || r == -EPROTONOSUPPORT || r == -ENOMEM;
}

/* A reader has little memory, so that it may also say -ENOMEM of what is damaged. */
static void read_it(void)
{
	autoledger struct ledger *ledger = NULL;
	struct ledger_counts counts;
	struct vsee_told told;
	uint64_t count = 0;
	int r;

	r = ledger_open_read(folder, &ledger);
	CHECK(known(r));
	if (r < 0)
		return;
	r = ledger_told(ledger, "user2", 1002, 100, 7, NOW, &told);
	CHECK(known(r) && told.mail <= VSEE_MAIL_SENT);
	if (r == 0)
		r = ledger_count(ledger, &counts);
	if (r == 0)
		r = ledger_visit(ledger, NULL, visit, &count);
	CHECK(known(r));
}

static int write_it(void)
{
	static struct reminder rows[8];
	autoledger struct ledger *ledger = NULL;
	size_t count = 0;
	int r;

	r = ledger_open(folder, &ledger);
	CHECK(known(r));
	if (r == 0)
		r = ledger_claim(ledger, NOW + 86400, rows, COUNT(rows), &count);
	CHECK(known(r));
	for (size_t i = 0; r == 0 && i < count; i++)
		CHECK(vsee_name_valid(rows[i].name));
	return r;
}

static int salvage_it(int written)
{
	autoledger struct ledger *ledger = NULL;
	struct ledger_salvage salvage;
	uint64_t count = 0;
	int r;

	r = ledger_salvage(folder, NOW, &salvage);
	if (r == -ENOMEM || r == -EPROTONOSUPPORT)
		return r;
	CHECK(r == 0 || (r == -EALREADY && written != -EBADMSG));
	if (r < 0)
		return r;
	r = ledger_open(folder, &ledger);
	if (r == 0)
		r = ledger_visit(ledger, NULL, visit, &count);
	CHECK(r == -ENOMEM || (r == 0 && count == salvage.rows));
	return r < 0 ? r : (int)count;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	int written;

	begin();
	write_damaged(data, size);
	read_it();
	(void)sqlite3_hard_heap_limit64(0); /* of readers; it says what it was */
	written = write_it();
	return written == -ENOMEM ? written : salvage_it(written);
}
