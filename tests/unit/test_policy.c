#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "store/policy.h"

/* Every value differs from its default. */
static const char full[] = "vsee-policy 1\n"
			   "uids=500 65533\n"
			   "source=40 /etc/vsee-expire/vsee-expire.conf\n"
			   "report_only=cron\n"
			   "mirror_per_run=0\n"
			   "users=backup build\n"
			   "groups=robots ops\n"
			   "reason=programs, no people\n"
			   "product=B\xc3\xbcro 7\n"
			   "language=de\n"
			   "smtp=smtps://[::1]:465\n"
			   "starttls=never\n"
			   "ca_file=/etc/ssl/ca.pem\n"
			   "user=vs\xc3\xa9\x65\n"
			   "password_file=/etc/vsee-expire/password\n"
			   "from=\"Help desk\" <help@example.com>\n"
			   "reply_to=desk@example.com\n"
			   "bounces=bounces@example.com\n"
			   "addresses=domain gecos\n"
			   "map=/etc/addresses\n"
			   "domain=example.com\n"
			   "connections=8\n"
			   "max_per_minute=30\n"
			   "max_per_run=1000000\n"
			   "base_url=https://%H:9443\n"
			   "support=https://help.example.com/\n"
			   "login_page=http://example.com/login?a=%%20\n"
			   "gate=native\n"
			   "token_deny_groups=ops wheel\n"
			   "account_failures=3\n"
			   "source_failures=10000\n"
			   "throttle_minutes=1440\n"
			   "section=policy\n"
			   "source=3 /etc/vsee-expire/vsee-expire.conf\n"
			   "mode=enforce\n"
			   "max_days=36500\n"
			   "remember=400\n"
			   "min_days=1\n"
			   "inactive_days=0\n"
			   "warn_days=365\n"
			   "reminders=30 20 14 10 7 3 1 0\n"
			   "expired=deny\n"
			   "key_login=enforce\n"
			   "notice_days=0\n"
			   "spread_days=365\n"
			   "section=group ops\n"
			   "source=9 /etc/vsee-expire/vsee-expire.conf.d/10 a.conf\n"
			   "mode=watch\n"
			   "max_days=shadow\n"
			   "remember=0\n"
			   "min_days=36500\n"
			   "inactive_days=never\n"
			   "warn_days=0\n"
			   "reminders=\n"
			   "expired=change\n"
			   "key_login=ignore\n"
			   "notice_days=365\n"
			   "spread_days=1\n"
			   "section=user ops\n"
			   "source=0 \n"
			   "mode=remind\n"
			   "max_days=1\n"
			   "remember=1\n"
			   "min_days=0\n"
			   "inactive_days=36500\n"
			   "warn_days=1\n"
			   "reminders=365\n"
			   "expired=change\n"
			   "key_login=warn\n"
			   "notice_days=1\n"
			   "spread_days=0\n";

/* The text with one part replaced, sealed as vsee_policy_print() does. */
static char *seal(const char *from, const char *to)
{
	const char *at = strstr(full, from);
	char *text = NULL, *sealed = NULL;

	assert_non_null(at);
	assert_true(asprintf(&text, "%.*s%s%s", (int)(at - full), full, to, at + strlen(from)) > 0);
	assert_true(asprintf(&sealed, "%sdigest=%016" PRIx64 "\nend\n", text,
			     vsee_digest(text, strlen(text))) > 0);
	free(text);
	return sealed;
}

static int parse(const char *text, unsigned *ret_line)
{
	autopolicy struct vsee_policy policy = {0};

	return vsee_policy_parse(text, strlen(text), &policy, ret_line);
}

#define BAD -EBADMSG

