/* The configuration: whether it can be read, is in force, and says what somebody can have meant. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "lint_checks.h"
#include "store/section.h"

#define HOSTS_LINE_MAX ((size_t)4096)
#define HOST_SIZE 256

#define autolines CLEANUP(vsee_lines_clear)

static void check_errors(struct lint *lint)
{
	const struct vsee_config *config = &lint->config;

	for (size_t i = 0; i < config->error_count; i++)
		lint_add(lint, LINT_CONFIG_ERROR, config->errors[i].file, config->errors[i].line,
			 "%s", config->errors[i].text);
	if (lint->config_result < 0 && config->error_count == 0)
		lint_add(lint, LINT_CONFIG_ERROR, lint->context->paths.config_dir, 0,
			 "it can't be read: %s", strerror(-lint->config_result));
}

/* The published policy says what it was made of; what would be published now says it, too. */
static void check_applied(struct lint *lint)
{
	const char *folder = lint->context->paths.config_dir;
	autosecret struct vsee_secret text = {0};
	const char *digest;

	if (lint->config_result < 0)
		return;
	if (lint->published_result == -ENOENT) {
		if (lint->on)
			lint_add(lint, LINT_CONFIG_APPLY, folder, 0,
				 "no policy has ever been published: nothing is in force");
		return;
	}
	if (lint->published_result < 0) {
		lint_add(lint, LINT_HOST_FILE, lint->context->paths.state, 0,
			 "the published policy can't be read: %s",
			 strerror(-lint->published_result));
		return;
	}
	if (vsee_policy_print(&lint->config.policy, &text) < 0) {
		lint->no_memory = true;
		return;
	}
	digest = strstr(text.text, "\ndigest=");
	if (digest && strncmp(digest + strlen("\ndigest="), lint->published.digest,
			      strlen(lint->published.digest)) != 0)
		lint_add(lint, LINT_CONFIG_APPLY, folder, 0,
			 "the configuration differs from the published policy %s",
			 lint->published.digest);
}

/* The host in a URL that the reader has checked, without user and port. False: there is none. */
static bool url_host(const char *url, char ret_host[HOST_SIZE])
{
	const char *host = strstr(url, "://");
	size_t size;

	if (!host)
		return false;
	host += strlen("://");
	size = strcspn(host, ":/?#");
	if (size == 0 || size >= HOST_SIZE || host[0] == '[' || strspn(host, "0123456789.") >= size)
		return false; /* an address: nothing to compare with names */
	memcpy(ret_host, host, size);
	ret_host[size] = '\0';
	return true;
}

/* A name counts with and without its domain. */
static bool same_host(const char *name, size_t size, const char *host)
{
	const size_t wanted = strlen(host);

	if (size == wanted && strncasecmp(name, host, size) == 0)
		return true;
	return size < wanted && host[size] == '.' && size > 0 && strncasecmp(name, host, size) == 0;
}

static bool line_names(const struct vsee_line *line, const char *host)
{
	const char *c = line->text, *const end = c + line->size;

	while (c < end && *c != '#') {
		const char *begin = c;

		while (c < end && *c != ' ' && *c != '\t' && *c != '#')
			c++;
		if (begin != line->text && same_host(begin, (size_t)(c - begin), host))
			return true;
		while (c < end && (*c == ' ' || *c == '\t'))
			c++;
	}
	return false;
}

/* whole: the file's first line is the name; else it is a hosts(5) file. */
static bool file_names(const char *root, const char *name, bool whole, const char *host)
{
	char path[PATH_MAX];
	autoclose int fd = -1;
	autolines struct vsee_lines lines = {0};
	struct vsee_line line;

	if (snprintf(path, sizeof(path), "%s%s", root, name) >= (int)sizeof(path))
		return false;
	fd = vsee_file_open(path);
	if (fd < 0 || vsee_lines_open(fd, HOSTS_LINE_MAX, &lines) < 0)
		return false;
	while (vsee_lines_next(&lines, &line) > 0)
		if (whole ? same_host(line.text, line.size, host) : line_names(&line, host))
			return true;
	return false;
}

static bool is_this_host(const struct lint *lint, const char *host)
{
	const char *root = lint->context->root;
	char name[HOST_SIZE] = "";

	if (!root[0] && gethostname(name, sizeof(name) - 1) == 0 &&
	    same_host(name, strlen(name), host))
		return true;
	return file_names(root, "/etc/hostname", true, host) ||
	       file_names(root, "/etc/hosts", false, host);
}

const struct vsee_source *lint_source_of(const struct lint *lint, const char *section,
					 const char *key)
{
	static const struct vsee_source none;

	for (size_t i = 0; i < lint->config.value_count; i++)
		if (strcmp(lint->config.values[i].section, section) == 0 &&
		    strcmp(lint->config.values[i].key, key) == 0)
			return &lint->config.values[i].source;
	return &none;
}

bool lint_names_this_host(const struct lint *lint, const char *url)
{
	char host[HOST_SIZE];

	return strstr(url, "%H") || (url_host(url, host) && is_this_host(lint, host));
}

static void check_host(struct lint *lint)
{
	const char *url = lint->config.policy.base_url;
	const struct vsee_source *source = lint_source_of(lint, "web", "base_url");
	char host[HOST_SIZE];

	if (!url || !url_host(url, host) || lint_names_this_host(lint, url))
		return;
	lint_add(lint, LINT_CONFIG_HOST, source->file, source->line,
		 "base_url names %s, which is no name of this host", host);
}

/* Where the key stands that a section goes by: its own line, or that of [policy]. */
static const struct vsee_source *key_source(const struct lint *lint,
					    const struct vsee_section *section, const char *key)
{
	char name[VSEE_SECTION_TEXT_SIZE];
	const struct vsee_source *source =
		lint_source_of(lint, vsee_section_text(section, name), key);

	return source->line > 0 ? source : lint_source_of(lint, "policy", key);
}

static void check_section(struct lint *lint, const struct vsee_section *section)
{
	const struct vsee_rules *rules = &section->rules;
	const struct vsee_source *notice = key_source(lint, section, "notice_days");
	const struct vsee_source *life = key_source(lint, section, "max_days");

	if (rules->mode == VSEE_MODE_OFF)
		return;
	if (rules->stage_count > 0 && rules->notice_days < rules->stages[0])
		lint_add(lint, LINT_CONFIG_NOTICE, notice->file, notice->line,
			 "notice_days is %lld, the largest reminder %lld",
			 (long long)rules->notice_days, (long long)rules->stages[0]);
	if (rules->max_days != VSEE_UNSET && rules->max_days < rules->notice_days)
		lint_add(lint, LINT_CONFIG_SHORT, life->file, life->line,
			 "max_days is %lld, notice_days %lld", (long long)rules->max_days,
			 (long long)rules->notice_days);
}

void lint_check_config(struct lint *lint)
{
	check_errors(lint);
	check_applied(lint);
	if (lint->config_result < 0)
		return;
	check_host(lint);
	for (size_t i = 0; i < lint->config.policy.section_count; i++)
		check_section(lint, &lint->config.policy.sections[i]);
}
