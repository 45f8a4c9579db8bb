/* The policy of a host: sections in reading order, and its published form that logins read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/secret.h"
#include "policy/message.h"
#include "policy/rules.h"

#define VSEE_POLICY_BYTES_MAX ((size_t)1024 * 1024)
#define VSEE_GROUPS_MAX 64    /* group names one policy can mention: a bit each */
#define VSEE_SECTIONS_MAX 512 /* each login reads them all */
#define VSEE_WORDS_MAX 128    /* names in one list */

enum vsee_section_kind { VSEE_SECTION_POLICY, VSEE_SECTION_GROUP, VSEE_SECTION_USER };

struct vsee_source {
	char *file; /* owned by the policy */
	unsigned line;
};

struct vsee_section {
	enum vsee_section_kind kind;
	char *name;		 /* group or user; "" for [policy] */
	struct vsee_rules rules; /* what it does not say is inherited from [policy] */
	struct vsee_source source;
	unsigned group; /* kind GROUP: its bit in vsee_policy.groups */
};

/* How the page holds its button: it can be focused, or by the literal attribute. */
enum vsee_gate { VSEE_GATE_ARIA, VSEE_GATE_NATIVE };

enum vsee_starttls { VSEE_STARTTLS_REQUIRED, VSEE_STARTTLS_NEVER };

/* [mail]: how reminders reach people; all strings owned, never NULL, no secrets. */
struct vsee_delivery {
	char *smtp; /* "": no mail is sent; else smtp://, smtps:// or maildir:/path */
	enum vsee_starttls starttls;
	char *ca_file;		    /* "": the system's certificates */
	char *user, *password_file; /* "": no AUTH */
	char *from, *reply_to;	    /* mailboxes of RFC 5322; reply_to "": none */
	char *bounces;		    /* envelope sender; "": the address in from */
	char **addresses;	    /* where addresses are looked up, in order: words of keys.c */
	size_t address_count;	    /* right behind addresses */
	char *map, *domain;	    /* path; for user@domain, "": none */
	unsigned connections;	    /* 1..8 */
	unsigned max_per_minute, max_per_run; /* 0: no limit */
};

/* Everything a program wants to know of the configuration; all strings owned, never NULL. */
struct vsee_policy {
	struct vsee_section *sections; /* [0] is [policy] itself, then in reading order */
	size_t section_count;
	char **exempt_users;
	size_t exempt_user_count;
	char *groups[VSEE_GROUPS_MAX]; /* every group name mentioned, sections and exempt */
	size_t group_count;
	uint64_t exempt_groups; /* bits into groups */
	char *exempt_reason;	/* what an administrator wrote; "" none */
	struct vsee_source exempt_source;
	uid_t uid_min, uid_max;
	char **report_only; /* PAM services */
	size_t report_only_count;
	unsigned mirror_per_run;
	char *product, *base_url, *support, *login_page;
	enum vsee_gate gate;
	uint64_t token_deny_groups; /* bits into groups: whose members get no one-time links */
	unsigned account_failures, source_failures, throttle_minutes; /* of the page */
	enum vsee_language language;
	struct vsee_delivery delivery;
	char digest[17]; /* of what was read, 16 hexadecimal digits */
};

/* Free what it owns; it is empty then, with no section. */
void vsee_policy_clear(struct vsee_policy *policy);
#define autopolicy CLEANUP(vsee_policy_clear)

/* The bit of a group name, added to groups when it is new. 0, -ENOSPC (all 64 taken), -ENOMEM. */
int vsee_policy_group(struct vsee_policy *policy, const char *name, unsigned *ret_bit);

/* Whether reminders are sent at all: [mail] smtp is set. */
bool vsee_policy_mails(const struct vsee_policy *policy);

/* Whether mail stays on this host until it is taken: a folder, or an smtp:// server on loopback. */
bool vsee_delivery_local(const struct vsee_delivery *delivery);

/*
 * While a hold is in force each section that says enforce counts as remind (rules.held); and back.
 * Publish the policy unheld.
 */
void vsee_policy_hold(struct vsee_policy *policy);
void vsee_policy_unhold(struct vsee_policy *policy);

/* Whether the PAM service is one of report_only: it must go on working for the expired. */
bool vsee_policy_reports_only(const struct vsee_policy *policy, const char *service);

/*
 * The published form: versioned text with every effective value, at most VSEE_POLICY_BYTES_MAX.
 * vsee_policy_parse() reads back exactly what vsee_policy_print() wrote; it never opens a file,
 * knows no include and no default, and refuses everything else with -EBADMSG (ret_line: where),
 * a newer version with -EPROTONOSUPPORT. ret_policy and ret_line are each written in their own case
 * only. print computes the digest of what it writes, whatever policy->digest says; parse checks it.
 * print: 0, -EFBIG, -ENOMEM, or -EINVAL where [policy] itself is missing.
 */
int vsee_policy_print(const struct vsee_policy *policy, struct vsee_secret *ret_text);
int vsee_policy_parse(const char *text, size_t size, struct vsee_policy *ret_policy,
		      unsigned *ret_line);

/* Read and write state/policy. Load: -ENOENT: nothing published, the module is off. */
int vsee_policy_load(int state_fd, uid_t owner, struct vsee_policy *ret_policy);
int vsee_policy_publish(int state_fd, const struct vsee_policy *policy);

/* Remove it: the module is off. 0, also where none was published, or negative errno. */
int vsee_policy_unpublish(int state_fd);
