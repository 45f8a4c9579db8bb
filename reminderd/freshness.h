/* Whether what a snapshot says may still be mailed. */
#pragma once

#include <stdint.h>

#include "snapshot_read.h"

#define FRESHNESS_SECONDS (INT64_C(2) * 3600)
#define FRESHNESS_ASKS_MAX 3

enum freshness {
	FRESH,
	STALE_MISSING, /* never judged: there is none */
	STALE_FUTURE,  /* the clock went back */
	STALE_AGE,
	STALE_DAY,    /* the days left have changed since */
	STALE_POLICY, /* another one is in force */
	STALE_SHADOW, /* somebody may have changed the password */
};

struct freshness_facts {
	const struct snapshot_header *header;
	const char *policy;	   /* digest of the published one */
	struct shadow_mark shadow; /* as it is now */
	int64_t now;
	int64_t asked; /* snapshots in a row that shadow overtook before a mail went out */
};

/*
 * The first reason not to trust it, in the order of the enum. On a host where somebody changes all
 * the time STALE_SHADOW would keep everybody from being told: it gives way after FRESHNESS_ASKS_MAX
 * asks in a row without a mail between. A mark that is not known is like one that changed.
 */
enum freshness freshness_judge(const struct freshness_facts *facts);

/* Why, as the end of a sentence: "is older than two hours". NULL for FRESH. */
const char *freshness_text(enum freshness freshness);
