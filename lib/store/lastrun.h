/* How scan's last run went: state/lastrun, written by scan alone, also by runs that failed. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VSEE_LASTRUN_BYTES_MAX ((size_t)1024)

/* Times in seconds since the epoch; counts from 0. */
struct vsee_lastrun {
	int64_t time;	  /* when it began, by the host's clock, right or wrong */
	int64_t finished; /* when the last one began that judged everybody; VSEE_UNSET: none has */
	int64_t code;	  /* its exit code, as reminderd(8) has them */
	int64_t covered, saved, mirrored, failed;
	int64_t left; /* shadow lines that the next run is to change */
	int64_t warnings, config_errors;
};

/*
 * Text form. Parse: 0; -EBADMSG: damaged; -EPROTONOSUPPORT: a newer version. ret_lastrun is written
 * only on success. Print: 0 with ret_size; -EINVAL: a value could not be read back. ret_text holds
 * VSEE_LASTRUN_BYTES_MAX.
 */
int vsee_lastrun_parse(const char *text, size_t size, struct vsee_lastrun *ret_lastrun);
int vsee_lastrun_print(const struct vsee_lastrun *lastrun, char *ret_text, size_t *ret_size);

/* -ENOENT: none is there; else as parse, or vsee_file_read()'s. */
int vsee_lastrun_load(int state_fd, uid_t owner, struct vsee_lastrun *ret_lastrun);
/* The caller holds the host's lock. 0 or negative errno; then the old one stands. */
int vsee_lastrun_save(int state_fd, const struct vsee_lastrun *lastrun);
