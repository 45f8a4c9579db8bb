#include "batch_log.h"

#include <inttypes.h>

#include "log.h"
#include "message_id.h"
#include "progress.h"

#define LINES_MAX 100

/* Of mails that the server spoke about. */
static void say(const char *message_id, const struct reminder *row, const char *what)
{
	char code[32] = "no answer";

	if (row->code > 0)
		(void)snprintf(code, sizeof(code), "code %d", row->code);
	progress_clear();
	log_about(message_id, row->name);
	log_field("VSEE_RESULT", "%s", code);
	log_field("VSEE_STAGE", "%lld", (long long)row->stage);
	log_warning("%s: the reminder %s (%s); reminderd reminders %s says more", row->name, what,
		    code, row->name);
}

/* One that never reached a server is one of many, and told of once. */
static bool is_told(const struct sending *sending, const struct reminder *row)
{
	const struct send_tally *tally = &sending->tally;
	const uint64_t lines = tally->failed + tally->deferred + tally->unknown;

	if (row->state == REMINDER_SENT || (row->state == REMINDER_DEFERRED && row->code == 0))
		return false;
	if (lines == LINES_MAX + 1)
		log_warning("more mails that were not sent are not listed");
	return lines <= LINES_MAX;
}

static void count(struct send_tally *tally, const struct reminder *row)
{
	tally->sent += row->state == REMINDER_SENT;
	tally->deferred += row->state == REMINDER_DEFERRED;
	tally->failed += row->state == REMINDER_FAILED;
	tally->unknown += row->state == REMINDER_UNKNOWN;
}

void batch_log(struct sending *sending, const struct reminder *row)
{
	count(&sending->tally, row);
	if (!is_told(sending, row))
		return;
	if (row->state == REMINDER_FAILED)
		say(MESSAGE_MAIL_FAILED, row,
		    row->code > 0 ? "was refused and is not tried again"
				  : "can't be sent and is not tried again");
	else if (row->state == REMINDER_DEFERRED)
		say(MESSAGE_MAIL_DEFERRED, row, "was put off");
	else
		say(MESSAGE_MAIL_DEFERRED, row,
		    "may have been taken, but no answer came; it is tried again");
}

void batch_log_unreachable(const struct sending *sending, unsigned tries, const char *why)
{
	log_about(MESSAGE_MAIL_UNREACHABLE, NULL);
	log_field("VSEE_RESULT", "%s", why);
	log_error("%s could not be used, %u %s in vain: %s. What was not sent is tried again",
		  sending->policy.delivery.smtp, tries, tries == 1 ? "try was" : "tries were", why);
}