static struct row {
	const char *name, *from, *to;
	int result;
	unsigned line;
} rows[] = {
	{"a newer version", "vsee-policy 1", "vsee-policy 2", -EPROTONOSUPPORT, 1},
	{"a much newer version", "vsee-policy 1", "vsee-policy 2000000000", -EPROTONOSUPPORT, 1},
	{"version 0", "vsee-policy 1", "vsee-policy 0", BAD, 1},
	{"version 01", "vsee-policy 1", "vsee-policy 01", BAD, 1},
	{"version 1.1", "vsee-policy 1", "vsee-policy 1.1", BAD, 1},
	{"another file", "vsee-policy 1", "root:x:0:0", BAD, 1},
	{"one uid", "uids=500 65533", "uids=500", BAD, 2},
	{"uid with a sign", "uids=500", "uids=-500", BAD, 2},
	{"uid with a leading zero", "uids=500", "uids=0500", BAD, 2},
	{"uid too large", " 65533", " 4294967296", BAD, 2},
	{"source without a line", "source=40 ", "source=", BAD, 3},
	{"control character in a source", "=40 /etc", "=40 /\x1b", BAD, 3},
	{"a key missing", "mirror_per_run=0\n", "", BAD, 5},
	{"a key twice", "mirror_per_run=0\n", "mirror_per_run=0\nmirror_per_run=0\n", BAD, 6},
	{"keys out of order", "report_only=cron\nmirror_per_run=0",
	 "mirror_per_run=0\nreport_only=cron", BAD, 4},
	{"an unknown key", "users=", "useers=", BAD, 6},
	{"blank before =", "users=", "users =", BAD, 6},
	{"two blanks between names", "backup build", "backup  build", BAD, 6},
	{"blank behind names", "backup build", "backup build ", BAD, 6},
	{"a name twice", "backup build", "backup backup", BAD, 6},
	{"a bad name", "backup build", "backup ../x", BAD, 6},
	{"text that is not UTF-8", "B\xc3\xbcro", "B\xfcro", BAD, 9},
	{"an empty product", "product=B\xc3\xbcro 7", "product=", BAD, 9},
	{"a control character in a reason", "reason=programs", "reason=\x1b[31m", BAD, 8},
	{"an unknown language", "language=de", "language=fr", BAD, 10},
	{"an address that is none", "https://%H", "javascript:%H", BAD, 25},
	{"another gate", "gate=native", "gate=none", BAD, 28},
	{"deny groups in another order", "=ops wheel", "=wheel ops", BAD, 29},
	{"no [policy]", "section=policy", "section=user x", BAD, 33},
	{"[policy] with a name", "section=policy", "section=policy x", BAD, 33},
	{"[policy] twice", "section=group ops", "section=policy", BAD, 46},
	{"a group twice", "section=user ops", "section=group ops", BAD, 59},
	{"a group without a name", "section=group ops", "section=group ", BAD, 46},
	{"a bad user name", "section=user ops", "section=user o/s", BAD, 59},
	{"another kind of section", "section=user ops", "section=host ops", BAD, 59},
	{"an unknown mode", "mode=enforce", "mode=on", BAD, 35},
	{"max_days 0", "max_days=36500", "max_days=0", BAD, 36},
	{"max_days too large", "max_days=36500", "max_days=36501", BAD, 36},
	{"max_days never", "max_days=36500", "max_days=never", BAD, 36},
	{"a leading zero", "min_days=1\n", "min_days=01\n", BAD, 38},
	{"min_days shadow", "min_days=1\n", "min_days=shadow\n", BAD, 38},
	{"remember too large", "remember=400", "remember=401", BAD, 37},
	{"nine stages", "=30 20", "=31 30 20", BAD, 41},
	{"rising stages", "=30 20", "=20 30", BAD, 41},
	{"equal stages", "=30 20", "=20 20", BAD, 41},
	{"two blanks between stages", "=30 20", "=30  20", BAD, 41},
	{"a blank behind stages", "3 1 0\n", "3 1 \n", BAD, 41},
	{"a carriage return", "mode=enforce", "mode=enforce\r", BAD, 35},
	{"an empty line", "mode=enforce\n", "\nmode=enforce\n", BAD, 35},
	{"a comment", "mode=enforce\n", "# x\nmode=enforce\n", BAD, 35},
	{"an include", "mode=enforce\n", "include=/tmp/x\nmode=enforce\n", BAD, 35},
	{"a server without scheme", "smtp=smtps://[::1]:465", "smtp=localhost", BAD, 11},
	{"another starttls", "starttls=never", "starttls=try", BAD, 12},
	{"a relative path", "ca_file=/etc", "ca_file=etc", BAD, 13},
	{"a control character in a user", "user=vs", "user=\x1b", BAD, 14},
	{"a sender without domain", "from=\"Help desk\" <help@example.com>", "from=help", BAD, 16},
	{"an envelope sender with a name", "bounces=bounces@", "bounces=B <b@", BAD, 18},
	{"an unknown source of addresses", "addresses=domain", "addresses=ldap", BAD, 19},
	{"nine connections", "connections=8", "connections=9", BAD, 22},
	{"no mail", "smtp=smtps://[::1]:465", "smtp=", 0, 0},
	{"mail into a folder", "smtp=smtps://[::1]:465", "smtp=maildir:/a", 0, 0},
	{"all is well", "mode=enforce", "mode=enforce", 0, 0},
	{"another max_days", "max_days=36500", "max_days=1", 0, 0},
};

