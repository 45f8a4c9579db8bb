/* What the node exporter's textfile collector may know of the mails; no names, no addresses. */
#pragma once

#include "sending.h"

#define SEND_METRICS_NAME "mail.prom"

/* Write paths.mail/mail.prom. code: of the run. Returns it, or EXIT_FILES after a message. */
enum exit_code send_metrics_save(const struct sending *sending, const struct ledger_counts *counts,
				 enum exit_code code);
