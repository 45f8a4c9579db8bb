#include "send_table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "date.h"
#include "identity.h"
#include "log.h"
#include "reconcile.h"
#include "snapshot.h"

/* What the ledger has of one account and its present deadline. */
struct history {
	const struct reminder *due;
	const struct snapshot_account *account;
	bool found;
	struct reminder row;	     /* of the due stage or a smaller one, neither dead */
	bool known[VSEE_STAGES_MAX]; /* larger stages that had a mail or were passed over */
};

struct table {
	struct sending *sending;
	const struct send_format *format;
	struct send_summary summary;
	vsee_day today;
};

const char *send_action_name(enum send_action action)
{
	static const char *const names[ACTION_COUNT] = {
		[ACTION_SEND] = "send",	    [ACTION_WAIT] = "wait", [ACTION_SENT] = "sent",
		[ACTION_FAILED] = "failed", [ACTION_SKIP] = "skip", [ACTION_NOT_DUE] = "not-due",
	};

	return names[action];
}

static int look(void *context, const struct reminder *row)
{
	struct history *history = context;

	if (row->uid != history->due->uid || row->deadline != history->due->deadline ||
	    row->state == REMINDER_OBSOLETE)
		return 0;
	for (size_t i = 0; i < history->account->stage_count; i++)
		history->known[i] |= history->account->stages[i] == row->stage;
	if (row->stage > history->due->stage || row->state == REMINDER_SUPERSEDED ||
	    (history->found && history->row.stage <= row->stage))
		return 0;
	history->row = *row;
	history->found = true;
	return 0;
}

/* Which larger stages nobody was mailed at, and nobody will. */
static void add_superseded(const struct history *history, struct vsee_writer *why)
{
	const struct snapshot_account *account = history->account;
	const char *before = "in place of stage ";

	for (size_t i = 0; i < account->stage_count; i++) {
		if (account->stages[i] <= history->due->stage || history->known[i])
			continue;
		vsee_writer_add(why, "%s%" PRId64, before, account->stages[i]);
		before = ", ";
	}
}

static enum send_action judge_row(const struct history *history, int64_t now,
				  struct vsee_writer *why)
{
	const struct reminder *row = &history->row;
	char time[DATE_SIZE];

	if (!history->found) {
		add_superseded(history, why);
		return ACTION_SEND;
	}
	switch (row->state) {
	case REMINDER_SENT:
		vsee_writer_add(why, "at %s", time_print(row->sent, time));
		return ACTION_SENT;
	case REMINDER_FAILED:
		vsee_writer_add(why, "%s", row->answer);
		return ACTION_FAILED;
	case REMINDER_DEFERRED:
	case REMINDER_UNKNOWN:
		if (row->next_try > now)
			vsee_writer_add(why, "until %s: ", time_print(row->next_try, time));
		vsee_writer_add(why, "%s", row->answer);
		return row->next_try > now ? ACTION_WAIT : ACTION_SEND;
	case REMINDER_DUE:
	case REMINDER_CLAIMED:
	case REMINDER_SUPERSEDED:
	case REMINDER_OBSOLETE:
		break;
	}
	return ACTION_SEND;
}

static int judge(struct table *table, const struct reminder *due, struct send_line *line,
		 struct vsee_writer *why)
{
	struct history history = {.due = due, .account = line->account};
	int r = 0;

	if (table->sending->ledger)
		r = ledger_visit(table->sending->ledger, due->name, look, &history);
	line->action = judge_row(&history, table->sending->now, why);
	return r;
}

/* What a server said stands in it, and who may write the ledger is not who reads this. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			*text = '?';
}

/* What would be due in mode remind: whoever only watches wants to see it before. */
static void skip(const struct table *table, struct send_line *line, struct vsee_writer *why)
{
	struct snapshot_account as_if = *line->account;
	struct reminder due;

	line->action = ACTION_SKIP;
	vsee_writer_add(why, "%s%s%s", as_if.skipped, as_if.detail[0] ? ": " : "", as_if.detail);
	if (strcmp(as_if.skipped, "mode-watch") != 0)
		return;
	as_if.skipped[0] = '\0';
	as_if.mode = VSEE_MODE_REMIND;
	if (!reconcile_due(&as_if, table->today, &due))
		return;
	line->stage = due.stage;
	vsee_writer_add(why, ": sent in mode remind");
}

