/* reminderd plan: mails of the coming days against the limits. */
#pragma once

#include "exit.h"
#include "options.h"

/* The verb: a view by the configuration. Writes nothing but standard output. */
enum exit_code plan_run(const struct options *options);
