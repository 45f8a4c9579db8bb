/* Claim, compose, hand over, settle, commit: until nothing may be tried any more. */
#pragma once

#include "sending.h"

/* From now on SIGTERM, SIGINT and SIGHUP end the run after what is on its way. */
void batch_catch_signals(void);

/*
 * Send what the ledger gives out. Outcomes are counted in sending->tally. EXIT_GOOD, or EXIT_FILES
 * after a message where the ledger failed; what was on its way is settled either way.
 */
enum exit_code batch_run(struct sending *sending);
