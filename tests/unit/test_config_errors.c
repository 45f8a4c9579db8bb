#include "config_host.h"

/* Rows of what is refused: where (each error's file and line), and a part of the first text. */
static struct bad {
	const char *name, *main, *first;
	const char *where, *text;
} bads[] = {
	/* what inih would cut, join, guess or pass over */
	{"a line of 199 bytes", "[policy]\n" A60 A60 A60 "#" A17 "a\n", NULL, "main:2", "too long"},
	{"a long line without newline", "[policy]\n" A60 A60 A60 A60, NULL, "main:2", "too long"},
	{"the line behind a long one counts", A60 A60 A60 A60 "\n[policy]\nmode=on\n", NULL,
	 "main:1 main:3", "too long"},
	{"a continued line", "[policy]\nreport_only = cron\n sudo\n", NULL, "main:3", "continued"},
	{"a key behind a blank", "[policy]\n mode = off\n", NULL, "main:2", "continued"},
	{"a key behind a tab", "[policy]\n\tmode = off\n", NULL, "main:2", "continued"},
	{"a section behind a blank", " [policy]\nmode = off\n", NULL, "main:1 main:2", "continued"},
	{"a line without =", "[policy]\nmode\n", NULL, "main:2", "no '='"},
	{"= only in a comment", "[policy]\nmode ; = off\n", NULL, "main:2", "no '='"},
	{"a colon for =", "[policy]\nmode: off\n", NULL, "main:2", "':'"},
	{"a colon before =", "[web]\nsupport https://a/?b=c\n", NULL, "main:2", "':'"},
	{"an open section", "[policy\nmode = off\n", NULL, "main:1 main:2", "[SECTION]"},
	{"text behind a section", "[policy] mode = off\n", NULL, "main:1", "[SECTION]"},
	{"two sections in a line", "[policy][web]\n", NULL, "main:1", "[SECTION]"},
	{"an empty section", "[]\n", NULL, "main:1", "unknown section"},
	{"a carriage return", "[policy]\r\nmode = off\n", NULL, "main:1 main:2", "carriage return"},
	{"an escape in a comment", "# \x1b[2J\n", NULL, "main:1", "control character"},
	{"a form feed", "[policy]\n\fmode = off\n", NULL, "main:2", "control character"},
	{"a byte-order mark", "\xef\xbb\xbf[policy]\nmode = off\n", NULL, "main:1 main:2",
	 "byte-order mark"},
	{"a comment by # behind a value", "[policy]\nmode = off # x\n", NULL, "main:2",
	 "mode = off # x: expected one of off, watch, remind, enforce"},
	{"a comment by # behind a list", "[exempt]\ngroups = robots # x\n", NULL, "main:2",
	 "robots # x"},
	{"a comment without a blank", "[exempt]\ngroups = robots;x\n", NULL, "main:2", "robots;x"},

	/* sections and keys */
	{"a key before any section", "mode = off\n", NULL, "main:1", "before the first"},
	{"the last file's section does not go on", "[policy]\n", "mode = off\n", "10-a.conf:1",
	 "before the first"},
	{"an unknown section, told once", "[polcy]\nmode = off\nx = y\n", NULL, "main:1",
	 "[polcy]: unknown section"},
	{"an unknown key", "[policy]\nmax_day = 60\n", NULL, "main:2", "max_day: unknown key"},
	{"a key in capitals", "[policy]\nMode = off\n", NULL, "main:2", "Mode: unknown key"},
	{"a key without a name", "[policy]\n= off\n", NULL, "main:2", "unknown key"},
	{"a key of another section", "[text]\nmode = off\n", NULL, "main:2", "unknown key"},
	{"report_only in a group", "[group a]\nreport_only = cron\n", NULL, "main:2",
	 "[policy] only"},
	{"mirror_per_run of a user", "[user a]\nmirror_per_run = 1\n", NULL, "main:2",
	 "[policy] only"},
	{"a group without a name", "[group]\n", NULL, "main:1", "not a name"},
	{"a group's name with /", "[group ../a]\nmode = watch\n", NULL, "main:1",
	 "../a: not a name"},
	{"two names", "[group a b]\n", NULL, "main:1", "not a name"},
	{"a user's name with -", "[user -a]\n", NULL, "main:1", "not a name"},
	{"a section twice", "[policy]\n[text]\n[policy]\n", NULL, "main:3", "first in line 1"},
	{"a group twice in a file", "[group a]\n\n[group a]\n", NULL, "main:3", "first in line 1"},
	{"a key twice", "[policy]\nmode = off\nmode = off\n", NULL, "main:3", "first in line 2"},
	{"a key twice in a later file", "", "[group a]\nmode=off\nmode=off\n", "10-a.conf:3",
	 "first in line 2"},

	/* values */
	{"no mode", "[policy]\nmode =\n", NULL, "main:2", "mode = : expected one of"},
	{"max_days 0", "[policy]\nmax_days = 0\n", NULL, "main:2",
	 "max_days = 0: expected a number from 1 to 36500 or \"shadow\""},
	{"max_days 36501", "[policy]\nmax_days = 36501\n", NULL, "main:2", "36501"},
	{"max_days never", "[policy]\nmax_days = never\n", NULL, "main:2", "never"},
	{"a sign", "[policy]\nmax_days = +60\n", NULL, "main:2", "+60"},
	{"a unit", "[policy]\nmax_days = 60d\n", NULL, "main:2", "60d"},
	{"a leading zero", "[policy]\nmax_days = 060\n", NULL, "main:2", "060"},
	{"a number beyond 64 bits", "[policy]\nmax_days = 18446744073709551676\n", NULL, "main:2",
	 "18446744073709551676"},
	{"remember 401", "[policy]\nremember = 401\n", NULL, "main:2", "0 to 400"},
	{"warn_days 366", "[policy]\nwarn_days = 366\n", NULL, "main:2", "0 to 365"},
	{"rising reminders", "[policy]\nreminders = 1 3 10\n", NULL, "main:2", "falling"},
	{"nine reminders", "[policy]\nreminders = 9 8 7 6 5 4 3 2 1\n", NULL, "main:2", "up to 8"},
	{"reminders with commas", "[policy]\nreminders = 10, 3, 1\n", NULL, "main:2", "10, 3, 1"},
	{"a name twice", "[exempt]\nusers = a b a\n", NULL, "main:2", "each once"},
	{"names with commas", "[exempt]\nusers = a, b\n", NULL, "main:2", "a, b"},
	{"no product", "[text]\nproduct =\n", NULL, "main:2", "1 to 64 bytes"},
	{"a product in Latin-1", "[text]\nproduct = B\xfcro\n", NULL, "main:2", "B\\xfcro"},
	{"an over-long encoding", "[text]\nproduct = a\xc0\xaf\n", NULL, "main:2", "a\\xc0\\xaf"},
	{"a C1 control character", "[text]\nproduct = a\xc2\x9b\n", NULL, "main:2", "\\xc2\\x9b"},
	{"a surrogate", "[text]\nproduct = a\xed\xa0\x80\n", NULL, "main:2", "\\xed\\xa0\\x80"},
	{"a long value is cut", "[policy]\nmode = " A60 A60 "\n", NULL, "main:2",
	 "aaaaaaaaaa...: expected"},
	{"a language we don't have", "[text]\nlanguage = fr\n", NULL, "main:2", "en, de"},
	{"a page without scheme", "[web]\nbase_url = a.example.com\n", NULL, "main:2", "http://"},
	{"a page by another scheme", "[web]\nbase_url = javascript://a\n", NULL, "main:2",
	 "http://"},
	{"a page without host", "[web]\nbase_url = https:///x\n", NULL, "main:2", "http://"},
	{"a page with quotes", "[web]\nbase_url = https://a/\"\n", NULL, "main:2", "http://"},
	{"a page with blanks", "[web]\nbase_url = https://a/ b\n", NULL, "main:2", "http://"},
	{"a page with %20", "[web]\nbase_url = https://a/%20\n", NULL, "main:2", "%H and %%"},
	{"a page ending in %", "[web]\nbase_url = https://a/%\n", NULL, "main:2", "%H and %%"},
	{"a sender without domain", "[mail]\nfrom = help\n", NULL, "main:2", "user@example.com"},
	{"two senders", "[mail]\nfrom = a@b.c, d@e.f\n", NULL, "main:2", "user@example.com"},
	{"a sender without >", "[mail]\nfrom = Help <a@b.c\n", NULL, "main:2", "user@example.com"},
	{"a sender with two dots", "[mail]\nfrom = a..b@c.d\n", NULL, "main:2", "user@example.com"},
	{"a quote within a sender", "[mail]\nfrom = \"a\"b\" <a@b.c>\n", NULL, "main:2",
	 "\"Name\""},
	{"smtp without scheme", "[mail]\nsmtp = localhost:25\n", NULL, "main:2",
	 "smtp://HOST:PORT"},
	{"smtp with a path", "[mail]\nsmtp = smtp://a/b\n", NULL, "main:2", "smtp://HOST:PORT"},
	{"smtp port 0", "[mail]\nsmtp = smtp://a:0\n", NULL, "main:2", "smtp://HOST:PORT"},
	{"smtp port 65536", "[mail]\nsmtp = smtp://a:65536\n", NULL, "main:2", "smtp://HOST:PORT"},
	{"a password is not repeated", "[mail]\nsmtp = smtp://u:secret@a\n", NULL, "main:2",
	 "smtp = (not shown)"},
	{"a folder without its path", "[mail]\nsmtp = maildir:mail\n", NULL, "main:2",
	 "maildir:/PATH"},
	{"STARTTLS where it happens to be", "[mail]\nstarttls = try\n", NULL, "main:2",
	 "required, never"},
	{"a relative path", "[mail]\nca_file = ca.pem\n", NULL, "main:2", "absolute path"},
	{"a map with a relative path", "[mail]\nmap = ./addresses\n", NULL, "main:2",
	 "absolute path"},
	{"a password instead of its file", "[mail]\npassword_file = secret\n", NULL, "main:2",
	 "password_file = (not shown)"},
	{"an envelope sender with a name", "[mail]\nbounces = B <b@c.d>\n", NULL, "main:2",
	 "user@example.com"},
	{"two addresses for answers", "[mail]\nreply_to = a@b.c, d@e.f\n", NULL, "main:2",
	 "user@example.com"},
	{"no connection", "[mail]\nconnections = 0\n", NULL, "main:2", "1 to 8"},
	{"nine connections", "[mail]\nconnections = 9\n", NULL, "main:2", "1 to 8"},
	{"an unknown source of addresses", "[mail]\naddresses = map ldap\n", NULL, "main:2",
	 "out of map, userdb, gecos, domain"},
	{"a domain with _", "[mail]\ndomain = a_b.c\n", NULL, "main:2", "host name"},
	{"a domain ending in a dot", "[mail]\ndomain = example.com.\n", NULL, "main:2",
	 "host name"},
	{"a domain's label ending in -", "[mail]\ndomain = a-.com\n", NULL, "main:2", "host name"},

	/* across keys */
	{"min_days as long as max_days", "[policy]\nmax_days = 9\nmin_days = 9\n", NULL, "main:3",
	 "not smaller"},
	{"min_days of [policy], max_days of a group",
	 "[policy]\nmin_days=9\n[group a]\nmax_days=9\n", NULL, "main:2", "not smaller"},
	{"deny without a way out", "[policy]\nmode=enforce\nexpired=deny\n", NULL, "main:3",
	 "base_url or support"},
	{"deny, and watched only", "[policy]\nmode=watch\nexpired=deny\n", NULL, "main:3",
	 "base_url or support"},
	{"deny inherited by a group that is on",
	 "[policy]\nexpired=deny\n[group a]\nmode=enforce\n", NULL, "main:2",
	 "base_url or support"},
	{"one fault that two groups inherit is told once",
	 "[policy]\nexpired=deny\n[group a]\nmode=enforce\n[group b]\nmode=enforce\n", NULL,
	 "main:2", "base_url or support"},
	{"deny with a login page only",
	 "[policy]\nmode=enforce\nexpired=deny\n[web]\nlogin_page=https://a\n", NULL, "main:3",
	 "base_url or support"},
	{"late reminders with mail",
	 "[policy]\nmode=enforce\nreminders=2 1\n[mail]\nsmtp=smtp://a\nfrom=a@b.c\n", NULL,
	 "main:3", "3 or more"},
	{"late reminders of a group",
	 "[group a]\nmode=remind\nreminders=2\n[mail]\nsmtp=smtp://a\nfrom=a@b.c\n", NULL, "main:3",
	 "3 or more"},
	{"mail without a sender", "[mail]\nsmtp=smtp://a\n", NULL, "main:2", "from is not"},
	{"mail into a folder without a sender", "[mail]\nfrom=\nsmtp=maildir:/a\n", NULL, "main:3",
	 "from is not"},
	{"a password in clear across the network",
	 "[mail]\nsmtp=smtp://a\nfrom=a@b.c\nuser=u\nstarttls=never\n", NULL, "main:4", "in clear"},
	{"a host that only begins like this one",
	 "[mail]\nsmtp=smtp://localhost.a\nfrom=a@b.c\nuser=u\nstarttls=never\n", NULL, "main:4",
	 "in clear"},
	{"a password without a user", "[mail]\nsmtp=smtp://a\nfrom=a@b.c\npassword_file=/a\n", NULL,
	 "main:4", "user is not"},
	{"all errors are told", "[policy]\nmode=on\nmax_days=0\n", "[x]\n[text]\nlanguage=\n",
	 "main:2 main:3 10-a.conf:1 10-a.conf:3", "mode = on"},
};

