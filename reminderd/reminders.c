#include "reminders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "log.h"
#include "store/paths.h"

struct answer {
	const struct reminders_format *format;
	const char *name; /* NULL: all */
	uint64_t rows, accounts;
	bool scanned; /* there is a snapshot to look into */
};

static const struct reminders_format *choose(const struct options *options)
{
	if (options->json)
		return &reminders_json;
	if (options->csv)
		return &reminders_csv;
	return options->argument ? &reminders_sentences : &reminders_table;
}

static enum exit_code complain(const char *folder, const char *file, int error)
{
	if (error == -EACCES || error == -EPERM)
		log_error("%s/%s may be read by root and the members of the group that owns it "
			  "(vsee-expire): %s",
			  folder, file, strerror(-error));
	else
		log_error("%s/%s: %s", folder, file, ledger_fault(error));
	return EXIT_FILES;
}

static int on_row(void *context, const struct reminder *row)
{
	struct answer *answer = context;

	answer->rows++;
	answer->format->row(row);
	return 0;
}

static enum exit_code read_ledger(const struct vsee_paths *paths, struct answer *answer)
{
	autoledger struct ledger *ledger = NULL;
	int r = ledger_open_read(paths->mail, &ledger);
	const char *why;

	if ((r == 0 || r == -ENOENT) && answer->format->begin)
		answer->format->begin(answer->name);
	if (r == -ENOENT)
		return EXIT_GOOD; /* no run of send yet */
	if (r == 0)
		r = ledger_visit(ledger, answer->name, on_row, answer);
	if (r == 0)
		return EXIT_GOOD;
	if (r != -EBADMSG)
		return complain(paths->mail, LEDGER_NAME, r);
	why = ledger_error(ledger);
	log_error("%s/" LEDGER_NAME " is damaged%s%s. What can be read of it is saved by: "
		  "reminderd salvage",
		  paths->mail, why[0] ? ": " : "", why);
	return EXIT_FILES;
}

static void on_account(struct answer *answer, const struct snapshot_account *account)
{
	if (answer->name && strcmp(answer->name, account->name) != 0)
		return;
	answer->accounts++;
	if (account->skipped[0] || answer->format->everybody)
		answer->format->account(account);
}

static enum exit_code read_snapshot(const struct vsee_paths *paths, struct answer *answer)
{
	CLEANUP(snapshot_read_clear) struct snapshot_reader reader = {0};
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, paths->state, geteuid());
	struct snapshot_account account;
	struct snapshot_header header;
	int r = state_fd < 0 ? state_fd : snapshot_read_open(state_fd, geteuid(), &reader, &header);

	if (r == -ENOENT)
		return EXIT_GOOD;
	answer->scanned = r == 0;
	if (r == 0)
		while ((r = snapshot_read_next(&reader, &account)) > 0)
			on_account(answer, &account);
	return r < 0 ? complain(paths->state, "snapshot", r) : EXIT_GOOD;
}

/* An empty answer must not look like a good one. */
static enum exit_code sum_up(const struct answer *answer)
{
	if (answer->name && answer->rows == 0 && answer->accounts == 0) {
		log_error(answer->scanned
				  ? "%s: no reminder was ever due, and no section in mode remind "
				    "or enforce covers this account. Why: vseectl explain %s"
				  : "%s: no reminder was ever due, and no scan has run yet. "
				    "Why: vseectl explain %s",
			  answer->name, answer->name);
		return EXIT_SOME;
	}
	if (!answer->name && answer->rows == 0)
		log_note("no reminder was due yet");
	return EXIT_GOOD;
}

static enum exit_code show(const struct vsee_paths *paths, struct answer *answer)
{
	enum exit_code code = read_ledger(paths, answer);

	if (code != EXIT_GOOD)
		return code;
	code = read_snapshot(paths, answer);
	return code == EXIT_GOOD ? sum_up(answer) : code;
}

enum exit_code reminders_run(const struct options *options)
{
	struct answer answer = {.format = choose(options), .name = options->argument};
	struct vsee_paths paths;
	enum exit_code code;

	if (options->json && options->csv) {
		log_error("--json and --csv: one of them");
		return EXIT_USAGE;
	}
	if (answer.name && !vsee_name_valid(answer.name)) {
		log_error("%s: no account can have this name", answer.name);
		return EXIT_USAGE;
	}
	if (vsee_paths_init(options->root, options->state, &paths) < 0) {
		log_error("--root or --state is too long");
		return EXIT_USAGE;
	}
	code = show(&paths, &answer);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	log_error("standard output: %s", strerror(errno));
	return EXIT_FILES;
}
