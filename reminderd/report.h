/* reminderd report: all local accounts as evidence for an auditor, in one of four formats. */
#pragma once

#include <stdio.h>

#include "scan.h"
#include "store/hold.h"
#include "store/section.h"

/* The verb: a view of everybody by the policy in force. Writes nothing but standard output. */
enum exit_code report_run(const struct options *options);

#define REPORT_WEEKS 12
#define REPORT_TEXT_SIZE 4608 /* a path and a reason fit */
#define REPORT_TIME_SIZE 64

enum report_kind { REPORT_TEXT, REPORT_NUMBER, REPORT_DATE };

struct report_column {
	const char *key, *title;
	enum report_kind kind;
	int width; /* in the table for a terminal; 0: on the line below */
};

enum report_field {
	REPORT_NAME,
	REPORT_UID,
	REPORT_COVERED_BY,
	REPORT_WHERE,
	REPORT_MODE,
	REPORT_LAST_CHANGE,
	REPORT_DEADLINE,
	REPORT_DAYS_LEFT,
	REPORT_VERDICT,
	REPORT_REASON,
	REPORT_FLOOR,
	REPORT_EXTENSION,
	REPORT_TOLD,
	REPORT_REMEMBER,
	REPORT_REMEMBERED,
	REPORT_REMARK,
	REPORT_FIELD_COUNT,
};

extern const struct report_column report_columns[REPORT_FIELD_COUNT];

struct report_cell {
	bool set;
	const char *text; /* kind TEXT: UTF-8 without control characters */
	int64_t number;	  /* else; a date is a day, VSEE_NEVER possible */
};

struct report_row {
	struct report_cell cells[REPORT_FIELD_COUNT];
	char section[VSEE_SECTION_TEXT_SIZE];
	char where[REPORT_TEXT_SIZE], reason[REPORT_TEXT_SIZE], remark[REPORT_TEXT_SIZE];
};

/* What is counted; those from OLD_EXPIRED on say why a password may be older than max_days. */
enum report_counter {
	REPORT_ACCOUNTS,
	REPORT_COVERED,
	REPORT_EXEMPT,
	REPORT_OUTSIDE,
	REPORT_OFF,
	REPORT_SYSTEM,
	REPORT_FINDINGS,
	REPORT_ENDED,
	REPORT_NO_PASSWORD,
	REPORT_INACTIVE,
	REPORT_MUST_CHANGE,
	REPORT_LENIENT,
	REPORT_WARN,
	REPORT_VALID,
	REPORT_UNDATED,
	REPORT_EXTENDED,
	REPORT_FAILED,
	REPORT_OLD,
	REPORT_OLD_EXPIRED,
	REPORT_OLD_UNUSABLE,
	REPORT_OLD_NOTICE,
	REPORT_OLD_UNTOLD,
	REPORT_OLD_EXTENSION,
	REPORT_OLD_HOLD,
	REPORT_OLD_MODE,
	REPORT_OLD_OTHER,
	REPORT_COUNTER_COUNT,
};

/* Key for programs and title for people, by enum report_counter. */
extern const struct report_counter_text {
	const char *key, *title;
} report_counters[REPORT_COUNTER_COUNT];

struct report;

struct report_format {
	const char *name;
	bool summary_first; /* the rows are kept aside until the counts are known */
	void (*begin)(const struct report *report);
	void (*row)(const struct report *report, const struct report_row *row);
	/* Prints what comes before the rows, if summary_first, or what comes behind them. */
	void (*summary)(const struct report *report);
	void (*end)(const struct report *report);
};

extern const struct report_format report_table, report_csv, report_json, report_html;

struct report {
	struct view view; /* first: the view that scan hands back is this report */
	const struct report_format *format;
	const struct scan *scan;
	FILE *out; /* standard output, or where rows are kept aside */
	char host[256];
	char time[REPORT_TIME_SIZE], time_utc[REPORT_TIME_SIZE];
	bool held;	       /* a hold is in force */
	int hold_fault;	       /* negative errno: there is one, and it can't be read */
	struct vsee_hold hold; /* where it can */
	uint64_t rows;
	uint64_t counters[REPORT_COUNTER_COUNT];
	uint64_t weeks[REPORT_WEEKS]; /* passwords that end, by weeks from today */
	uint64_t later, never;
};

/* What an account's row says, and what it counts for. False: it is only counted. */
bool report_row_make(struct report *report, const struct target *target,
		     struct report_row *ret_row);

/*
 * A cell of that enum report_field as text; "" where it is not set. local: a date as the host shows
 * its instant, else the UTC date. ret_text holds REPORT_TIME_SIZE bytes, and is used for what is no
 * text already.
 */
const char *report_cell_text(size_t field, const struct report_cell *cell, bool local,
			     char *ret_text);

/* A time in seconds as the host's own date, time and zone; else in UTC as RFC 3339 has it. */
const char *report_time_text(int64_t seconds, bool local, char *ret_text);

/* "day 3 of a week": the UTC date of the first day of that week from today. */
const char *report_week_text(const struct report *report, size_t week, char *ret_text);

/* What sections say, a setting each, as text. */
#define REPORT_SETTINGS 9
struct report_setting {
	const char *key;
	char value[64];
};
void report_settings(const struct vsee_section *section,
		     struct report_setting settings[REPORT_SETTINGS]);

/* Where something stands: "FILE:LINE", or "the defaults". ret_text: REPORT_TEXT_SIZE bytes. */
const char *report_source_text(const struct vsee_source *source, char *ret_text);

/* The hold in force as a sentence, or "". ret_text: REPORT_TEXT_SIZE bytes. */
const char *report_hold_text(const struct report *report, char *ret_text);

/* The compliance statement, a sentence. ret_text: REPORT_TEXT_SIZE bytes. */
const char *report_statement(const struct report *report, char *ret_text);
