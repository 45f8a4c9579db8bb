#include "store/keys.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const modes[] = {"off", "watch", "remind", "enforce", NULL};
static const char *const expired[] = {"change", "deny", NULL};
static const char *const key_logins[] = {"enforce", "warn", "ignore", NULL};
static const char *const languages[] = {"en", "de", NULL};
static const char *const starttls[] = {"required", "never", NULL};
static const char *const gates[] = {"aria", "native", NULL};
static const char *const addresses[] = {"map", "userdb", "gecos", "domain", NULL};

/* A list and its count stand side by side: a value finds the second by the first. */
static_assert(offsetof(struct vsee_policy, exempt_user_count) ==
		      offsetof(struct vsee_policy, exempt_users) + sizeof(char **),
	      "");
static_assert(offsetof(struct vsee_policy, report_only_count) ==
		      offsetof(struct vsee_policy, report_only) + sizeof(char **),
	      "");
static_assert(offsetof(struct vsee_delivery, address_count) ==
		      offsetof(struct vsee_delivery, addresses) + sizeof(char **),
	      "");
static_assert(offsetof(struct vsee_rules, stage_count) ==
		      offsetof(struct vsee_rules, stages) + VSEE_STAGES_MAX * sizeof(vsee_day),
	      "");

#define RULE(field) .in_section = true, .offset = offsetof(struct vsee_rules, field)
#define HOST(field) .offset = offsetof(struct vsee_policy, field)
#define MAIL(field) .offset = offsetof(struct vsee_policy, delivery.field)

