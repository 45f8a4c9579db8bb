#include "clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "date.h"
#include "log.h"
#include "message_id.h"
#include "policy/clock.h"

/* A send that asks for a scan each quarter of an hour must not begin the hour anew each time. */
static int64_t noted_first(const struct scan *scan)
{
	const int64_t noted = scan->scanday.noted;

	if (noted == VSEE_UNSET || scan->now < noted ||
	    scan->now - noted >= VSEE_CLOCK_WAIT_SECONDS)
		return scan->now;
	return noted;
}

static enum exit_code note(struct scan *scan)
{
	const struct vsee_scanday noted = {scan->scanday.last_scan, noted_first(scan)};
	char last[DATE_SIZE];
	int r = 0;

	if (!scan->view)
		r = vsee_scanday_save(scan->state_fd, &noted);
	if (r < 0) {
		log_error("%s/scan: %s", scan->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	log_about(MESSAGE_CLOCK_NOTED, NULL);
	log_field("VSEE_LAST", "%s", date_print(scan->scanday.last_scan, last));
	log_warning("the last scan's day (%s) does not fit today's date; nothing was done. A run "
		    "an hour or more from now will go on if the date still agrees, or at once: "
		    "reminderd scan --accept-clock",
		    date_print(scan->scanday.last_scan, last));
	return EXIT_CLOCK_NOTED;
}

static enum exit_code refuse(const struct scan *scan)
{
	char today[DATE_SIZE], last[DATE_SIZE];

	log_about(MESSAGE_CLOCK_REFUSED, NULL);
	log_field("VSEE_TODAY", "%s", date_print(scan->today, today));
	log_field("VSEE_LAST", "%s", date_print(scan->scanday.last_scan, last));
	log_error(
		"today's date (%s) can't be right: it is before this program was made, or long "
		"after the last scan (%s); nothing was done. Set the clock; if the date is right, "
		"run: reminderd scan --accept-clock",
		date_print(scan->today, today), date_print(scan->scanday.last_scan, last));
	return EXIT_CLOCK_REFUSED;
}

enum exit_code clock_check(struct scan *scan)
{
	int r = 0;

	scan->now = (int64_t)time(NULL);
	scan->today = vsee_day_of(scan->now);
	scan->scanday = (struct vsee_scanday){VSEE_UNSET, VSEE_UNSET};
	if (scan->state_fd >= 0)
		r = vsee_scanday_load(scan->state_fd, scan->owner, &scan->scanday);
	if (r == -EBADMSG && scan->options->accept_clock) {
		log_warning("%s/scan is damaged and will be written anew", scan->paths.state);
		return EXIT_GOOD;
	}
	if (r < 0) {
		log_error("%s/scan: %s; if it can't be mended, remove it and run: reminderd scan "
			  "--accept-clock",
			  scan->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	if (!scan->options->accept_clock)
		scan->clock = vsee_clock_judge(scan->now, VSEE_BUILD_DAY, scan->scanday.last_scan,
					       scan->scanday.noted);
	if (scan->view && scan->view->in_force)
		return EXIT_GOOD;
	switch (scan->clock) {
	case VSEE_CLOCK_GOOD:
		return EXIT_GOOD;
	case VSEE_CLOCK_NOTE:
		return note(scan);
	case VSEE_CLOCK_REFUSE:
		break;
	}
	return refuse(scan);
}
