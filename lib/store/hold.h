/* A hold: until a given time every mode enforce counts as remind, for all sections. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/writer.h"

#define VSEE_HOLD_REASON_SIZE 201 /* with NUL: what an administrator wrote, one line of UTF-8 */

/* state/hold: written by vseectl, read by every login; it needs no configuration. */
struct vsee_hold {
	int64_t begin, until; /* seconds since the epoch; in force while now < until */
	uid_t by;	      /* who asked for it: the login's uid, else the real one */
	char reason[VSEE_HOLD_REASON_SIZE]; /* 1..200 bytes, vsee_syntax_text() */
};

/* The file's text. -EINVAL, with nothing added, for a value that could not be read back. */
int vsee_hold_print(const struct vsee_hold *hold, struct vsee_writer *writer);
/* 0; -EBADMSG: damaged; -EPROTONOSUPPORT: written by a newer version. */
int vsee_hold_parse(const char *text, size_t size, struct vsee_hold *ret_hold);

/*
 * 0 with ret_hold; -ENOENT: there is none. Any other error means that one may be in force:
 * -EBADMSG: damaged; -EPROTONOSUPPORT: written by a newer version; or vsee_file_read()'s.
 */
int vsee_hold_load(int state_fd, uid_t owner, struct vsee_hold *ret_hold);

/* -EINVAL for a value that could not be read back. 0 or negative errno; then the old one stands. */
int vsee_hold_save(int state_fd, const struct vsee_hold *hold);

/* Remove it, also a damaged one. 0 also where there is none. */
int vsee_hold_remove(int state_fd);

/*
 * Whether enforcement is held at that time. A file that is there and can't be read counts as a hold
 * (ret_fault, NULL allowed: its negative errno, else 0): somebody wanted people to be let in, and
 * status complains until it is mended.
 */
bool vsee_hold_in_force(int state_fd, uid_t owner, int64_t now, int *ret_fault);
