/* The host's accounts as passwd and shadow have them: who would be hit unawares. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "lint_checks.h"
#include "lint_sample.h"
#include "store/cover.h"
#include "store/records.h"

#define ROOT_DAYS 14
#define PEOPLE_FROM 1000

#define autolines CLEANUP(vsee_lines_clear)
#define automembers CLEANUP(vsee_members_clear)

/* A covered account, or one with uid 0. */
struct record {
	char *name;
	uint64_t line;
	bool root, nologin;
	unsigned shadow_lines;
};

struct accounts {
	struct lint *lint;
	const struct vsee_members *members;
	struct record *records; /* by name, then line, once passwd is read */
	size_t count, room;
	struct lint_sample services, empty;
	vsee_day defs_days; /* PASS_MAX_DAYS */
	uint64_t defs_line;
};

static void accounts_clear(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		free(accounts->records[i].name);
	free(accounts->records);
}

typedef int (*line_reader)(struct accounts *accounts, const struct vsee_line *line);

static int read_lines(struct accounts *accounts, const char *path, line_reader reader,
		      bool must_exist)
{
	autoclose int fd = vsee_file_open(path);
	autolines struct vsee_lines lines = {0};
	struct vsee_line line;
	int r = fd < 0 ? fd : vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);

	while (r == 0 && (r = vsee_lines_next(&lines, &line)) > 0)
		r = reader(accounts, &line);
	if (r < 0 && (must_exist || r != -ENOENT))
		lint_add(accounts->lint, LINT_HOST_FILE, path, 0, "it can't be read: %s",
			 strerror(-r));
	if (r == -EACCES)
		lint_remedy(accounts->lint, "Run vseectl lint as root.");
	return r;
}

static bool ends_with(const struct vsee_line *line, const char *end)
{
	const size_t size = strlen(end);

	return line->size >= size && memcmp(line->text + line->size - size, end, size) == 0;
}

static bool is_covered(const struct accounts *accounts, const struct vsee_passwd *passwd)
{
	const struct vsee_policy *policy = accounts->lint->policy;
	const struct vsee_section *section =
		policy ? vsee_cover(policy, accounts->members, passwd->name, passwd->uid,
				    passwd->gid, NULL)
		       : NULL;

	return section && section->rules.mode != VSEE_MODE_OFF;
}

