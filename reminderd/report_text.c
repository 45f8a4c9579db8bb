/* The report's words: columns, counts, dates and sentences that all formats share. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/writer.h"
#include "date.h"
#include "report.h"
#include "store/keys.h"
#include "store/value.h"

/* clang-format off */
const struct report_column report_columns[REPORT_FIELD_COUNT] = {
	[REPORT_NAME] = {"name", "Account", REPORT_TEXT, 20},
	[REPORT_UID] = {"uid", "Uid", REPORT_NUMBER, 6},
	[REPORT_COVERED_BY] = {"covered_by", "Covered by", REPORT_TEXT, 20},
	[REPORT_WHERE] = {"where", "Where", REPORT_TEXT, 0},
	[REPORT_MODE] = {"mode", "Mode", REPORT_TEXT, 8},
	[REPORT_LAST_CHANGE] = {"last_change", "Last change", REPORT_DATE, 21},
	[REPORT_DEADLINE] = {"deadline", "Deadline", REPORT_DATE, 21},
	[REPORT_DAYS_LEFT] = {"days_left", "Days left", REPORT_NUMBER, 9},
	[REPORT_VERDICT] = {"verdict", "Verdict", REPORT_TEXT, 15},
	[REPORT_REASON] = {"reason", "Reason", REPORT_TEXT, 0},
	[REPORT_FLOOR] = {"floor", "Floor", REPORT_DATE, 0},
	[REPORT_EXTENSION] = {"extension", "Extended to", REPORT_DATE, 0},
	[REPORT_TOLD] = {"told", "Told", REPORT_DATE, 0},
	[REPORT_REMEMBER] = {"remember", "Remember", REPORT_NUMBER, 0},
	[REPORT_REMEMBERED] = {"remembered", "Remembered", REPORT_NUMBER, 0},
	[REPORT_REMARK] = {"remark", "Remark", REPORT_TEXT, 0},
};

const struct report_counter_text report_counters[REPORT_COUNTER_COUNT] = {
	[REPORT_ACCOUNTS] = {"accounts", "local accounts looked at"},
	[REPORT_COVERED] = {"covered", "covered in mode watch, remind or enforce"},
	[REPORT_EXEMPT] = {"exempt", "exempt"},
	[REPORT_OUTSIDE] = {"outside", "listed, but not covered: uid out of range"},
	[REPORT_OFF] = {"off", "not covered: the section's mode is off"},
	[REPORT_SYSTEM] = {"system", "system accounts without a password (not listed)"},
	[REPORT_FINDINGS] = {"findings", "findings: see their remark"},
	[REPORT_ENDED] = {"account_expired", "covered: the account itself has ended"},
	[REPORT_NO_PASSWORD] = {"no_password", "covered: no usable password"},
	[REPORT_INACTIVE] = {"inactive", "covered: expired for too long"},
	[REPORT_MUST_CHANGE] = {"must_change", "covered: must change"},
	[REPORT_LENIENT] = {"not_enforceable", "covered: expired, but let in"},
	[REPORT_WARN] = {"warn", "covered: valid, ends within warn_days"},
	[REPORT_VALID] = {"valid", "covered: valid"},
	[REPORT_UNDATED] = {"undated", "covered: shadow has no date of the last change to believe"},
	[REPORT_EXTENDED] = {"extended", "covered: extended by an administrator"},
	[REPORT_FAILED] = {"failed", "not in this report: their state could not be read"},
	[REPORT_OLD] = {"old", "covered: the password is older than max_days"},
	[REPORT_OLD_EXPIRED] = {"old_expired", "expired: refused, or to be changed at login"},
	[REPORT_OLD_UNUSABLE] = {"old_unusable", "no password login is possible"},
	[REPORT_OLD_NOTICE] = {"old_rolled_in", "rolled in, notice runs"},
	[REPORT_OLD_UNTOLD] = {"old_untold", "not told yet"},
	[REPORT_OLD_EXTENSION] = {"old_extended", "extended by an administrator"},
	[REPORT_OLD_HOLD] = {"old_held", "held"},
	[REPORT_OLD_MODE] = {"old_mode", "not enforced: mode watch or remind"},
	[REPORT_OLD_OTHER] = {"old_other", "other, see the remark"},
};
/* clang-format on */

