/* reminderd reminders: what the ledger knows of mails, and who gets none. */
#pragma once

#include <stdio.h>

#include "exit.h"
#include "ledger.h"
#include "options.h"
#include "snapshot_read.h"

/* The verb. Says on standard error what is wrong. */
enum exit_code reminders_run(const struct options *options);

/* How the answer looks; any of its functions may be NULL. */
struct reminders_format {
	void (*begin)(const char *name); /* NULL: of all accounts */
	void (*row)(const struct reminder *row);
	/* An account as the last scan saw it; account->skipped "": mail goes there. */
	void (*account)(const struct snapshot_account *account);
	bool everybody; /* account is wanted for those as well whom mail reaches */
};

extern const struct reminders_format reminders_table, reminders_sentences, reminders_json,
	reminders_csv;
