/* Who the configuration speaks of: groups that overlap, names that nobody has. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "lint_checks.h"
#include "lint_sample.h"
#include "store/members.h"
#include "store/records.h"
#include "store/section.h"

#define PAIRS_MAX 64

#define autolines CLEANUP(vsee_lines_clear)
#define automembers CLEANUP(vsee_members_clear)

struct pair {
	const struct vsee_section *winner, *loser;
	struct lint_sample sample;
};

struct pairs {
	struct pair pairs[PAIRS_MAX];
	size_t count;
};

static struct pair *find_pair(struct pairs *pairs, const struct vsee_section *winner,
			      const struct vsee_section *loser)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->pairs[i].winner == winner && pairs->pairs[i].loser == loser)
			return &pairs->pairs[i];
	if (pairs->count == PAIRS_MAX)
		return NULL; /* as many as anybody reads */
	pairs->pairs[pairs->count] = (struct pair){.winner = winner, .loser = loser};
	return &pairs->pairs[pairs->count++];
}

static void note_member(const struct vsee_policy *policy, uint64_t groups, const char *name,
			struct pairs *pairs)
{
	const struct vsee_section *winner = NULL;

	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_section *section = &policy->sections[i];
		struct pair *pair;

		if (section->kind != VSEE_SECTION_GROUP || !(groups >> section->group & 1))
			continue;
		if (!winner) {
			winner = section;
			continue;
		}
		pair = find_pair(pairs, winner, section);
		if (pair)
			lint_sample_add(&pair->sample, name, 0);
	}
}

static bool has_section(const struct vsee_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].kind == VSEE_SECTION_USER &&
		    strcmp(policy->sections[i].name, name) == 0)
			return true;
	return false;
}

static int read_members(const struct lint *lint, const struct vsee_members *members,
			struct pairs *pairs)
{
	const struct vsee_policy *policy = &lint->config.policy;
	autoclose int fd = vsee_file_open(lint->context->paths.passwd);
	autolines struct vsee_lines lines = {0};
	struct vsee_passwd passwd;
	struct vsee_line line;
	int r = fd < 0 ? fd : vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);

	while (r == 0 && (r = vsee_lines_next(&lines, &line)) > 0) {
		r = 0;
		if (vsee_passwd_parse(&line, &passwd) != VSEE_RECORD_OK)
			continue;
		if (has_section(policy, passwd.name))
			continue; /* somebody has decided */

		const uint64_t groups =
			vsee_members_groups(members, passwd.name, strlen(passwd.name));

		if (!(groups & policy->exempt_groups))
			note_member(policy, groups, passwd.name, pairs);
	}
	return r;
}

static void report_pair(struct lint *lint, const struct pair *pair)
{
	char winner[VSEE_SECTION_TEXT_SIZE], loser[VSEE_SECTION_TEXT_SIZE];
	char names[LINT_SAMPLE_SIZE];

	lint_add(lint, LINT_CONFIG_OVERLAP, pair->loser->source.file, pair->loser->source.line,
		 "[%s] of %s:%u wins over [%s] for %zu account%s: %s",
		 vsee_section_text(pair->winner, winner), pair->winner->source.file,
		 pair->winner->source.line, vsee_section_text(pair->loser, loser),
		 pair->sample.count, pair->sample.count == 1 ? "" : "s",
		 lint_sample_text(&pair->sample, names));
}

static void check_groups(struct lint *lint, const struct vsee_members *members)
{
	const struct vsee_policy *policy = &lint->config.policy;
	const uint64_t missing = members->wanted & ~members->found;

	for (unsigned bit = 0; bit < policy->group_count; bit++) {
		const struct vsee_source *source = &policy->exempt_source;

		if (!(missing >> bit & 1))
			continue;
		for (size_t i = 0; i < policy->section_count; i++)
			if (policy->sections[i].kind == VSEE_SECTION_GROUP &&
			    policy->sections[i].group == bit)
				source = &policy->sections[i].source;
		lint_add(lint, LINT_CONFIG_GROUP, source->file, source->line,
			 "the group %s is not in %s", policy->groups[bit],
			 lint->context->paths.group);
	}
}

/* Those of token_deny_groups, where somebody wrote it: the default names groups of many systems. */
static int check_deny_groups(struct lint *lint)
{
	const struct vsee_policy *policy = &lint->config.policy;
	const struct vsee_source *source = lint_source_of(lint, "web", "token_deny_groups");
	automembers struct vsee_members members = {0};
	int r;

	if (source->line == 0)
		return 0;
	r = vsee_members_load_groups(lint->context->paths.group, policy, policy->token_deny_groups,
				     NULL, &members);
	for (uint64_t left = members.wanted & ~members.found; r == 0 && left; left &= left - 1)
		lint_add(lint, LINT_CONFIG_GROUP, source->file, source->line,
			 "the group %s of token_deny_groups is not in %s",
			 policy->groups[__builtin_ctzll(left)], lint->context->paths.group);
	return r;
}

static void report_user(struct lint *lint, const char *name, const struct vsee_source *source)
{
	lint_add(lint, LINT_CONFIG_USER, source->file, source->line, "the user %s is not in %s",
		 name, lint->context->paths.passwd);
}

/* Those with a section are members already; the exempt are few. */
static void check_users(struct lint *lint, const struct vsee_members *members)
{
	const struct vsee_policy *policy = &lint->config.policy;
	struct vsee_passwd passwd;
	uid_t uid;
	gid_t gid;

	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].kind == VSEE_SECTION_USER &&
		    vsee_members_ids(members, policy->sections[i].name, &uid, &gid) == -ENOENT)
			report_user(lint, policy->sections[i].name, &policy->sections[i].source);
	for (size_t i = 0; i < policy->exempt_user_count; i++)
		if (vsee_passwd_find(lint->context->paths.passwd, policy->exempt_users[i], &passwd,
				     NULL, NULL) == -ENOENT)
			report_user(lint, policy->exempt_users[i], &policy->exempt_source);
}

void lint_check_members(struct lint *lint)
{
	const struct vsee_paths *paths = &lint->context->paths;
	automembers struct vsee_members members = {0};
	autofree struct pairs *pairs = calloc(1, sizeof(*pairs));
	const char *path = paths->group;
	int r;

	if (lint->config_result < 0)
		return;
	r = pairs ? vsee_members_load(paths->group, &lint->config.policy, NULL, &members) : -ENOMEM;
	if (r == 0) {
		check_groups(lint, &members);
		r = check_deny_groups(lint);
	}
	if (r == 0) {
		path = paths->passwd;
		r = vsee_members_load_passwd(paths->passwd, &lint->config.policy, &members);
	}
	if (r == 0)
		r = read_members(lint, &members, pairs);
	if (r < 0) {
		lint_add(lint, LINT_HOST_FILE, path, 0, "it can't be read: %s", strerror(-r));
		return;
	}
	for (size_t i = 0; i < pairs->count; i++)
		report_pair(lint, &pairs->pairs[i]);
	check_users(lint, &members);
}