static void check_row(void **state)
{
	const struct row *row = *state;
	autofree char *text = seal(row->from, row->to);
	unsigned line = 0;

	assert_int_equal(parse(text, &line), row->result);
	assert_int_equal(line, row->line);
}

static void reads_what_it_prints(void **state)
{
	autopolicy struct vsee_policy policy = {0};
	autosecret struct vsee_secret printed = {0};
	autofree char *text = seal("vsee", "vsee");
	unsigned line;

	(void)state;
	assert_int_equal(vsee_policy_parse(text, strlen(text), &policy, &line), 0);
	assert_int_equal(vsee_policy_print(&policy, &printed), 0);
	assert_string_equal(printed.text, text);
	assert_int_equal(printed.length, strlen(text));
	assert_non_null(strstr(text, policy.digest));
	assert_int_equal(strlen(policy.digest), 16);
}

static void values_arrive(void **state)
{
	autopolicy struct vsee_policy policy = {0};
	autofree char *text = seal("vsee", "vsee");
	unsigned line;

	(void)state;
	assert_int_equal(vsee_policy_parse(text, strlen(text), &policy, &line), 0);
	assert_int_equal(policy.section_count, 3);
	assert_int_equal(policy.sections[0].rules.mode, VSEE_MODE_ENFORCE);
	assert_int_equal(policy.sections[0].rules.stage_count, 8);
	assert_int_equal(policy.sections[0].rules.stages[7], 0);
	assert_int_equal(policy.sections[0].rules.expired, VSEE_EXPIRED_DENY);
	assert_int_equal(policy.sections[1].rules.max_days, VSEE_UNSET);
	assert_int_equal(policy.sections[1].rules.inactive_days, VSEE_UNSET);
	assert_int_equal(policy.sections[1].kind, VSEE_SECTION_GROUP);
	assert_string_equal(policy.groups[policy.sections[1].group], "ops");
	assert_string_equal(policy.sections[1].source.file,
			    "/etc/vsee-expire/vsee-expire.conf.d/10 a.conf");
	assert_int_equal(policy.sections[1].source.line, 9);
	assert_int_equal(policy.sections[2].kind, VSEE_SECTION_USER);
	assert_string_equal(policy.sections[2].name, "ops");
	assert_int_equal(policy.exempt_groups, 3);
	assert_int_equal(policy.token_deny_groups, 6);
	assert_int_equal(policy.group_count, 3);
	assert_int_equal(policy.gate, VSEE_GATE_NATIVE);
	assert_int_equal(policy.account_failures, 3);
	assert_int_equal(policy.source_failures, 10000);
	assert_int_equal(policy.throttle_minutes, 1440);
	assert_int_equal(policy.exempt_user_count, 2);
	assert_int_equal(policy.exempt_source.line, 40);
	assert_string_equal(policy.exempt_reason, "programs, no people");
	assert_int_equal(policy.uid_min, 500);
	assert_int_equal(policy.uid_max, 65533);
	assert_int_equal(policy.mirror_per_run, 0);
	assert_true(vsee_policy_mails(&policy));
	assert_string_equal(policy.delivery.smtp, "smtps://[::1]:465");
	assert_int_equal(policy.delivery.starttls, VSEE_STARTTLS_NEVER);
	assert_string_equal(policy.delivery.from, "\"Help desk\" <help@example.com>");
	assert_int_equal(policy.delivery.address_count, 2);
	assert_string_equal(policy.delivery.addresses[1], "gecos");
	assert_int_equal(policy.delivery.connections, 8);
	assert_int_equal(policy.delivery.max_per_run, 1000000);
	assert_int_equal(policy.language, VSEE_LANGUAGE_DE);
}

