/* reminderd send and test-mail. */
#pragma once

#include <stdbool.h>

#include "exit.h"
#include "options.h"

/* The verb. Says on standard error what is wrong. */
enum exit_code send_run(const struct options *options);
enum exit_code test_mail_run(const struct options *options);

/* One run that sends. ret_wants_scan: it asked for a scan instead of going on to its end. */
enum exit_code send_once(const struct options *options, bool *ret_wants_scan);

/* reminderd without a verb: scan, send, and both again as long as send asks for it. */
enum exit_code scan_and_send(const struct options *options);
