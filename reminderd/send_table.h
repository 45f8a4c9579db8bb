/* reminderd send --dry-run: what would go to whom, and why not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "freshness.h"
#include "ledger.h"
#include "sending.h"

enum send_action {
	ACTION_SEND,
	ACTION_WAIT, /* for its next try */
	ACTION_SENT, /* already */
	ACTION_FAILED,
	ACTION_SKIP,
	ACTION_NOT_DUE,
	ACTION_COUNT,
};

#define SEND_WHY_SIZE 640

/* One account of the snapshot. */
struct send_line {
	const struct snapshot_account *account;
	vsee_day stage, days_left; /* as of today; VSEE_UNSET: none */
	enum send_action action;
	char why[SEND_WHY_SIZE]; /* printable */
};

/* What is said of all of them. */
struct send_summary {
	uint64_t counts[ACTION_COUNT];
	const struct sending *sending;
	const char *stale, *idle; /* why nothing would be sent as it is; NULL: it would */
};

struct send_format {
	void (*begin)(void);
	void (*line)(const struct send_line *line);
	void (*end)(const struct send_summary *summary);
};

extern const struct send_format send_as_table, send_as_json, send_as_csv;

/* "send", "wait" ... */
const char *send_action_name(enum send_action action);

/* Writes nothing but standard output, and takes no lock. */
enum exit_code send_table_run(const struct options *options);
