/* One run of send: what it reads once, and what its steps share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "compose.h"
#include "exit.h"
#include "freshness.h"
#include "ledger.h"
#include "mail_texts.h"
#include "options.h"
#include "pace.h"
#include "snapshot_read.h"
#include "store/paths.h"
#include "transport.h"

#define SENDING_HOST_SIZE 256

struct send_tally {
	uint64_t due; /* to be sent, when the run began */
	uint64_t sent, deferred, failed, unknown;
};

struct sending {
	const struct options *options;
	struct vsee_paths paths;
	uid_t owner; /* who besides root may own what we read: who we were when we began */
	int state_fd, mail_fd;
	int64_t now;		   /* when the run began */
	struct vsee_policy policy; /* the published one */
	struct vsee_secret password;
	struct mail_texts texts;
	char host[SENDING_HOST_SIZE];
	char sender[ADDRESS_SIZE]; /* of the envelope */
	struct snapshot_header header;
	struct stat snapshot; /* the file that was read */
	int64_t asked;	      /* of freshness.h, as the ledger has it */
	bool wants_scan;      /* this one did */
	struct ledger *ledger;
	struct transport *transport;
	struct pace pace;
	struct send_tally tally;
};

void sending_clear(struct sending *sending);
#define autosending CLEANUP(sending_clear)

/* Places and clock. Says what is wrong. The caller clears in all cases. */
enum exit_code sending_start(const struct options *options, struct sending *sending);

/*
 * Places, clock and published policy, nothing written. EXIT_GOOD also where there is no policy yet:
 * then it has no sections. Says what is wrong.
 */
enum exit_code sending_begin(const struct options *options, struct sending *sending);

/* Whether anybody is to be reminded at all; NULL, or why not, in a sentence. */
const char *sending_idle(const struct sending *sending);

/*
 * What mail needs: password (read while we still are who we were), then identity, then texts, names
 * and transport. The policy mails. Says what is wrong.
 */
enum exit_code sending_equip(struct sending *sending);

/* The address that an envelope of this configuration comes from; "" where there is none. */
void sending_address(const struct vsee_delivery *delivery, char ret_address[ADDRESS_SIZE]);

/* What a message of this run is composed with; keeps pointers into sending. */
struct compose sending_compose(const struct sending *sending, int64_t now);

/* Judge the snapshot that was read against the host as it is now. */
enum freshness sending_judge(struct sending *sending, int64_t now);
