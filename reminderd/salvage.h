/* reminderd salvage: the way out of a damaged ledger. */
#pragma once

#include "exit.h"
#include "options.h"

/* The verb. Says on standard error what is wrong. */
enum exit_code salvage_run(const struct options *options);
