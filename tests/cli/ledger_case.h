/* What the ledger's tests share: a temporary folder, accounts, and runs of send in short. */
#pragma once

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>

#include "../unit/folder.h"
#include "base/cleanup.h"
#include "ledger.h"

#define NOW INT64_C(1800000000)
#define DAY_SECONDS VSEE_SECONDS_PER_DAY

static const vsee_day case_stages[] = {10, 3, 1};

static inline struct reminder case_due(const char *name, vsee_day change, vsee_day deadline,
				       vsee_day stage)
{
	struct reminder due = {
		.uid = 1001,
		.last_change = change,
		.deadline = deadline,
		.stage = stage,
		.language = VSEE_LANGUAGE_EN,
	};

	(void)snprintf(due.name, sizeof(due.name), "%s", name);
	(void)snprintf(due.address, sizeof(due.address), "%s@example.com", name);
	return due;
}

/* Open for a run that must work. */
static inline struct ledger *case_open(void)
{
	struct ledger *ledger = NULL;

	assert_int_equal(ledger_open(folder, &ledger), 0);
	return ledger;
}

/* A snapshot of count accounts, user0 and so on. */
static inline void case_note(struct ledger *ledger, unsigned count, vsee_day deadline,
			     vsee_day stage, int64_t now)
{
	char name[32];

	assert_int_equal(ledger_note_begin(ledger), 0);
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "user%u", i);

		const struct reminder due = case_due(name, 100, deadline, stage);

		assert_int_equal(ledger_note(ledger, &due, case_stages, COUNT(case_stages),
					     "example.com", now),
				 0);
	}
	assert_int_equal(ledger_note_end(ledger, deadline - stage), 0);
}

/* Between tests: all files of a ledger go, also those that were set aside. */
static inline int case_clear(void **state)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	(void)state;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			(void)unlinkat(folder_fd, entry->d_name, 0); /* the next test tells */
	return dir ? closedir(dir) : -1;
}

static inline void case_path(const char *name, char *ret_path)
{
	(void)snprintf(ret_path, PATH_MAX, "%s/%s", folder, name);
}

/* What another program does to the file. */
static inline void case_spoil(const char *sql)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;

	case_path(LEDGER_NAME, path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void case_make(unsigned count)
{
	struct ledger *ledger = case_open();

	if (count > 0)
		case_note(ledger, count, 160, 10, NOW);
	ledger_close(ledger);
}
