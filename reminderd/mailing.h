/* What a scan knows of mail: whom it can reach, and how far the ledger says it went. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "policy/enrolment.h"

struct scan;
struct target;
struct ledger;

struct mailing {
	struct addresses *addresses; /* NULL: nobody asks for them, or they can't be read */
	struct ledger *ledger;	     /* NULL: none yet, or it can't be read */
	int address_fault;	     /* negative errno: a source can't be read */
	int ledger_fault;	     /* negative errno: it is there, and can't be used */
	uint64_t bad;		     /* lines of the map, and addresses, that were warned of */
	uint64_t bad_accounts;	     /* of these the accounts */
	bool due;		     /* a reminder is due for somebody who can be reached */
};

/*
 * Read the sources of addresses, and open the ledger to read, where mail is configured or the view
 * asks for addresses. What fails is said once and kept as a fault; the run goes on.
 */
void mailing_open(struct scan *scan);
void mailing_clear(struct mailing *mailing);

/* Whether target_reach() wants to know the account's GECOS. */
bool mailing_wants_gecos(const struct scan *scan);

/* Find the address of an account whose name and uid are set. */
void mailing_reach(const struct scan *scan, const char *gecos, struct target *target);

/* How far mail went for the account's present password. Said once: that the ledger failed. */
struct vsee_told mailing_told(struct scan *scan, const struct target *target);

/* Note what the exit code and send's timer must know of an account that was judged. */
void mailing_note(struct scan *scan, const struct target *target);

/* At the end of a run that writes: where something is due, make the file that send waits for. */
void mailing_call(const struct scan *scan);

/* Whether something was wrong that the exit code tells. */
bool mailing_failed(const struct scan *scan);
