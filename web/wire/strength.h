/*
 * What a new password must be, as libpwquality's settings of the host and our history say it: one
 * list for the page that shows it and the worker that checks it, so that they cannot differ.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"

#define STRENGTH_BYTES_MAX 511 /* pam_unix takes no more */

/* In the order of the page. What says "live" the browser can check, and strength_judge() does. */
enum criterion {
	CRITERION_LENGTH,	/* live: min_length characters, less what credits give */
	CRITERION_LONG,		/* live: at most STRENGTH_BYTES_MAX bytes; shown only when unmet */
	CRITERION_DIGIT,	/* live */
	CRITERION_UPPER,	/* live */
	CRITERION_LOWER,	/* live */
	CRITERION_OTHER,	/* live: neither ASCII letter nor digit */
	CRITERION_CLASSES,	/* live: that many of these four kinds */
	CRITERION_REPEAT,	/* live: no character more than N times in a row */
	CRITERION_CLASS_REPEAT, /* live: no kind more than N times in a row */
	CRITERION_SEQUENCE,	/* live: no sequence such as 12345 or fedcb longer than N */
	CRITERION_NAME,		/* live: no user name, forwards or backwards; doubled letters too */
	CRITERION_DIFFERENT,	/* live in part: not the current one; enough new characters */
	CRITERION_COMMON,	/* on the server: dictionary, bad words, personal data */
	CRITERION_REMEMBERED,	/* on the server: not one of the last passwords */
	CRITERION_COUNT,
};

#define CRITERION_BIT(criterion) (UINT32_C(1) << (criterion))

/* Field names and meanings of pwquality.conf(5); 0 where a rule is not in force. */
struct strength {
	int min_length;
	int digit_credit, upper_credit, lower_credit, other_credit; /* negative: so many demanded */
	int classes, repeat, class_repeat, sequence;
	int different;	   /* difok */
	bool name;	   /* usercheck */
	int name_part;	   /* usersubstr: no part of the name of this size; below 4: the whole */
	bool common;	   /* dictcheck, badwords or gecoscheck */
	unsigned remember; /* of our policy: the most that any section in force remembers */
};

/*
 * The host's settings: pwquality.conf and its .d folder, by libpwquality. remember: the caller's.
 * 0 or negative errno: then ret_strength is untouched, and ret_error says why (static text).
 */
int strength_load(unsigned remember, struct strength *ret_strength, const char **ret_error);

/* The same of another file and its .d folder; NULL: the host's. */
int strength_load_file(const char *path, unsigned remember, struct strength *ret_strength,
		       const char **ret_error);

/* Bits of the criteria that are in force, those the server alone can check among them. */
uint32_t strength_criteria(const struct strength *strength);

/*
 * Bits of the live criteria that password does not meet. It counts characters (code points), as
 * people and the page do, and then bytes, as libpwquality does; both must meet all: it is never
 * less strict, and the same for ASCII. What is not UTF-8 is counted by the byte. Of a password over
 * 1024 bytes, which is refused anyway, the rest is not looked at. current: "" where it is not
 * known; user: "" likewise. Pure. Palindromes, which libpwquality always refuses, are none of
 * these criteria: the PAM stack refuses them in its own words.
 */
uint32_t strength_judge(const struct strength *strength, const char *password, const char *current,
			const char *user);
