/* What a snapshot says goes into the ledger. */
#pragma once

#include "sending.h"

/*
 * Which reminder is due for an account of a snapshot, on that day. false: none, or it is not to be
 * mailed. ret_due: what ledger_note() wants to know.
 */
bool reconcile_due(const struct snapshot_account *account, vsee_day today,
		   struct reminder *ret_due);

/*
 * Read the snapshot, judge it, and bring the ledger in line with it; or ask for a scan, which is
 * then said and noted in sending->wants_scan. Nothing was written on any code but EXIT_GOOD.
 */
enum exit_code reconcile_run(struct sending *sending);

/* Ask for a scan instead of going on. freshness: why. */
enum exit_code reconcile_ask(struct sending *sending, enum freshness freshness);
