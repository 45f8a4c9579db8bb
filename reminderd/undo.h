/* reminderd restore: everything of ours in shadow is taken back, then the module is switched off.
 */
#pragma once

#include "scan.h"

/* The verb. Says on standard output what was put back, on standard error what is wrong. */
enum exit_code undo_run(const struct options *options);