static void check_errors(const struct host *host, const char *where, const char *text)
{
	struct vsee_config config;
	char found[512] = "";
	size_t length = 0;

	assert_int_equal(host_read(host, &config), -EINVAL);
	assert_true(config.error_count > 0);
	for (size_t i = 0; i < config.error_count; i++) {
		autofree char *file = host_shorten(host, config.errors[i].file);
		const char *base = strrchr(file, '/');

		length += (size_t)snprintf(found + length, sizeof(found) - length, "%s%s:%u",
					   i > 0 ? " " : "", base ? base + 1 : file,
					   config.errors[i].line);
		assert_true(length < sizeof(found));
	}
	assert_string_equal(found, where);
	if (!strstr(config.errors[0].text, text))
		fail_msg("not in \"%s\": %s", config.errors[0].text, text);
	assert_null(strstr(config.errors[0].text, "secret"));
	assert_int_equal(config.policy.section_count, 0);
	vsee_config_clear(&config);
}

static void check_bad(void **state)
{
	const struct bad *row = *state;
	autohost struct host host = host_make(row->main, row->first, NULL);

	check_errors(&host, row->where, row->text);
}

static void nul_bytes_are_refused(void **state)
{
	autohost struct host host = host_make("", NULL, NULL);
	autofree char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/vsee-expire.conf", host.paths.config_dir) > 0);
	host_write(path, "[policy]\nmode = off\0 x\n", 23);
	check_errors(&host, "main:2", "NUL byte");
}

