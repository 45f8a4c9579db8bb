/* What scan has promised an account: kept in its state, judged by everybody. */
#pragma once

#include <stdbool.h>

#include "base/day.h"
#include "policy/aging.h"
#include "policy/rules.h"

enum vsee_reason {
	VSEE_REASON_NEVER,     /* nothing ends this password */
	VSEE_REASON_LIFETIME,  /* last change + max_days of the policy */
	VSEE_REASON_SHADOW,    /* last change + shadow's own, smaller max */
	VSEE_REASON_FLOOR,     /* the date was brought forward: notice_days are granted */
	VSEE_REASON_UNTOLD,    /* put off, because no reminder had named the date before */
	VSEE_REASON_EXTENSION, /* an administrator granted days */
	VSEE_REASON_ENROLLED,  /* promised at the last scan, later than today's computation */
};

enum vsee_mirror {
	VSEE_MIRROR_NONE,
	VSEE_MIRROR_INTENT,
	VSEE_MIRROR_DONE,
	VSEE_MIRROR_OVERWRITTEN
};

/* Days, VSEE_UNSET where there is none, unless it says otherwise. Zeroed: never enrolled is false.
 */
struct vsee_enrolment {
	bool enrolled;	       /* scan has set lifetime, deadline and reason at least once */
	bool password_before;  /* deadline belongs to the password before the present one */
	vsee_day known_change; /* the last change last believed for the present hash */
	vsee_day known_ahead;  /* one believed before, until the clock went back behind it */
	vsee_day disbelieved;  /* shadow's date that was once not believed; VSEE_NONE: none */
	vsee_day lifetime;     /* VSEE_NEVER possible */
	vsee_day deadline;     /* VSEE_NEVER possible */
	enum vsee_reason reason;
	vsee_day floor;		 /* no deadline before this day */
	vsee_day floor_change;	 /* the last change and lifetime that had their roll-in floor */
	vsee_day floor_lifetime; /* VSEE_UNSET: none had one */
	vsee_day floor_ahead;	 /* a floor that became void; it counts again as known_ahead does */
	vsee_day told;		 /* the deadline the person was told */
	vsee_day extension;	 /* granted by an administrator; ends with the password */

	enum vsee_mirror mirror; /* shadow's max and warn */
	vsee_day mirror_max, mirror_warn, before_max, before_warn;
	vsee_day mirror_old; /* while INTENT: the mirrored max that is being replaced; VSEE_NONE */
	enum vsee_mirror zero; /* shadow's last change set to 0 by us: NONE, INTENT or DONE */
	vsee_day before_change;
};

/*
 * A deadline is kept this many days ahead until the person was told; fewer where the largest stage
 * is smaller, for else no mail that names it would ever be due. Who is told at login is told by the
 * run that finds or puts it so far ahead.
 */
#define VSEE_TOLD_DAYS 3

/* An enrolment in which nothing is set. */
struct vsee_enrolment vsee_enrolment_empty(void);

/* How far mail went for the deadline now in the ledger (scan asks it; see design of the ledger). */
enum vsee_mail {
	VSEE_MAIL_NONE,	   /* no mail configured, no stages, no address: told at login */
	VSEE_MAIL_REFUSED, /* the receiver refused or put off for notice_days: told at login */
	VSEE_MAIL_PENDING, /* nothing sent yet */
	VSEE_MAIL_SENT,	   /* a reminder naming the day in sent_for was sent */
};

struct vsee_told {
	enum vsee_mail mail;
	/* Whether a reminder naming this deadline was sent; consulted only for VSEE_MAIL_SENT. */
	bool (*sent_for)(const void *context, vsee_day deadline);
	const void *context;
};

/* The facts about one account on one day; what any program needs to judge it. */
struct vsee_facts {
	const struct vsee_rules *rules; /* NULL: no section covers it */
	struct vsee_aging shadow;
	struct vsee_enrolment state; /* empty: no state file yet */
	bool hash_known;	     /* shadow's hash is the one that state last saw */
	uint64_t account_digest;     /* vsee_digest() of the name: spreads the floor */
	vsee_day last_scan;	     /* VSEE_UNSET: no scan has run */
	vsee_day today;
};

/*
 * The facts with every day brought into a range in which no sum overflows. The functions below take
 * facts as they are; those of verdict.h, mirror.h and vsee_enrol() tame them first.
 */
struct vsee_facts vsee_facts_tame(const struct vsee_facts *facts);

/* Shadow's record as it would be without us: mirrored max, warn and a zeroed date taken back. */
struct vsee_aging vsee_own_aging(const struct vsee_facts *facts);

/* The clock leapt ahead, or scan did not run yesterday: what a clock behind set aside counts again.
 */
bool vsee_clock_leapt(const struct vsee_facts *facts);

/* The policy's and shadow's lifetime, whichever ends first; VSEE_NEVER when neither says one. */
vsee_day vsee_lifetime(const struct vsee_facts *facts);

/* The account's share of spread_days: 0..spread_days, the same on every host and day. */
vsee_day vsee_spread(const struct vsee_facts *facts);

struct vsee_change {
	vsee_day day;  /* the last change to reckon with; never after tomorrow */
	bool asked;    /* an administrator asked for a new password (0 in shadow, not ours) */
	bool believed; /* day is shadow's own date */
};

/*
 * When was the password last changed? Shadow's date if it lies in 1990-01-01..tomorrow and was
 * not disbelieved before; else the last one known for this hash (today if that lies ahead); else
 * today. One that came to lie ahead, because the clock went back, counts again once the clock has
 * jumped over it: more than a day after the last scan, so mere time does not bring it back.
 * Pure: what must be remembered is written by vsee_enrol().
 */
struct vsee_change vsee_change_resolve(const struct vsee_facts *facts);

/*
 * The roll-in floor (design 3): the day before which a deadline that moves forward may not fall.
 *
 * promised: the deadline in force until now (VSEE_NEVER: none). computed: the new one.
 * Returns VSEE_UNSET where no floor is due: computed is not earlier, or leaves notice enough, or
 * this last change had its floor under a lifetime as short.
 */
vsee_day vsee_floor_roll_in(const struct vsee_facts *facts, const struct vsee_change *change,
			    vsee_day lifetime, vsee_day promised, vsee_day computed);

/*
 * Enrol or re-enrol an account: what scan writes into its state today. Only for accounts covered
 * in mode remind or enforce; for all others it keeps the promise as it is and only learns dates.
 *
 * Sets known_change, known_ahead, disbelieved, lifetime, deadline, reason, floor*, told, extension
 * and password_before; leaves the mirror's fields alone. Cannot fail; idempotent on the same day.
 */
struct vsee_enrolment vsee_enrol(const struct vsee_facts *facts, const struct vsee_told *told);