static int read_passwd(struct accounts *accounts, const struct vsee_line *line)
{
	struct vsee_passwd passwd;
	struct record *grown;

	if (vsee_passwd_parse(line, &passwd) != VSEE_RECORD_OK)
		return 0;
	if (passwd.uid != 0 && !is_covered(accounts, &passwd))
		return 0;
	if (accounts->count == accounts->room) {
		const size_t room = accounts->room * 2 + 64;

		grown = reallocarray(accounts->records, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		accounts->records = grown;
		accounts->room = room;
	}
	accounts->records[accounts->count] = (struct record){
		.name = strdup(passwd.name),
		.line = line->number,
		.root = passwd.uid == 0,
		.nologin = passwd.uid >= PEOPLE_FROM &&
			   (ends_with(line, "/nologin") || ends_with(line, "/false")),
	};
	return accounts->records[accounts->count++].name ? 0 : -ENOMEM;
}

static int compare(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	const int names = strcmp(x->name, y->name);

	return names != 0 ? names : (x->line > y->line) - (x->line < y->line);
}

static int compare_name(const void *name, const void *record)
{
	return strcmp(name, ((const struct record *)record)->name);
}

/* The days until shadow alone stops the account; VSEE_NEVER: it does not. */
static vsee_day days_left(const struct vsee_aging *aging, vsee_day today)
{
	vsee_day end = aging->last_change == 0 ? today : vsee_aging_deadline(aging);

	if (aging->expire != VSEE_UNSET)
		end = vsee_day_min(end, aging->expire);
	return end >= VSEE_NEVER ? VSEE_NEVER : end - today;
}

static void check_root(struct accounts *accounts, const struct vsee_shadow *shadow, uint64_t line)
{
	struct lint *lint = accounts->lint;
	const vsee_day left = days_left(&shadow->aging, lint->context->today);
	const char *file = lint->context->paths.shadow;

	if (left > ROOT_DAYS)
		return;
	if (left > 0)
		lint_add(lint, LINT_HOST_ROOT, file, (unsigned)line, "%s expires in %lld days",
			 shadow->name, (long long)left);
	else
		lint_add(lint, LINT_HOST_ROOT, file, (unsigned)line, "%s has expired",
			 shadow->name);
	/* A locked one has no password to change, and its cron jobs stop all the same. */
	lint_remedy(lint,
		    shadow->aging.password == VSEE_PASSWORD_USABLE ? "passwd %s"
								   : "chage -M -1 -E -1 %s",
		    shadow->name);
}

static int read_shadow(struct accounts *accounts, const struct vsee_line *line)
{
	struct vsee_shadow shadow;
	struct record *record;

	if (vsee_shadow_parse(line, &shadow) != VSEE_RECORD_OK)
		return 0;
	explicit_bzero(shadow.hash, sizeof(shadow.hash));
	if (accounts->count == 0)
		return 0;
	record = bsearch(shadow.name, accounts->records, accounts->count,
			 sizeof(accounts->records[0]), compare_name);
	if (!record)
		return 0;
	if (++record->shadow_lines == 2)
		lint_add(accounts->lint, LINT_HOST_TWICE, accounts->lint->context->paths.shadow,
			 (unsigned)line->number, "%s has another line before this one",
			 shadow.name);
	if (record->shadow_lines > 1)
		return 0; /* the first decides */
	if (record->root)
		check_root(accounts, &shadow, line->number);
	else if (shadow.aging.password == VSEE_PASSWORD_EMPTY)
		lint_sample_add(&accounts->empty, shadow.name, line->number);
	else if (record->nologin && shadow.aging.password == VSEE_PASSWORD_USABLE)
		lint_sample_add(&accounts->services, shadow.name, record->line);
	return 0;
}

static void check_twice(struct accounts *accounts)
{
	const struct record *records = accounts->records;

	for (size_t i = 1; i < accounts->count; i++)
		if ((i < 2 || strcmp(records[i - 2].name, records[i].name) != 0) &&
		    strcmp(records[i - 1].name, records[i].name) == 0)
			lint_add(accounts->lint, LINT_HOST_TWICE,
				 accounts->lint->context->paths.passwd, (unsigned)records[i].line,
				 "%s has another line before this one", records[i].name);
}

static void report(struct accounts *accounts)
{
	struct lint *lint = accounts->lint;
	char names[LINT_SAMPLE_SIZE];

	if (accounts->empty.count > 0)
		lint_add(lint, LINT_HOST_EMPTY, lint->context->paths.shadow,
			 (unsigned)accounts->empty.line, "the password is empty: %s",
			 lint_sample_text(&accounts->empty, names));
	if (accounts->services.count > 0)
		lint_add(lint, LINT_HOST_SERVICE, lint->context->paths.passwd,
			 (unsigned)accounts->services.line,
			 "covered, has a password and no login shell: %s",
			 lint_sample_text(&accounts->services, names));
}

/* Of two lines the last counts, as for useradd(8). */
static int read_defs(struct accounts *accounts, const struct vsee_line *line)
{
	static const char key[] = "PASS_MAX_DAYS";
	const char *c = line->text + sizeof(key) - 1, *const end = line->text + line->size;
	const char *begin;

	if (line->size < sizeof(key) || memcmp(line->text, key, sizeof(key) - 1) != 0)
		return 0;
	while (c < end && (*c == ' ' || *c == '\t'))
		c++;
	for (begin = c; c < end && *c != ' ' && *c != '\t' && *c != '#';)
		c++;
	accounts->defs_line = line->number;
	accounts->defs_days = VSEE_NEVER; /* -1, or nothing that useradd understands */
	(void)vsee_number_parse(begin, (size_t)(c - begin), 0, VSEE_DAY_MAX, &accounts->defs_days);
	return 0;
}

static void check_defs(struct accounts *accounts)
{
	const char *path = accounts->lint->context->paths.login_defs;
	const struct vsee_policy *policy = accounts->lint->policy;
	vsee_day longest = 0;

	accounts->defs_days = VSEE_NEVER;
	if (!policy || read_lines(accounts, path, read_defs, false) < 0)
		return;
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].rules.mode != VSEE_MODE_OFF)
			longest = vsee_day_max(longest, policy->sections[i].rules.max_days);
	if (accounts->defs_days < longest)
		lint_add(accounts->lint, LINT_HOST_MAX, path, (unsigned)accounts->defs_line,
			 "PASS_MAX_DAYS is %lld, max_days %lld", (long long)accounts->defs_days,
			 (long long)longest);
}

void lint_check_accounts(struct lint *lint)
{
	const struct vsee_paths *paths = &lint->context->paths;
	automembers struct vsee_members members = {0};
	CLEANUP(accounts_clear) struct accounts accounts = {.lint = lint, .members = &members};

	check_defs(&accounts);
	if (lint->policy && (vsee_members_load(paths->group, lint->policy, NULL, &members) < 0 ||
			     vsee_members_load_passwd(paths->passwd, lint->policy, &members) < 0)) {
		lint_add(lint, LINT_HOST_FILE, paths->group, 0,
			 "it or %s can't be read, so nobody knows who is covered", paths->passwd);
		return;
	}
	if (read_lines(&accounts, paths->passwd, read_passwd, true) < 0)
		return;
	if (accounts.count > 0)
		qsort(accounts.records, accounts.count, sizeof(accounts.records[0]), compare);
	check_twice(&accounts);
	(void)read_lines(&accounts, paths->shadow, read_shadow, true); /* noted as a finding */
	report(&accounts);
}
