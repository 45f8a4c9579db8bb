#include "jobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "say.h"
#include "stack.h"
#include "store/config_draft.h"
#include "store/cover.h"
#include "store/records.h"

#define NAMES_SHOWN 4
#define OWNERS_MAX 64

/*
 * Those where somebody sits who can choose a new password, the tools that set one, and runuser(1),
 * which never asks whether an account may log in.
 */
static const char *const interactive[] = {
	"chfn",	 "chpasswd", "chsh",  "cockpit", "gdm-password", "kde",	    "lightdm",
	"login", "newusers", "other", "passwd",	 "remote",	 "runuser", "runuser-l",
	"sddm",	 "sshd",     "su",    "su-l",	 "xdm",
};

/* The first names of a list and how many there are. */
struct names {
	char text[NAMES_SHOWN * (VSEE_SHOWN_SIZE + 2)];
	size_t count;
};

static void add(struct names *names, const char *name)
{
	char shown[VSEE_SHOWN_SIZE];
	const size_t length = strlen(names->text);

	if (names->count++ >= NAMES_SHOWN)
		return;
	vsee_value_show(name, shown);
	(void)snprintf(names->text + length, sizeof(names->text) - length, "%s%s",
		       length > 0 ? ", " : "", shown);
}

static const char *more(const struct names *names)
{
	return names->count > NAMES_SHOWN ? ", ..." : "";
}

static bool is_interactive(const char *service)
{
	for (size_t i = 0; i < COUNT(interactive); i++)
		if (strcmp(interactive[i], service) == 0)
			return true;
	return strncmp(service, "vsee-", 5) == 0; /* the page's own */
}

/* Our line may not be there yet: pam_unix's in common-account is where it will be. */
static bool reaches_us(const char *root, const char *service)
{
	CLEANUP(stack_clear) struct stack stack = {0};

	if (stack_load(root, service, &stack) < 0)
		return false;
	for (size_t i = 0; i < stack.count; i++) {
		const struct stack_line *line = &stack.lines[i];
		const char *name = line->file ? strrchr(line->file, '/') : NULL;

		if (line->type == STACK_ACCOUNT &&
		    (stack_line_calls(line, "pam_vsee_expire.so", NULL) ||
		     (name && strcmp(name, "/common-account") == 0)))
			return true;
	}
	return false;
}

static void print_services(const char *root, const struct vsee_policy *policy)
{
	struct names names = {0};
	char **services = NULL;
	size_t count = 0;

	if (stack_services(root, &services, &count) < 0) {
		say_warning("%s/etc/pam.d can't be read: no word on services", root);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!is_interactive(services[i]) &&
		    !vsee_policy_reports_only(policy, services[i]) && reaches_us(root, services[i]))
			add(&names, services[i]);
	stack_services_free(services, count);
	if (names.count > 0)
		(void)printf(
			"  services that refuse people whose password has expired, and can't ask "
			"for a new one:\n    %zu: %s%s (to let them go on: report_only)\n",
			names.count, names.text, more(&names));
}

struct owners {
	uid_t uids[OWNERS_MAX];
	size_t count;
};

/* Jobs of at(1) belong to whoever gave them; their names say nothing. */
static void find_owners(const char *root, struct owners *ret_owners)
{
	char path[PATH_MAX];
	struct dirent *entry;
	struct stat stat;
	DIR *folder;

	if (snprintf(path, sizeof(path), "%s/var/spool/cron/atjobs", root) >= (int)sizeof(path))
		return;
	folder = opendir(path);
	while (folder && (entry = readdir(folder)) && ret_owners->count < OWNERS_MAX)
		if (fstatat(dirfd(folder), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(stat.st_mode))
			ret_owners->uids[ret_owners->count++] = stat.st_uid;
	if (folder)
		(void)closedir(folder); /* read only */
}

static bool owns(const struct owners *owners, uid_t uid)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->uids[i] == uid)
			return true;
	return false;
}

static bool is_file(const char *root, const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat stat;

	return snprintf(path, sizeof(path), "%s%s/%s", root, folder, name) < (int)sizeof(path) &&
	       lstat(path, &stat) == 0 && S_ISREG(stat.st_mode);
}

enum kind { CRONTABS, AT_JOBS, MANAGERS, KIND_COUNT };

static const struct {
	const char *what, *service;
} kinds[KIND_COUNT] = {
	[CRONTABS] = {"with a crontab", "cron"},
	[AT_JOBS] = {"with an at job", "atd"},
	[MANAGERS] = {"with a lingering user manager", "systemd-user"},
};

static int find_jobs(const struct context *context, const struct vsee_policy *policy,
		     struct names *ret_names)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	CLEANUP(vsee_members_clear) struct vsee_members members = {0};
	autoclose int fd = vsee_file_open(context->paths.passwd);
	struct owners owners = {0};
	struct vsee_passwd passwd;
	struct vsee_line line;
	int r = fd < 0 ? fd : vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);

	if (r == 0)
		r = vsee_members_load(context->paths.group, policy, NULL, &members);
	if (r == 0)
		r = vsee_members_load_passwd(context->paths.passwd, policy, &members);
	if (r < 0)
		return r;
	find_owners(context->root, &owners);
	while ((r = vsee_lines_next(&lines, &line)) == 1) {
		const struct vsee_section *section;

		if (vsee_passwd_parse(&line, &passwd) != VSEE_RECORD_OK)
			continue;
		section = vsee_cover(policy, &members, passwd.name, passwd.uid, passwd.gid, NULL);
		if (!section || section->rules.mode == VSEE_MODE_OFF)
			continue;
		if (is_file(context->root, "/var/spool/cron/crontabs", passwd.name))
			add(&ret_names[CRONTABS], passwd.name);
		if (owns(&owners, passwd.uid))
			add(&ret_names[AT_JOBS], passwd.name);
		if (is_file(context->root, "/var/lib/systemd/linger", passwd.name))
			add(&ret_names[MANAGERS], passwd.name);
	}
	return r;
}

static void print_jobs(const struct vsee_policy *policy, enum kind kind, const struct names *names)
{
	const bool goes_on = vsee_policy_reports_only(policy, kinds[kind].service);

	if (names->count > 0)
		(void)printf("  accounts %s: %zu, %s%s (%s %s in report_only: they %s)\n",
			     kinds[kind].what, names->count, names->text, more(names),
			     kinds[kind].service, goes_on ? "is" : "is not",
			     goes_on ? "go on" : "would stop");
}

void jobs_print(const struct context *context, const struct vsee_policy *policy)
{
	struct names names[KIND_COUNT] = {0};
	int r;

	(void)printf("\nServices and jobs that would notice an expired password:\n");
	print_services(context->root, policy);
	r = find_jobs(context, policy, names);
	if (r < 0)
		say_warning("accounts can't be read (%s): no word on jobs", strerror(-r));
	for (enum kind kind = CRONTABS; r == 0 && kind < KIND_COUNT; kind++)
		print_jobs(policy, kind, &names[kind]);
	(void)printf("  keys of programs (authorized_keys) can't be told from people's: see "
		     "key_login in vsee-expire.conf(5)\n");
}
