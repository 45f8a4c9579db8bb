#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "config_host.h"
#include "store/config.h"

/* Rows of what is accepted: texts of the files, and a part of what is published. */
static struct good {
	const char *name, *main, *first, *second, *published;
} goods[] = {
	{"an empty file", "", NULL, NULL, "\nmode=off\nmax_days=60\nremember=6\nmin_days=0\n"},
	{"only comments", "# a = b\n; c\n  # d\n\t; e\n", NULL, NULL, "\nmode=off\n"},
	{"no newline at the end", "[policy]\nmode = watch", NULL, NULL, "\nmode=watch\n"},
	{"a comment behind a value", "[policy]\nmode = watch ; off\n", NULL, NULL,
	 "\nmode=watch\n"},
	{"a comment behind a section", "[policy] ; x\nmode=watch\n", NULL, NULL, "\nmode=watch\n"},
	{"no blanks", "[policy]\nmode=watch\n", NULL, NULL, "\nmode=watch\n"},
	{"tabs as blanks", "[policy]\nmode\t=\twatch\t\n", NULL, NULL, "\nmode=watch\n"},
	{"several blanks in a list", "[policy]\nreminders = 7 \t 3\n", NULL, NULL,
	 "\nreminders=7 3\n"},
	{"no reminders", "[policy]\nreminders =\n", NULL, NULL, "\nreminders=\n"},
	{"max_days 1", "[policy]\nmax_days = 1\n", NULL, NULL, "\nmax_days=1\n"},
	{"max_days 36500", "[policy]\nmax_days = 36500\n", NULL, NULL, "\nmax_days=36500\n"},
	{"max_days shadow", "[policy]\nmax_days = shadow\n", NULL, NULL, "\nmax_days=shadow\n"},
	{"min_days one below max_days", "[policy]\nmax_days=9\nmin_days=8\n", NULL, NULL,
	 "\nmin_days=8\n"},
	{"min_days with shadow's max", "[policy]\nmax_days=shadow\nmin_days=99\n", NULL, NULL,
	 "\nmin_days=99\n"},
	{"inactive_days 0", "[policy]\ninactive_days = 0\n", NULL, NULL, "\ninactive_days=0\n"},
	{"remember 400", "[policy]\nremember = 400\n", NULL, NULL, "\nremember=400\n"},
	{"a section without keys counts", "[group ops]\n", NULL, NULL, "\nsection=group ops\n"},
	{"blanks within a section's name", "[group  ops]\n", NULL, NULL, "\nsection=group ops\n"},
	{"a group's name longer than inih keeps",
	 "[group abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij1]\nmode=watch\n"
	 "[group abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij2]\nmode=remind\n",
	 NULL, NULL, "\nsection=group abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij2\n"},
	{"a group inherits", "[policy]\nwarn_days = 5\n[group ops]\nmode = watch\n", NULL, NULL,
	 "\nsection=group ops\nsource=3 D/main\nmode=watch\nmax_days=60\nremember=6\nmin_days=0\n"
	 "inactive_days=never\nwarn_days=5\n"},
	{"a group inherits from a later [policy]", "[group ops]\n[policy]\nmode = watch\n", NULL,
	 NULL, "\nsection=group ops\nsource=1 D/main\nmode=watch\n"},
	{"a group inherits from a later file", "[group ops]\n", "[policy]\nmode = watch\n", NULL,
	 "\nsection=group ops\nsource=1 D/main\nmode=watch\n"},
	{"group and user of one name", "[group ops]\n[user ops]\n", NULL, NULL,
	 "\nsection=user ops\n"},
	{"the later file wins", "[policy]\nmode=watch\n", "[policy]\nmode=remind\n",
	 "[policy]\nmode=enforce\n", "\nmode=enforce\n"},
	{"the later file wins in lists", "[exempt]\nusers=a b\ngroups=g\n", "[exempt]\nusers=c\n",
	 NULL, "\nusers=c\ngroups=g\n"},
	{"a later file extends a group, which keeps its place",
	 "[group a]\nmode=watch\n[group b]\nmode=watch\n", "[group a]\nwarn_days=3\n", NULL,
	 "\nsection=group a\nsource=1 D/main\nmode=watch\nmax_days=60\nremember=6\nmin_days=0\n"
	 "inactive_days=never\nwarn_days=3\nreminders=10 3 1\nexpired=change\nkey_login=warn\n"
	 "notice_days=10\nspread_days=0\nsection=group b\n"},
	{"a later file overrides a group", "[group a]\nmode=watch\n", "[group a]\nmode=remind\n",
	 NULL, "\nsection=group a\nsource=1 D/main\nmode=remind\n"},
	{"exempt is where it was last said", "[exempt]\nusers=a\n", "# x\n[exempt]\nusers=b\n",
	 NULL, "\nsource=2 D/10-a.conf\n"},
	{"no mail by default", "", NULL, NULL, "\nsmtp=\n"},
	{"smtp switches mail on", "[mail]\nsmtp = smtps://mx.example.com:465\nfrom=a@b.c\n", NULL,
	 NULL, "\nsmtp=smtps://mx.example.com:465\nstarttls=required\n"},
	{"a later file switches mail off", "[mail]\nsmtp = smtp://a\nfrom=a@b.c\n",
	 "[mail]\nsmtp =\n", NULL, "\nsmtp=\n"},
	{"smtp to an address", "[mail]\nsmtp = smtp://[::1]:25\nfrom=a@b.c\n", NULL, NULL,
	 "\nsmtp=smtp://[::1]:25\n"},
	{"every key of mail",
	 "[mail]\nfrom = \"Help desk\" <help@example.com>\nsmtp = smtp://mx.example.com:587\n"
	 "starttls = required\nca_file = /etc/ssl/ca.pem\nuser = vsee\n"
	 "password_file = /etc/vsee-expire/smtp-password\nreply_to = desk@example.com\n"
	 "bounces = bounces@example.com\naddresses = userdb map\nmap = /etc/addresses\n"
	 "domain = example.com\nconnections = 8\nmax_per_minute = 9\nmax_per_run = 99\n",
	 NULL, NULL,
	 "\nsmtp=smtp://mx.example.com:587\nstarttls=required\nca_file=/etc/ssl/ca.pem\nuser=vsee\n"
	 "password_file=/etc/vsee-expire/smtp-password\nfrom=\"Help desk\" <help@example.com>\n"
	 "reply_to=desk@example.com\nbounces=bounces@example.com\naddresses=userdb map\n"
	 "map=/etc/addresses\ndomain=example.com\nconnections=8\nmax_per_minute=9\n"
	 "max_per_run=99\nbase_url=\n"},
	{"mail into a folder", "[mail]\nsmtp = maildir:/var/mail/trial\nfrom = a@b.c\n", NULL, NULL,
	 "\nsmtp=maildir:/var/mail/trial\n"},
	{"AUTH in clear to a server on this host",
	 "[mail]\nsmtp=smtp://127.0.0.1:25\nfrom=a@b.c\nuser=u\nstarttls=never\n", NULL, NULL,
	 "\nuser=u\n"},
	{"AUTH without STARTTLS where all is TLS",
	 "[mail]\nsmtp=smtps://a\nfrom=a@b.c\nuser=u\nstarttls=never\n", NULL, NULL,
	 "\nstarttls=never\n"},
	{"AUTH with the password as a credential", "[mail]\nsmtp=smtp://a\nfrom=a@b.c\nuser=u\n",
	 NULL, NULL, "\npassword_file=\n"},
	{"no TLS, and no AUTH", "[mail]\nsmtp=smtp://a\nfrom=a@b.c\nstarttls=never\n", NULL, NULL,
	 "\nstarttls=never\n"},
	{"no map", "[mail]\nmap =\n", NULL, NULL, "\nmap=\n"},
	{"no sources of addresses", "[mail]\naddresses =\n", NULL, NULL, "\naddresses=\n"},
	{"what does not fit together is not looked at without smtp", "[mail]\npassword_file=/x\n",
	 NULL, NULL, "\npassword_file=/x\n"},
	{"a plain sender", "[mail]\nfrom = help@example.com\n", NULL, NULL, "\nsmtp=\n"},
	{"deny with a page", "[policy]\nmode=enforce\nexpired=deny\n[web]\nbase_url=https://%H\n",
	 NULL, NULL, "\nexpired=deny\n"},
	{"deny with support", "[policy]\nmode=enforce\nexpired=deny\n[web]\nsupport=https://a/\n",
	 NULL, NULL, "\nexpired=deny\n"},
	{"deny in mode off", "[policy]\nexpired=deny\n", NULL, NULL, "\nexpired=deny\n"},
	{"late reminders without mail", "[policy]\nmode=enforce\nreminders=1\n", NULL, NULL,
	 "\nreminders=1\n"},
	{"reminders from 3 days on with mail",
	 "[policy]\nmode=enforce\nreminders=3\n[mail]\nsmtp=smtp://a\nfrom=a@b.c\n", NULL, NULL,
	 "\nreminders=3\n"},
	{"no reminders with mail",
	 "[policy]\nmode=enforce\nreminders=\n[mail]\nsmtp=smtp://a\nfrom=a@b.c\n", NULL, NULL,
	 "\nreminders=\n"},
	{"text in UTF-8", "[text]\nproduct = B\xc3\xbcro\nlanguage = de\n", NULL, NULL,
	 "\nproduct=B\xc3\xbcro\nlanguage=de\n"},
	{"uids of login.defs", "", NULL, NULL, "\nuids=1000 60000\n"},
	{"a line of 198 bytes", "[policy]\n" A60 A60 A60 "#" A17 "\n", NULL, NULL, "\nmode=off\n"},
};

