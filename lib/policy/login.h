/* What a verdict means for a login: pure, the same for the module and for who explains it. */
#pragma once

#include <stdbool.h>

#include "policy/message.h"
#include "policy/verdict.h"

enum vsee_login {
	VSEE_LOGIN_IGNORE,   /* not covered, off, or only watched */
	VSEE_LOGIN_ALLOW,    /* valid, or nothing to expire */
	VSEE_LOGIN_WARN,     /* valid, and told about the end */
	VSEE_LOGIN_LENIENT,  /* expired, but not enforced; told */
	VSEE_LOGIN_REPORT,   /* expired; this service must go on working */
	VSEE_LOGIN_KEY,	     /* expired; logged in without the password; told */
	VSEE_LOGIN_DEMAND,   /* a new password, now */
	VSEE_LOGIN_DENY,     /* refused, with the link */
	VSEE_LOGIN_INACTIVE, /* refused; only support can help */
	VSEE_LOGIN_ENDED,    /* the account itself has ended */
	VSEE_LOGIN_FAULT,    /* no verdict that we know: our own mistake */
};

struct vsee_login_case {
	enum vsee_mode mode;
	const struct vsee_judgement *judgement;
	enum vsee_expired expired;
	enum vsee_key_login key_login;
	bool reports_only; /* a service in report_only, or su by real uid 0 */
	bool typed;	   /* the person typed the password in this login */
	bool ready;	   /* our own part of a change could be carried out */
};

/*
 * What a login is told, from the verdict and what is known of the login. Cannot fail, keeps no
 * pointer. Source: pam_vsee_expire(8), RETURN CODES.
 */
enum vsee_login vsee_login_decide(const struct vsee_login_case *facts);

/* A stable lower-case word for logs. Never NULL. */
const char *vsee_login_name(enum vsee_login login);

/* The text that goes with it, or VSEE_MESSAGE_COUNT where nothing is said. */
enum vsee_message vsee_login_message(enum vsee_login login, const struct vsee_judgement *judgement);

/* Whether the person does not get in with the password typed. */
bool vsee_login_refuses(enum vsee_login login);

/*
 * Whether min_days forbids the account's own change today. Never one that was asked for or is due.
 */
bool vsee_login_too_soon(const struct vsee_rules *rules, const struct vsee_judgement *judgement,
			 vsee_day today);