static void mail_that_stays_on_this_host(void **state)
{
	static struct {
		char smtp[40];
		bool local;
	} texts[] = {
		{"maildir:/a", true},
		{"smtp://localhost", true},
		{"smtp://localhost:25", true},
		{"smtp://127.0.0.1", true},
		{"smtp://127.0.0.1:2525", true},
		{"smtp://[::1]:25", true},
		{"smtps://localhost", false},
		{"smtp://localhost.example.com", false},
		{"smtp://127.0.0.10", false},
		{"smtp://[::1234]", false},
		{"smtp://mx", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct vsee_delivery delivery = {.smtp = texts[i].smtp};

		if (vsee_delivery_local(&delivery) != texts[i].local)
			fail_msg("%s", texts[i].smtp);
	}
}

static void every_shorter_text_is_refused(void **state)
{
	autofree char *text = seal("vsee", "vsee");
	autopolicy struct vsee_policy policy = {0};
	unsigned line;

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		autofree char *cut = malloc(size + 1); /* sanitizers watch its end */

		assert_non_null(cut);
		memcpy(cut, text, size);
		assert_int_equal(vsee_policy_parse(cut, size, &policy, &line), -EBADMSG);
	}
}

static void every_changed_byte_is_refused(void **state)
{
	autofree char *text = seal("vsee", "vsee");
	unsigned line;

	(void)state;
	for (size_t i = 0; i < strlen(text); i++) {
		text[i] = (char)(text[i] ^ 1);
		assert_true(parse(text, &line) < 0);
		text[i] = (char)(text[i] ^ 1);
	}
	assert_int_equal(parse(text, &line), 0);
}

static void nothing_may_follow_the_end(void **state)
{
	autofree char *text = seal("vsee", "vsee"), *longer = NULL;
	unsigned line;

	(void)state;
	assert_true(asprintf(&longer, "%s\n", text) > 0);
	assert_int_equal(parse(longer, &line), -EBADMSG);
}

static void sixty_four_groups_fit(void **state)
{
	autopolicy struct vsee_policy policy = {0};
	unsigned bit = 99;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < VSEE_GROUPS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "g%u", i);
		assert_int_equal(vsee_policy_group(&policy, name, &bit), 0);
		assert_int_equal(bit, i);
	}
	assert_int_equal(vsee_policy_group(&policy, "one-more", &bit), -ENOSPC);
	assert_int_equal(vsee_policy_group(&policy, "g7", &bit), 0);
	assert_int_equal(bit, 7);
}

static void only_policies_are_printed(void **state)
{
	const struct vsee_policy empty = {0};
	struct vsee_secret text = {0};

	(void)state;
	assert_int_equal(vsee_policy_print(&empty, &text), -EINVAL);
	assert_null(text.text);
}

static void published_is_loaded(void **state)
{
	char path[] = "/tmp/vsee-policy-XXXXXX";
	autofree char *text = seal("vsee", "vsee");
	autopolicy struct vsee_policy policy = {0}, loaded = {0};
	struct stat st;
	unsigned line;

	(void)state;
	assert_non_null(mkdtemp(path));
	autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(vsee_policy_load(fd, getuid(), &loaded), -ENOENT);
	assert_int_equal(vsee_policy_parse(text, strlen(text), &policy, &line), 0);
	assert_int_equal(vsee_policy_publish(fd, &policy), 0);
	assert_int_equal(fstatat(fd, "policy", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(vsee_policy_load(fd, getuid(), &loaded), 0);
	assert_string_equal(loaded.digest, policy.digest);
	vsee_policy_clear(&loaded);
	assert_int_equal(fchmodat(fd, "policy", 0664, 0), 0);
	assert_int_equal(vsee_policy_load(fd, getuid(), &loaded), -EPERM);
	assert_int_equal(unlinkat(fd, "policy", 0), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(reads_what_it_prints),
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(mail_that_stays_on_this_host),
		cmocka_unit_test(every_shorter_text_is_refused),
		cmocka_unit_test(every_changed_byte_is_refused),
		cmocka_unit_test(nothing_may_follow_the_end),
		cmocka_unit_test(sixty_four_groups_fit),
		cmocka_unit_test(only_policies_are_printed),
		cmocka_unit_test(published_is_loaded),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_row, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
