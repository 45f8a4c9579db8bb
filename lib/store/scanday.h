/* When scan last acted: state/scan, read by every login, written by scan alone. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/day.h"

struct vsee_scanday {
	vsee_day last_scan; /* VSEE_UNSET: never */
	int64_t noted;	    /* seconds of a run that only noted the time; VSEE_UNSET: none */
};

/* No file: both unset, 0. -EBADMSG: damaged. -EPROTONOSUPPORT: written by a newer version. */
int vsee_scanday_load(int state_fd, uid_t owner, struct vsee_scanday *ret_scanday);
/* -EINVAL for a value that could not be read back: below VSEE_UNSET or beyond VSEE_DAY_MAX. */
int vsee_scanday_save(int state_fd, const struct vsee_scanday *scanday);
