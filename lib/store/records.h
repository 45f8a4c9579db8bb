/* passwd(5) and shadow(5) lines, read by us: any file, no NSS, no directory asked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/lines.h"
#include "base/name.h"
#include "policy/aging.h"

#define VSEE_HASH_SIZE 512	  /* CRYPT_OUTPUT_SIZE is 384; room for a leading "!" */
#define VSEE_RECORD_LINE_MAX 4096 /* longer lines are refused */

struct vsee_shadow {
	char name[VSEE_NAME_SIZE];
	char hash[VSEE_HASH_SIZE]; /* the second field as it stands; wipe it */
	struct vsee_aging aging;
};

struct vsee_passwd {
	char name[VSEE_NAME_SIZE];
	uid_t uid;
	gid_t gid;
	char gecos[VSEE_RECORD_LINE_MAX]; /* UTF-8; "" where the file holds something else */
};

enum vsee_record_fault {
	VSEE_RECORD_OK,
	VSEE_RECORD_LINE,   /* over-long, NUL or unterminated: see the line's own fault */
	VSEE_RECORD_FIELDS, /* not 9 (passwd: 7) fields */
	VSEE_RECORD_NAME,   /* vsee_name_valid() refuses it */
	VSEE_RECORD_NUMBER, /* a field that should be a number is none */
	VSEE_RECORD_HASH,   /* longer than VSEE_HASH_SIZE - 1, or with control characters */
	VSEE_RECORD_COUNT,
};

/* English, for logs: "does not have 9 fields". Never NULL. */
const char *vsee_record_fault_text(enum vsee_record_fault fault);

/*
 * Whether a reader passes over the line without a word, as getspnam(3) does: blank, a comment, or
 * an instruction for NIS ("+...", "-...").
 */
bool vsee_record_silent(const struct vsee_line *line);

/*
 * Parse one line. Numbers above VSEE_DAY_MAX are taken as VSEE_DAY_MAX, empty ones and "-1" as
 * VSEE_UNSET. The password is LOCKED for "*", "!...", "x" and whatever can't be a crypt(3) hash
 * (see vsee_hash_kind()). ret is written only for VSEE_RECORD_OK.
 * An unterminated last line is refused by shadow (a writer may be at it), accepted by passwd.
 */
enum vsee_record_fault vsee_shadow_parse(const struct vsee_line *line, struct vsee_shadow *ret);
enum vsee_record_fault vsee_passwd_parse(const struct vsee_line *line, struct vsee_passwd *ret);

/*
 * What the second field of shadow holds. LOCKED: "*", "!...", "x", or no form that crypt(3) makes:
 * traditional DES, BSDi's "_...", "$id$...$...".
 */
enum vsee_password vsee_hash_kind(const char *hash);

/*
 * The first line for name in the file, which decides; one further down never stands in for it.
 * 0; -ENOENT: no such line, or a name that can have none; -EBADMSG: that line is malformed
 * (ret_fault, ret_line say how; NULL allowed); or what open(2) and read(2) say. Reads once through
 * the file.
 */
int vsee_shadow_find(const char *path, const char *name, struct vsee_shadow *ret,
		     enum vsee_record_fault *ret_fault, uint64_t *ret_line);
int vsee_passwd_find(const char *path, const char *name, struct vsee_passwd *ret,
		     enum vsee_record_fault *ret_fault, uint64_t *ret_line);

/*
 * Joining a file to another of mostly the same order: looks for name from where the last search
 * ended, then once around. Linear for files in the same order, memory constant. Each name that is
 * missing costs one round.
 *
 * open: 0, or what open(2) says. find: 0; -ENOENT after a whole round; -EBADMSG: the line found is
 * malformed; or what read(2) says. clear: also for a cursor that was never opened, if .fd is -1.
 */
struct vsee_passwd_cursor {
	struct vsee_lines lines;
	int fd;
};
int vsee_passwd_cursor_open(const char *path, struct vsee_passwd_cursor *ret_cursor);
int vsee_passwd_cursor_find(struct vsee_passwd_cursor *cursor, const char *name,
			    struct vsee_passwd *ret);
void vsee_passwd_cursor_clear(struct vsee_passwd_cursor *cursor);

/*
 * UID_MIN and UID_MAX of login.defs(5); 1000 and 60000 where the file or the key is missing. Of
 * two lines for one key the last counts, as for useradd(8).
 * 0; -EBADMSG for a value that is no decimal number (ret_line); or what open(2) and read(2) say.
 */
int vsee_login_defs_read(const char *path, uid_t *ret_uid_min, uid_t *ret_uid_max,
			 uint64_t *ret_line);