static void check_good(void **state)
{
	const struct good *row = *state;
	autohost struct host host = host_make(row->main, row->first, row->second);
	autosecret struct vsee_secret printed = {0};
	struct vsee_config config;

	assert_int_equal(host_read(&host, &config), 0);
	assert_int_equal(config.error_count, 0);
	assert_int_equal(vsee_policy_print(&config.policy, &printed), 0);

	autofree char *text = host_shorten(&host, printed.text);

	if (!strstr(text, row->published))
		fail_msg("not in what was published: %s\n%s", row->published, text);
	assert_non_null(strstr(printed.text, config.policy.digest));
	vsee_config_clear(&config);
}

static void no_configuration_is_the_default(void **state)
{
	autohost struct host host = host_make(NULL, NULL, NULL);
	struct vsee_config config;

	(void)state;
	assert_int_equal(rmdir(host.folder), 0);
	assert_int_equal(host_read(&host, &config), 0);
	assert_int_equal(config.policy.section_count, 1);
	assert_int_equal(config.policy.sections[0].rules.mode, VSEE_MODE_OFF);
	assert_string_equal(config.policy.sections[0].source.file, "");
	vsee_config_clear(&config);
	assert_int_equal(rmdir(host.paths.config_dir), 0);
	assert_int_equal(host_read(&host, &config), 0);
	vsee_config_clear(&config);
}

