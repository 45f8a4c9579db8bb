/*
 * The world of the random search: one account, its shadow line, our state, the clock, the ledger
 * and everything that other people do to them, hour by hour.
 */
#pragma once

#include "policy/mirror.h"
#include "policy/verdict.h"

#define SEARCH_START INT64_C(20800) /* the first true day */
#define SEARCH_BUILD INT64_C(20400) /* the build's day, as the clock rule has it */
#define SEARCH_DAYS_MAX 800
#define SEARCH_EVENTS_MAX 64
#define SEARCH_MAILS_MAX 512

enum kind {
	EVENT_LIFETIME, /* the policy's values, one an event */
	EVENT_NOTICE,
	EVENT_SPREAD,
	EVENT_MODE,
	EVENT_STAGES,
	EVENT_INACTIVE,
	EVENT_COVER,	 /* 0: no section covers the account any more */
	EVENT_HOST,	 /* 0: off, no scan and no login */
	EVENT_SCAN,	 /* vseectl apply: a scan at this hour */
	EVENT_TIMER,	 /* 0: the daily scan does not run */
	EVENT_MAIL,	 /* 0: nothing can be sent */
	EVENT_PERSON,	 /* enum person */
	EVENT_CLOCK,	 /* the clock is ahead by so many days */
	EVENT_CHAGE,	 /* enum chage */
	EVENT_OBEY,	 /* 1: changes the password when a login demands it */
	EVENT_PASSWORD,	 /* a change through PAM, bound */
	EVENT_CHPASSWD,	 /* outside PAM; shadow's date is set */
	EVENT_USERMOD,	 /* outside PAM; shadow's date stays */
	EVENT_DATE,	 /* a tool sets last change: value days from the true day */
	EVENT_DATE_RAW,	 /* a tool sets last change: 0 or empty */
	EVENT_MAX,	 /* a tool sets max once */
	EVENT_MAX_DAILY, /* configuration management sets max each day; VSEE_NONE: no longer */
	EVENT_WARN,	 /* a tool sets warn once */
	EVENT_EXTEND,	 /* an administrator grants days */
	EVENT_COUNT,
};

enum person { PERSON_MAIL, PERSON_NO_ADDRESS, PERSON_REFUSES, PERSON_COUNT };
enum chage { CHAGE_GOOD, CHAGE_FAILS, CHAGE_KILLED_BEFORE, CHAGE_KILLED_AFTER, CHAGE_COUNT };

struct event {
	int hour; /* since the first day's midnight */
	enum kind kind;
	int64_t value;
};

struct history {
	uint64_t digest; /* of the account's name */
	int days;
	int count;
	struct event events[SEARCH_EVENTS_MAX];
};

/* A date the person was told, and how far ahead it lay on the clock of that run. */
struct mail {
	vsee_day deadline, stage;
};

struct world {
	const struct history *history;
	int hour;
	vsee_day ahead; /* the clock's error */
	struct vsee_rules rules;
	bool covered, host, timer, mail, obey;
	enum person person;
	enum chage chage;
	vsee_day max_daily;

	struct vsee_aging shadow;
	int hash;
	struct vsee_aging own; /* what shadow would hold without us */
	bool own_max_unclear,
		own_warn_unclear;	  /* a tool wrote the very value that we had mirrored */
	bool own_change_unclear, muddled; /* now, ever */

	struct vsee_enrolment state;
	int state_hash;
	vsee_day last_scan;
	int64_t noted;
	int rescan; /* hour of the run that a noted one asks for, or -1 */
	struct mail mails[SEARCH_MAILS_MAX];
	int mail_count;
	vsee_day at_login[SEARCH_MAILS_MAX]; /* deadlines told at login, 1 day ahead or more */
	int at_login_count;
	vsee_day refused_since;

	/* What the properties need to know about the past; see search_check.c. */
	int good_days;
	vsee_day lifetime, floor; /* of the last right run */
	vsee_day window_lifetime, window_notice, window_spread;
	bool scanned_today, sent_today;
	vsee_day change_bound;
	bool change_new, lifetime_new, policy_new; /* since the last run */
	int due_scans, free_scans;
	vsee_day fault_days; /* the furthest that the clock was ahead */
	bool fault_seen, fault_open, fault_tainted;
	const char *broken; /* the property that does not hold; NULL: all do */
};

/* What a run without the clock's faults looked like each day at the hour of comparison. */
struct twin {
	bool valid[SEARCH_DAYS_MAX], untold[SEARCH_DAYS_MAX];
	int hash[SEARCH_DAYS_MAX];
	vsee_day deadline[SEARCH_DAYS_MAX], own_change[SEARCH_DAYS_MAX],
		shadow_change[SEARCH_DAYS_MAX];
};

extern const vsee_day search_stage_sets[6][4]; /* rows end with VSEE_UNSET */

int64_t world_now(const struct world *world);
vsee_day world_true_day(const struct world *world);
vsee_day world_today(const struct world *world);
struct vsee_facts world_facts(const struct world *world);
void world_begin_password(struct world *world, vsee_day known_change);
void world_scan(struct world *world);
struct vsee_told world_told(const struct world *world);

/* Run a whole history; NULL, or the property that broke and the hour in ret_hour. */
const char *world_run(const struct history *history, int *ret_hour);

/* The properties; each sets world->broken when it does not hold. */
void check_event(struct world *world, const struct event *event);
void check_change(struct world *world);
void check_enrol(struct world *world, const struct vsee_facts *facts,
		 const struct vsee_enrolment *state);
void check_scan(struct world *world);
void check_plan(struct world *world);
void check_judge(struct world *world, const struct vsee_judgement *judgement);
void check_day(struct world *world);
void check_twin(struct world *world, struct twin *twin, bool record);