static void files_others_can_write_are_refused(void **state)
{
	static const mode_t modes[] = {0620, 0602, 0666};
	autohost struct host host = host_make("[policy]\nmode = enforce\n", NULL, NULL);
	autofree char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/vsee-expire.conf", host.paths.config_dir) > 0);
	for (size_t i = 0; i < COUNT(modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		check_errors(&host, "main:0", "not trusted");
	}
}

static void folders_others_can_write_are_refused(void **state)
{
	autohost struct host host = host_make("", "", NULL);

	(void)state;
	assert_int_equal(chmod(host.folder, 0770), 0);
	check_errors(&host, "D:0", "not trusted");
	assert_int_equal(chmod(host.folder, 0700), 0);
	assert_int_equal(chmod(host.paths.config_dir, 0707), 0);
	check_errors(&host, "D:0", "not trusted");
}

static void anything_but_a_file_is_refused(void **state)
{
	autohost struct host host = host_make("", NULL, NULL);
	autofree char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/10-a.conf", host.folder) > 0);
	assert_int_equal(mkdir(path, 0700), 0);
	check_errors(&host, "10-a.conf:0", "not a regular file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	check_errors(&host, "10-a.conf:0", "symbolic link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0); /* must not wait for a writer */
	check_errors(&host, "10-a.conf:0", "not a regular file");
}

/* Missing is fine, unreadable is not: else a fault would silently switch everything off. */
static void an_unreadable_file_is_not_a_missing_one(void **state)
{
	autohost struct host host = host_make(NULL, NULL, NULL);
	autofree char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/vsee-expire.conf", host.paths.config_dir) > 0);
	assert_int_equal(mkdir(path, 0700), 0);
	check_errors(&host, "main:0", "not a regular file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("missing", path), 0);
	check_errors(&host, "main:0", "symbolic link");
}

static void large_files_are_refused(void **state)
{
	autohost struct host host = host_make("", "", NULL);
	autofree char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/10-a.conf", host.folder) > 0);
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	check_errors(&host, "10-a.conf:0", "larger than 1 MiB");
}

static void a_file_name_is_shown_escaped(void **state)
{
	autohost struct host host = host_make("", NULL, NULL);

	(void)state;
	host_write_in(&host, "a\n\x1b.conf", "");
	check_errors(&host, "D:0", "a\\x0a\\x1b.conf");
}

/* Many lines, made by a pattern with one number in it. */
static char *repeat(const char *before, const char *after, unsigned count)
{
	char *text = calloc(count + 1, 64);
	size_t length = 0;

	assert_non_null(text);
	for (unsigned i = 0; i < count; i++)
		length += (size_t)snprintf(text + length, 64, "%s%u%s\n", before, i, after);
	return text;
}

#define NO_DENY "[web]\ntoken_deny_groups = g9\n" /* the default names three more */

static void sixty_four_groups_at_most(void **state)
{
	autofree char *fit = repeat("[group g", "]", 64), *more = repeat("[group g", "]", 65);
	autohost struct host good = host_make(fit, "[exempt]\ngroups = g7\n" NO_DENY, NULL);
	autohost struct host exempt = host_make(fit, "[exempt]\ngroups = other\n" NO_DENY, NULL);
	autohost struct host bad = host_make(more, NO_DENY, NULL);
	struct vsee_config config;

	(void)state;
	assert_int_equal(host_read(&good, &config), 0);
	assert_int_equal(config.policy.group_count, 64);
	vsee_config_clear(&config);
	check_errors(&exempt, "main:64", "more than 64 groups");
	check_errors(&bad, "main:65", "more than 64 groups");
}

static void five_hundred_eleven_sections_at_most(void **state)
{
	autofree char *fit = repeat("[user u", "]", 511), *more = repeat("[user u", "]", 512);
	autohost struct host good = host_make(fit, NULL, NULL), bad = host_make(more, NULL, NULL);
	struct vsee_config config;

	(void)state;
	assert_int_equal(host_read(&good, &config), 0);
	assert_int_equal(config.policy.section_count, VSEE_SECTIONS_MAX);
	vsee_config_clear(&config);
	check_errors(&bad, "main:512", "more than 511 sections");
}

static void errors_end_at_their_limit(void **state)
{
	autofree char *text = repeat("x", "", 100);
	autohost struct host host = host_make(text, NULL, NULL);
	struct vsee_config config;

	(void)state;
	assert_int_equal(host_read(&host, &config), -EINVAL);
	assert_int_equal(config.error_count, VSEE_CONFIG_ERRORS_MAX);
	vsee_config_clear(&config);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(files_others_can_write_are_refused),
		cmocka_unit_test(folders_others_can_write_are_refused),
		cmocka_unit_test(anything_but_a_file_is_refused),
		cmocka_unit_test(an_unreadable_file_is_not_a_missing_one),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(a_file_name_is_shown_escaped),
		cmocka_unit_test(sixty_four_groups_at_most),
		cmocka_unit_test(five_hundred_eleven_sections_at_most),
		cmocka_unit_test(errors_end_at_their_limit),
	};
	struct CMUnitTest tests[COUNT(bads) + COUNT(others)];

	for (size_t i = 0; i < COUNT(bads); i++)
		tests[i] = (struct CMUnitTest){
			.name = bads[i].name, .test_func = check_bad, .initial_state = &bads[i]};
	memcpy(tests + COUNT(bads), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
