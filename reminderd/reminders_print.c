/* What reminders prints for people: a table of all, sentences about one. */
#include <string.h>

#include "base/cleanup.h"
#include "date.h"
#include "reminders.h"

#define ROW "%-20s %5s %-21s %-10s %-21s %-30s %s\n"
#define TEXT_SIZE (ANSWER_SIZE + QUEUE_ID_SIZE + 32)

/* Whatever came from a file or a server: no control characters on a terminal. */
static const char *clean(const char *text, char *ret_text, size_t size)
{
	(void)snprintf(ret_text, size, "%s", text);
	for (char *c = ret_text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	return ret_text;
}

/* The moment that matters in this state; -1: none. */
static int64_t moment(const struct reminder *row)
{
	switch (row->state) {
	case REMINDER_SENT:
		return row->sent;
	case REMINDER_CLAIMED:
		return row->claimed_until;
	case REMINDER_DEFERRED:
	case REMINDER_UNKNOWN:
		return row->next_try;
	case REMINDER_FAILED:
		return row->last_try;
	case REMINDER_DUE:
	case REMINDER_SUPERSEDED:
	case REMINDER_OBSOLETE:
		return -1;
	}
	return -1;
}

static void begin_table(const char *name)
{
	(void)name;
	(void)printf(ROW, "USER", "STAGE", "DEADLINE", "STATE", "WHEN", "ADDRESS", "ANSWER");
}

static void put_row(const struct reminder *row)
{
	char stage[16], deadline[DATE_SIZE], when[DATE_SIZE], address[ADDRESS_SIZE];
	char answer[ANSWER_SIZE];

	(void)snprintf(stage, sizeof(stage), "%lld", (long long)row->stage);
	(void)printf(ROW, row->name, stage, date_print(row->deadline, deadline),
		     reminder_state_name(row->state), time_print(moment(row), when),
		     clean(row->address, address, sizeof(address)),
		     clean(row->answer, answer, sizeof(answer)));
}

static void put_skipped(const struct snapshot_account *account)
{
	char deadline[DATE_SIZE], text[sizeof(account->skipped) + sizeof(account->detail) + 4];
	char shown[sizeof(text)];

	(void)snprintf(text, sizeof(text), "%s%s%s", account->skipped,
		       account->detail[0] ? ": " : "", account->detail);
	(void)printf(ROW, account->name, "-", date_print(account->deadline, deadline), "skipped",
		     "-", "-", clean(text, shown, sizeof(shown)));
}

const struct reminders_format reminders_table = {
	.begin = begin_table,
	.row = put_row,
	.account = put_skipped,
};

static void say_sent(const struct reminder *row, const char *when)
{
	char queue_id[QUEUE_ID_SIZE];

	(void)printf("It was sent to %s on %s, and the server took it", row->address, when);
	if (row->queue_id[0])
		(void)printf(" (queue id %s)", clean(row->queue_id, queue_id, sizeof(queue_id)));
	(void)printf(": search the mail server's log for it.\n");
}

static void say_answer(const struct reminder *row)
{
	char answer[ANSWER_SIZE];

	if (row->answer[0])
		(void)printf("  %s: %s\n", row->code ? "The server's last answer" : "The last try",
			     clean(row->answer, answer, sizeof(answer)));
}

static void say_state(const struct reminder *row)
{
	char when[DATE_SIZE];

	(void)time_print(moment(row), when);
	switch (row->state) {
	case REMINDER_DUE:
		(void)printf("It is due and was not tried yet.\n");
		return;
	case REMINDER_CLAIMED:
		(void)printf("A run is at it, or died over it: then it is tried again after %s.\n",
			     when);
		return;
	case REMINDER_SENT:
		say_sent(row, when);
		return;
	case REMINDER_DEFERRED:
		(void)printf("It was put off after %u tr%s to %s, the next is after %s.\n",
			     row->attempts, row->attempts == 1 ? "y" : "ies", row->address, when);
		return;
	case REMINDER_FAILED:
		(void)printf("The server refused it for %s on %s. It is not tried again; the next "
			     "reminder is.\n",
			     row->address, when);
		return;
	case REMINDER_UNKNOWN:
		(void)printf("The connection died before the server had answered, so it may have "
			     "come to %s or not; it is tried again after %s.\n",
			     row->address, when);
		return;
	case REMINDER_SUPERSEDED:
		(void)printf("It was not sent: a later reminder for the same date took its "
			     "place.\n");
		return;
	case REMINDER_OBSOLETE:
		(void)printf("It was not sent: before that the password was changed, the date "
			     "moved, or mail could not go there any more.\n");
		return;
	}
}

static void say_row(const struct reminder *row)
{
	char deadline[DATE_SIZE];

	(void)printf("Reminder %lld day%s before %s (uid %lu): ", (long long)row->stage,
		     row->stage == 1 ? "" : "s", date_print(row->deadline, deadline),
		     (unsigned long)row->uid);
	say_state(row);
	say_answer(row);
}

/* Behind each word of skip.h, for people who have not read reminderd(8). */
static const char *skip_meaning(const char *word)
{
	/* clang-format off */
	static const struct {
		const char *word, *meaning;
	} words[] = {
		{"account-expired", " (the account has ended)"},
		{"addresses-unreadable", " (a source of addresses can't be used: see vseectl status)"},
		{"bad-address", " (mail can't go to the one that was found)"},
		{"expired", " (the date has come)"},
		{"inactive", " (the password can't be changed at login any more)"},
		{"mode-watch", " (only modes remind and enforce send mail)"},
		{"must-change", " (the next login asks for a new password)"},
		{"no-address", " (no source in [mail] addresses has one)"},
		{"no-deadline", " (the password never ends)"},
		{"no-mail-configured", " ([mail] smtp is not set)"},
		{"no-password", " (there is none to log in with, or it is locked)"},
		{"no-stages", " (reminders is empty for this account)"},
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].meaning;
	return "";
}

static void say_account(const struct snapshot_account *account)
{
	char deadline[DATE_SIZE], detail[sizeof(account->detail)];

	(void)printf("By the last scan the deadline of %s is %s (verdict: %s).\n", account->name,
		     date_print(account->deadline, deadline), account->verdict);
	if (account->skipped[0])
		(void)printf("No reminder goes to %s: %s%s%s%s.\n", account->name, account->skipped,
			     skip_meaning(account->skipped), account->detail[0] ? ": " : "",
			     clean(account->detail, detail, sizeof(detail)));
	else if (account->due_stage == VSEE_UNSET)
		(void)printf("Reminders go to %s; none is due now.\n", account->address);
	else
		(void)printf("Reminders go to %s; today that is the one %lld day%s before.\n",
			     account->address, (long long)account->due_stage,
			     account->due_stage == 1 ? "" : "s");
}

const struct reminders_format reminders_sentences = {
	.row = say_row,
	.account = say_account,
	.everybody = true,
};