/* clang-format off */
const struct vsee_key vsee_keys[] = {
	{"policy", "mode", VSEE_KEY_CHOICE, RULE(mode), .words = modes, .fallback = "off",
	 .meaning = "how far it goes: nothing, log only, also mails and warnings, all"},
	{"policy", "max_days", VSEE_KEY_DAYS, RULE(max_days), 1, VSEE_DAYS_MAX, "shadow",
	 .fallback = "60",
	 .meaning = "days a password lives; shadow: the host's shadow file alone decides"},
	{"policy", "remember", VSEE_KEY_COUNT, RULE(remember), 0, VSEE_REMEMBER_MAX,
	 .fallback = "6",
	 .meaning = "old passwords that can't be taken again, besides the current one"},
	{"policy", "min_days", VSEE_KEY_DAYS, RULE(min_days), 0, VSEE_DAYS_MAX, .fallback = "0",
	 .meaning = "days before a password can be changed again; 0: at once"},
	{"policy", "inactive_days", VSEE_KEY_DAYS, RULE(inactive_days), 0, VSEE_DAYS_MAX, "never",
	 .fallback = "never",
	 .meaning = "days after expiry in which it can still be changed at login"},
	{"policy", "warn_days", VSEE_KEY_DAYS, RULE(warn_days), 0, 365, .fallback = "10",
	 .meaning = "days before expiry in which a login shows a warning"},
	{"policy", "reminders", VSEE_KEY_STAGES, RULE(stages), 0, 365, .fallback = "10 3 1",
	 .meaning = "days before expiry on which a mail is sent; 0: the day itself"},
	{"policy", "expired", VSEE_KEY_CHOICE, RULE(expired), .words = expired,
	 .fallback = "change",
	 .meaning = "change: the login asks for a new password; deny: refuse, show the link"},
	{"policy", "key_login", VSEE_KEY_CHOICE, RULE(key_login), .words = key_logins,
	 .fallback = "warn",
	 .meaning = "logins in which no password was typed (key, ticket)"},
	{"policy", "notice_days", VSEE_KEY_DAYS, RULE(notice_days), 0, 365, .fallback = "10",
	 .meaning = "days that people have at least when their date moves forward"},
	{"policy", "spread_days", VSEE_KEY_DAYS, RULE(spread_days), 0, 365, .fallback = "0",
	 .meaning = "days over which such dates are spread"},
	{"policy", "report_only", VSEE_KEY_WORDS, HOST(report_only),
	 .fallback = "cron crond atd systemd-user polkit-1 sudo sudo-i",
	 .meaning = "PAM services that go on after expiry, with a log line"},
	{"policy", "mirror_per_run", VSEE_KEY_COUNT, HOST(mirror_per_run), 0, 1000000,
	 .fallback = "1000",
	 .meaning = "accounts whose date a scan writes to the shadow file, at most"},
	{"exempt", "users", VSEE_KEY_WORDS, HOST(exempt_users), .fallback = "",
	 .meaning = "accounts that are never covered"},
	{"exempt", "groups", VSEE_KEY_GROUPS, HOST(exempt_groups), .fallback = "",
	 .meaning = "groups whose members are never covered"},
	{"exempt", "reason", VSEE_KEY_TEXT, HOST(exempt_reason), 0, 180, .fallback = "",
	 .meaning = "why they are not, for whoever reads the report"},
	{"text", "product", VSEE_KEY_TEXT, HOST(product), 1, 64, .fallback = "VSee Messenger",
	 .meaning = "the name in messages and mails"},
	{"text", "language", VSEE_KEY_CHOICE, HOST(language), .words = languages,
	 .fallback = "en", .meaning = "the language of messages at login"},
	{"mail", "smtp", VSEE_KEY_SMTP, MAIL(smtp), 0, 180, .fallback = "",
	 .meaning = "the server that takes reminders; empty: no mail is sent"},
	{"mail", "starttls", VSEE_KEY_CHOICE, MAIL(starttls), .words = starttls,
	 .fallback = "required",
	 .meaning = "required: no mail to another host without TLS; never: in clear"},
	{"mail", "ca_file", VSEE_KEY_PATH, MAIL(ca_file), 0, 180, .fallback = "",
	 .meaning = "certificates the server's is checked against; empty: the system's"},
	{"mail", "user", VSEE_KEY_TEXT, MAIL(user), 0, 180, .fallback = "",
	 .meaning = "the name for AUTH; empty: none"},
	{"mail", "password_file", VSEE_KEY_PATH, MAIL(password_file), 0, 180, .fallback = "",
	 .meaning = "holds its password, for root alone; not for the credential smtp-password"},
	{"mail", "from", VSEE_KEY_MAILBOX, MAIL(from), 0, 180, .fallback = "",
	 .meaning = "the sender of reminders"},
	{"mail", "reply_to", VSEE_KEY_MAILBOX, MAIL(reply_to), 0, 180, .fallback = "",
	 .meaning = "where answers go; empty: to the sender"},
	{"mail", "bounces", VSEE_KEY_ADDRESS, MAIL(bounces), 0, 180, .fallback = "",
	 .meaning = "where undeliverable mail goes; empty: to the sender"},
	{"mail", "addresses", VSEE_KEY_WORDS, MAIL(addresses), .words = addresses,
	 .fallback = "map userdb gecos domain",
	 .meaning = "where a person's address is looked up, in this order"},
	{"mail", "map", VSEE_KEY_PATH, MAIL(map), 0, 180,
	 .fallback = "/etc/vsee-expire/addresses",
	 .meaning = "the file with lines \"user: address\""},
	{"mail", "domain", VSEE_KEY_HOST, MAIL(domain), 0, 180, .fallback = "",
	 .meaning = "for addresses of the form user@domain"},
	{"mail", "connections", VSEE_KEY_COUNT, MAIL(connections), 1, 8, .fallback = "2",
	 .meaning = "connections to the server at once"},
	{"mail", "max_per_minute", VSEE_KEY_COUNT, MAIL(max_per_minute), 0, 1000000,
	 .fallback = "0", .meaning = "mails a minute, at most; 0: no limit"},
	{"mail", "max_per_run", VSEE_KEY_COUNT, MAIL(max_per_run), 0, 1000000,
	 .fallback = "0", .meaning = "mails in one run, at most; 0: no limit"},
	{"web", "base_url", VSEE_KEY_URL, HOST(base_url), 0, 128, .fallback = "",
	 .meaning = "the page on which a password is changed; %H: this host's name"},
	{"web", "support", VSEE_KEY_URL, HOST(support), 0, 180, .fallback = "",
	 .meaning = "where people get help"},
	{"web", "login_page", VSEE_KEY_URL, HOST(login_page), 0, 180, .fallback = "",
	 .meaning = "where people log in after the change"},
	{"web", "gate", VSEE_KEY_CHOICE, HOST(gate), .words = gates, .fallback = "aria",
	 .meaning = "how the button is held: aria: it can be focused; native: disabled"},
	{"web", "token_deny_groups", VSEE_KEY_GROUPS, HOST(token_deny_groups),
	 .fallback = "sudo wheel admin",
	 .meaning = "groups whose members get no one-time links"},
	{"web", "account_failures", VSEE_KEY_COUNT, HOST(account_failures), 3, 100,
	 .fallback = "5", .meaning = "wrong passwords for one account before the page waits"},
	{"web", "source_failures", VSEE_KEY_COUNT, HOST(source_failures), 5, 10000,
	 .fallback = "20", .meaning = "the same from one address, or one IPv6 network of 64 bits"},
	{"web", "throttle_minutes", VSEE_KEY_COUNT, HOST(throttle_minutes), 5, 1440,
	 .fallback = "15", .meaning = "how long it remembers them, and waits"},
};
/* clang-format on */

const size_t vsee_key_count = COUNT(vsee_keys);

const struct vsee_key *vsee_key_find(const char *section, const char *name, size_t size)
{
	for (size_t i = 0; i < COUNT(vsee_keys); i++) {
		const struct vsee_key *key = &vsee_keys[i];

		if (strlen(key->name) == size && memcmp(key->name, name, size) == 0 &&
		    strcmp(key->section, section) == 0)
			return key;
	}
	return NULL;
}