const char *report_time_text(int64_t seconds, bool local, char *ret_text)
{
	const time_t time = (time_t)seconds;
	struct tm tm;

	if (!(local ? localtime_r(&time, &tm) : gmtime_r(&time, &tm)) ||
	    strftime(ret_text, REPORT_TIME_SIZE, local ? "%Y-%m-%d %H:%M:%S %Z" : "%FT%TZ", &tm) ==
		    0)
		(void)snprintf(ret_text, REPORT_TIME_SIZE, "%" PRId64, seconds);
	return ret_text;
}

static const char *day_text(vsee_day day, bool local, char *ret_text)
{
	static_assert(REPORT_TIME_SIZE >= DATE_SIZE, "");
	const time_t seconds = (time_t)(day * VSEE_SECONDS_PER_DAY);
	struct tm tm;

	if (local || day < 0 || day > VSEE_DAY_MAX * 2)
		return date_print(day, ret_text);
	if (!gmtime_r(&seconds, &tm) || strftime(ret_text, REPORT_TIME_SIZE, "%F", &tm) == 0)
		(void)snprintf(ret_text, REPORT_TIME_SIZE, "day %lld", (long long)day);
	return ret_text;
}

const char *report_cell_text(size_t field, const struct report_cell *cell, bool local,
			     char *ret_text)
{
	ret_text[0] = '\0';
	if (!cell->set)
		return ret_text;
	switch (report_columns[field].kind) {
	case REPORT_TEXT:
		return cell->text;
	case REPORT_DATE:
		return day_text(cell->number, local, ret_text);
	case REPORT_NUMBER:
		break;
	}
	(void)snprintf(ret_text, REPORT_TIME_SIZE, "%" PRId64, cell->number);
	return ret_text;
}

const char *report_week_text(const struct report *report, size_t week, char *ret_text)
{
	return day_text(report->scan->today + (vsee_day)week * 7, false, ret_text);
}

void report_settings(const struct vsee_section *section,
		     struct report_setting settings[REPORT_SETTINGS])
{
	static const char *const keys[REPORT_SETTINGS] = {
		"mode",	     "max_days", "remember",  "min_days",    "inactive_days",
		"warn_days", "expired",	 "key_login", "notice_days",
	};

	for (size_t i = 0; i < REPORT_SETTINGS; i++) {
		struct vsee_writer writer = {.text = settings[i].value,
					     .size = sizeof(settings[i].value)};
		const struct vsee_key *key = vsee_key_find("policy", keys[i], strlen(keys[i]));

		settings[i].key = keys[i];
		vsee_value_print(key, &section->rules, &writer);
		if (i == 0 && section->rules.held)
			(void)snprintf(settings[i].value, sizeof(settings[i].value),
				       "enforce, held");
	}
}

const char *report_hold_text(const struct report *report, char *ret_text)
{
	char until[REPORT_TIME_SIZE], begin[REPORT_TIME_SIZE];

	ret_text[0] = '\0';
	if (report->hold_fault < 0)
		(void)snprintf(ret_text, REPORT_TEXT_SIZE,
			       "Enforcement is held: the hold's file can't be read (%s).",
			       strerror(-report->hold_fault));
	else if (report->held)
		(void)snprintf(ret_text, REPORT_TEXT_SIZE,
			       "Enforcement is held until %s, since %s, by uid %lu: %s",
			       report_time_text(report->hold.until, true, until),
			       report_time_text(report->hold.begin, true, begin),
			       (unsigned long)report->hold.by, report->hold.reason);
	return ret_text;
}

const char *report_statement(const struct report *report, char *ret_text)
{
	struct vsee_writer writer = {.text = ret_text, .size = REPORT_TEXT_SIZE};
	const char *between = ": ";

	vsee_writer_add(&writer,
			"Of %" PRIu64 " covered accounts, the password of %" PRIu64
			" is older than max_days",
			report->counters[REPORT_COVERED], report->counters[REPORT_OLD]);
	for (size_t i = REPORT_OLD + 1; i < REPORT_COUNTER_COUNT; i++) {
		if (report->counters[i] == 0)
			continue;
		vsee_writer_add(&writer, "%s%" PRIu64 " %s", between, report->counters[i],
				report_counters[i].title);
		between = "; ";
	}
	vsee_writer_add(&writer, ".");
	return ret_text;
}
