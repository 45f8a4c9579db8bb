/* The snapshot as send, plan and dry runs read it: nothing in it is believed before it is checked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "policy/rules.h"
#include "reminder.h"

/* When shadow was last replaced or written, as stat(2) has it; all zero: unknown. */
struct shadow_mark {
	uint64_t inode;
	int64_t size, seconds, nanoseconds;
};

struct snapshot_header {
	int64_t time; /* of the scan */
	vsee_day day;
	char policy[17];	   /* digest of the policy it went by */
	struct shadow_mark shadow; /* after the scan's own changes */
};

struct snapshot_account {
	char name[VSEE_NAME_SIZE];
	uid_t uid;
	enum vsee_mode mode;
	char verdict[32], skipped[48]; /* words; skipped "": a mail may go out */
	char detail[96]; /* why skipped, in words for people; "": nothing more to say */
	vsee_day last_change, deadline, days_left; /* VSEE_UNSET: none, VSEE_NEVER possible */
	vsee_day due_stage;			   /* VSEE_UNSET: none is due */
	vsee_day stages[VSEE_STAGES_MAX];	   /* of its section, falling */
	size_t stage_count;
	char address[ADDRESS_SIZE]; /* "": none */
	enum vsee_language language;
};

struct snapshot_reader {
	FILE *stream;
	uint64_t line;	   /* of the last one read, from 1 */
	uint64_t accounts; /* read so far */
	char *text;	   /* owned */
	size_t size;
};

/*
 * Open state/snapshot and read its header. 0; -ENOENT: no scan yet; -EPERM: not owned by root or
 * owner, or others can write it; -EBADMSG: no snapshot; -EPROTONOSUPPORT: of a newer version.
 */
int snapshot_read_open(int state_fd, uid_t owner, struct snapshot_reader *ret_reader,
		       struct snapshot_header *ret_header);

/* The same for a stream that is believed already; it is the reader's, also after an error. */
int snapshot_read_begin(FILE *stream, struct snapshot_reader *ret_reader,
			struct snapshot_header *ret_header);

/*
 * 1: ret_account is set. 0: the end, which must be there, with the number of accounts. -EBADMSG:
 * line reader->line is no account of a snapshot, or the file was cut short or goes on behind its
 * end; else negative errno.
 */
int snapshot_read_next(struct snapshot_reader *reader, struct snapshot_account *ret_account);

void snapshot_read_clear(struct snapshot_reader *reader);