static void login_defs_counts(void **state)
{
	autohost struct host host = host_make("", NULL, NULL);
	struct vsee_config config;

	(void)state;
	host_write(host.paths.login_defs, "UID_MIN 500\nUID_MAX 999\n", 24);
	assert_int_equal(host_read(&host, &config), 0);
	assert_int_equal(config.policy.uid_min, 500);
	assert_int_equal(config.policy.uid_max, 999);
	vsee_config_clear(&config);
	host_write(host.paths.login_defs, "UID_MIN 500\nUID_MAX 5\n", 22);
	assert_int_equal(host_read(&host, &config), -EINVAL);
	assert_int_equal(config.error_count, 1);
	vsee_config_clear(&config);
	host_write(host.paths.login_defs, "\nUID_MIN many\n", 14);
	assert_int_equal(host_read(&host, &config), -EINVAL);
	assert_int_equal(config.errors[0].line, 2);
	vsee_config_clear(&config);
}

static void only_conf_files_count(void **state)
{
	static const char *const names[] = {"a.conf~", ".b.conf", "c.conf.dpkg-old", "README",
					    "conf"};
	autohost struct host host = host_make("", "[policy]\nmode=watch\n", NULL);
	struct vsee_config config;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		host_write_in(&host, names[i], "nonsense\n");
	assert_int_equal(host_read(&host, &config), 0);
	assert_int_equal(config.policy.sections[0].rules.mode, VSEE_MODE_WATCH);
	vsee_config_clear(&config);
}

/* "Z" sorts before "a" by bytes, behind it in most languages. */
static void files_are_sorted_by_bytes(void **state)
{
	autohost struct host host = host_make("", NULL, NULL);
	struct vsee_config config;

	(void)state;
	host_write_in(&host, "a.conf", "[policy]\nmode=watch\n");
	host_write_in(&host, "Z.conf", "[policy]\nmode=remind\n");
	assert_int_equal(host_read(&host, &config), 0);
	assert_int_equal(config.policy.sections[0].rules.mode, VSEE_MODE_WATCH);
	vsee_config_clear(&config);
}

static const struct vsee_config_value *value_find(const struct vsee_config *config,
						  const char *section, const char *key)
{
	for (size_t i = 0; i < config->value_count; i++) {
		if (strcmp(config->values[i].section, section) == 0 &&
		    strcmp(config->values[i].key, key) == 0)
			return &config->values[i];
	}
	fail_msg("no value [%s] %s", section, key);
	return NULL;
}

static void values_know_their_place(void **state)
{
	autohost struct host host =
		host_make("[policy]\nmode = watch\n\n[group a]\n\nwarn_days = 3\n",
			  "[policy]\nmode = remind\n", NULL);
	struct vsee_config config;
	const struct vsee_config_value *value;

	(void)state;
	assert_int_equal(host_read(&host, &config), 0);
	value = value_find(&config, "policy", "mode");
	assert_string_equal(value->value, "remind");
	assert_int_equal(value->source.line, 2);
	assert_non_null(strstr(value->source.file, "/vsee-expire.conf.d/10-a.conf"));
	value = value_find(&config, "group a", "warn_days");
	assert_string_equal(value->value, "3");
	assert_int_equal(value->source.line, 6);
	value = value_find(&config, "mail", "addresses");
	assert_string_equal(value->value, "map userdb gecos domain");
	assert_string_equal(value->source.file, "");
	assert_int_equal(value->source.line, 0);
	vsee_config_clear(&config);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(no_configuration_is_the_default),
		cmocka_unit_test(login_defs_counts),
		cmocka_unit_test(only_conf_files_count),
		cmocka_unit_test(files_are_sorted_by_bytes),
		cmocka_unit_test(values_know_their_place),
	};
	struct CMUnitTest tests[COUNT(goods) + COUNT(others)];

	for (size_t i = 0; i < COUNT(goods); i++)
		tests[i] = (struct CMUnitTest){
			.name = goods[i].name, .test_func = check_good, .initial_state = &goods[i]};
	memcpy(tests + COUNT(goods), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