static int show(struct table *table, const struct snapshot_account *account)
{
	struct send_line line = {.account = account, .stage = VSEE_UNSET, .days_left = VSEE_UNSET};
	struct vsee_writer why = {.text = line.why, .size = sizeof(line.why)};
	struct reminder due;
	int r = 0;

	if (account->deadline >= 0 && account->deadline < VSEE_NEVER)
		line.days_left = account->deadline - table->today;
	if (reconcile_due(account, table->today, &due)) {
		line.stage = due.stage;
		r = judge(table, &due, &line, &why);
	} else if (account->skipped[0]) {
		skip(table, &line, &why);
	} else {
		line.action = ACTION_NOT_DUE;
	}
	make_printable(line.why);
	table->summary.counts[line.action]++;
	if (line.action != ACTION_NOT_DUE)
		table->format->line(&line);
	return r;
}

static enum exit_code failed(const char *folder, const char *name, const char *why)
{
	log_error("%s/%s: %s", folder, name, why);
	return EXIT_FILES;
}

static enum exit_code show_all(struct table *table)
{
	CLEANUP(snapshot_read_clear) struct snapshot_reader reader = {0};
	struct sending *sending = table->sending;
	struct snapshot_account account;
	int seen = 0, r;

	r = sending->state_fd < 0 ? -ENOENT
				  : snapshot_read_open(sending->state_fd, sending->owner, &reader,
						       &sending->header);
	if (r < 0)
		return failed(sending->paths.state, SNAPSHOT_NAME,
			      r == -ENOENT    ? "no scan has gone through yet: run reminderd scan"
			      : r == -EBADMSG ? "it is damaged: run reminderd scan"
					      : strerror(-r));
	table->summary.stale = freshness_text(sending_judge(sending, sending->now));
	table->format->begin();
	while (seen == 0 && (r = snapshot_read_next(&reader, &account)) > 0)
		seen = show(table, &account);
	if (seen < 0)
		return failed(sending->paths.mail, LEDGER_NAME, ledger_error(sending->ledger));
	if (r < 0)
		return failed(sending->paths.state, SNAPSHOT_NAME,
			      "it is damaged: run reminderd scan");
	table->format->end(&table->summary);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_GOOD;
	log_error("standard output: %s", strerror(errno));
	return EXIT_FILES;
}

/* Without a folder or a ledger in it nothing was ever sent. */
static enum exit_code open_history(struct sending *sending)
{
	struct stat folder;
	int r;

	if (lstat(sending->paths.mail, &folder) < 0 && errno == ENOENT)
		return EXIT_GOOD;
	if (identity_become(sending->paths.mail, !sending->options->root[0]) < 0)
		return EXIT_FILES;
	r = ledger_open_read(sending->paths.mail, &sending->ledger);
	if (r == 0 || r == -ENOENT)
		return EXIT_GOOD;
	log_error("%s/" LEDGER_NAME ": %s%s", sending->paths.mail, ledger_fault(r),
		  r == -EBADMSG	 ? "; see reminderd(8), salvage"
		  : r == -EACCES ? "; root and the members of the group that owns it may read it"
				 : "");
	return EXIT_FILES;
}

enum exit_code send_table_run(const struct options *options)
{
	autosending struct sending sending;
	enum exit_code code = sending_begin(options, &sending);
	struct table table = {
		.sending = &sending,
		.format = options->json	 ? &send_as_json
			  : options->csv ? &send_as_csv
					 : &send_as_table,
		.summary = {.sending = &sending, .idle = sending_idle(&sending)},
		.today = vsee_day_of(sending.now),
	};

	if (code != EXIT_GOOD)
		return code;
	code = open_history(&sending);
	return code == EXIT_GOOD ? show_all(&table) : code;
}
