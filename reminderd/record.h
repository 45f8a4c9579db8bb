/* What remains of a run: state/lastrun for status, state/metrics.prom for the node exporter. */
#pragma once

#include "scan.h"

#define METRICS_NAME "metrics.prom"

struct vsee_lastrun;

/*
 * Write both at the end of a scan, however it ended; code: how. Nothing where the run never held
 * the host's lock. The caller's code, or EXIT_FILES after a message where it was good until now.
 */
enum exit_code record_run(const struct scan *scan, enum exit_code code);

/* Replace state/metrics.prom. 0 or negative errno. */
int metrics_save(const struct scan *scan, const struct vsee_lastrun *lastrun);
