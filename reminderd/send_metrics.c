#include "send_metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/writer.h"
#include "log.h"

#define TEXT_SIZE 4096
#define PREFIX "vsee_expire_"

static void gauge(struct vsee_writer *writer, const char *name, const char *help, int64_t value)
{
	vsee_writer_add(writer,
			"# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n" PREFIX "%s %" PRId64
			"\n",
			name, help, name, name, value);
}

static void add_states(struct vsee_writer *writer, const struct ledger_counts *counts)
{
	vsee_writer_add(writer, "# HELP " PREFIX "reminders Rows of the ledger by state.\n"
				"# TYPE " PREFIX "reminders gauge\n");
	for (unsigned state = 0; state <= REMINDER_OBSOLETE; state++)
		vsee_writer_add(writer, PREFIX "reminders{state=\"%s\"} %" PRIu64 "\n",
				reminder_state_name((enum reminder_state)state),
				counts->states[state]);
}

static void add_run(struct vsee_writer *writer, const struct sending *sending, enum exit_code code)
{
	const struct send_tally *tally = &sending->tally;

	gauge(writer, "last_send_timestamp_seconds", "When the last run that sends began.",
	      sending->now);
	gauge(writer, "last_send_exit_code", "Its exit code, see reminderd(8).", code);
	gauge(writer, "last_send_sent", "Reminders that it sent.", (int64_t)tally->sent);
	gauge(writer, "last_send_deferred", "Reminders that it put off.",
	      (int64_t)(tally->deferred + tally->unknown));
	gauge(writer, "last_send_failed", "Reminders that the server refused for good.",
	      (int64_t)tally->failed);
}

enum exit_code send_metrics_save(const struct sending *sending, const struct ledger_counts *counts,
				 enum exit_code code)
{
	char text[TEXT_SIZE] = "";
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};
	int r;

	add_run(&writer, sending, code);
	add_states(&writer, counts);
	gauge(&writer, "reminders_next_try_timestamp_seconds",
	      "When the first of those that wait may be tried; 0 for none.", counts->next_try);
	gauge(&writer, "last_sent_timestamp_seconds", "When a reminder was last taken; 0 for none.",
	      counts->last_sent);
	/* Readable by whoever may enter the folder: the exporter, as a member of its group. */
	r = writer.overflow ? -EFBIG
			    : vsee_file_replace(sending->mail_fd, SEND_METRICS_NAME, 0644, text,
						writer.length);
	if (r == 0)
		return code;
	log_error("%s/" SEND_METRICS_NAME ": %s", sending->paths.mail, strerror(-r));
	return code == EXIT_GOOD ? EXIT_FILES : code;
}
