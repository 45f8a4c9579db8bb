#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "command.h"
#include "profile_local.h"
#include "say.h"
#include "stack.h"

#define MODULE "pam_vsee_expire.so"
#define SAVED_LINE_MAX 4096

/* The lines of design section 6: where pam-auth-update is of no help, they are written by hand. */
#define AUTH_TEXT "auth optional pam_vsee_expire.so"
#define ACCOUNT_TEXT                                                                               \
	"account [success=3 new_authtok_reqd=ok acct_expired=die authtok_expired=die "             \
	"default=ignore] pam_vsee_expire.so"
#define AGAIN_TEXT "account [new_authtok_reqd=2 default=ignore] pam_vsee_expire.so again"
#define PASSWORD_TEXT "password requisite pam_vsee_expire.so"
#define BIND_TEXT "password optional pam_vsee_expire.so bind"

#define PASSWORD_PLACE                                                                             \
	"right before the line of pam_unix.so, which needs use_authtok; behind\n"                  \
	"  pam_pwquality.so, where that stands there, with use_authtok at its end"

static const struct role {
	const char *file; /* below /etc/pam.d */
	enum stack_type type;
	const char *word; /* the argument that tells the second line of a file from the first */
	bool second;
	const char *text, *place;
} roles[PROFILE_ROLES] = {
	{"common-auth", STACK_AUTH, NULL, false, AUTH_TEXT, "at the end"},
	{"common-account", STACK_ACCOUNT, "again", false, ACCOUNT_TEXT,
	 "right before the line of pam_unix.so"},
	{"common-account", STACK_ACCOUNT, "again", true, AGAIN_TEXT, "right behind that line"},
	{"common-password", STACK_PASSWORD, "bind", false, PASSWORD_TEXT, PASSWORD_PLACE},
	{"common-password", STACK_PASSWORD, "bind", true, BIND_TEXT, "at the end"},
};

static bool fills(const struct role *role, const struct stack_line *line)
{
	return line->type == role->type && stack_line_calls(line, MODULE, NULL) &&
	       (!role->word || stack_line_calls(line, MODULE, role->word) == role->second);
}

static int look_for(const char *root, const struct role *role, char *ret_where)
{
	CLEANUP(stack_clear) struct stack stack = {0};
	const int r = stack_load(root, role->file, &stack);

	ret_where[0] = '\0';
	if (r == -ENOENT || (r == 0 && stack.fallback))
		return 0;
	if (r < 0) {
		say_error("%s/etc/pam.d/%s: %s", root, role->file, strerror(-r));
		return r;
	}
	for (size_t i = 0; i < stack.count && !ret_where[0]; i++)
		if (fills(role, &stack.lines[i]))
			(void)snprintf(ret_where, PROFILE_WHERE_SIZE, "%s:%u", stack.lines[i].file,
				       stack.lines[i].number);
	return 0;
}

/* pam-auth-update keeps what it wrote; a module line there is a profile that is on. */
static bool is_saved(const char *root, const char *type)
{
	static const char wanted[] = "Module: vsee-expire";
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	struct vsee_line line;
	char path[PATH_MAX];
	autoclose int fd = -1;

	if (snprintf(path, sizeof(path), "%s/var/lib/pam/%s", root, type) >= (int)sizeof(path))
		return false;
	fd = vsee_file_open(path);
	if (fd < 0 || vsee_lines_open(fd, SAVED_LINE_MAX, &lines) < 0)
		return false;
	while (vsee_lines_find(&lines, wanted, sizeof(wanted) - 1, &line) == 1)
		if (line.size == sizeof(wanted) - 1)
			return true;
	return false;
}

/* It writes one file after the other: ended in the middle, it leaves some of them to do. */
static bool is_managed(const char *root)
{
	return is_saved(root, "account") || is_saved(root, "auth") || is_saved(root, "password");
}

int profile_look(const char *root, struct profile *ret_profile)
{
	struct profile profile = {.state = PROFILE_NONE, .managed = is_managed(root)};
	size_t found = 0;
	int r;

	for (size_t i = 0; i < PROFILE_ROLES; i++) {
		r = look_for(root, &roles[i], profile.where[i]);
		if (r < 0)
			return r;
		found += profile.where[i][0] != '\0';
	}
	if (found > 0)
		profile.state = found == PROFILE_ROLES ? PROFILE_WHOLE : PROFILE_SOME;
	*ret_profile = profile;
	return 0;
}

void profile_name_lines(const struct profile *profile)
{
	for (size_t i = 0; i < PROFILE_ROLES; i++)
		if (profile->where[i][0])
			say_warning("%s: a line of ours, written by hand: take it out by hand",
				    profile->where[i]);
}

const char *profile_command(bool on)
{
	return on ? "pam-auth-update --package --enable vsee-expire vsee-expire-bind"
		  : "pam-auth-update --package --remove vsee-expire vsee-expire-bind";
}

/* --disable came with Debian 12; without local edits --remove does the same in every release. */
static int update(bool on)
{
	return command_run((const char *const[]){"pam-auth-update", "--package",
						 on ? "--enable" : "--remove", "vsee-expire",
						 "vsee-expire-bind", NULL},
			   false);
}

/* Whoever edits pam.d by hand goes on by hand: --force would throw the edits away. */
static void print_lines(const struct profile *profile)
{
	for (size_t i = 0; i < PROFILE_ROLES; i++)
		if (!profile->where[i][0])
			(void)fprintf(stderr, "  /etc/pam.d/%s, %s:\n    %s\n", roles[i].file,
				      roles[i].place, roles[i].text);
	(void)fprintf(
		stderr,
		"The numbers 3 and 2 are those of a file with pam_unix.so alone: they jump over "
		"it and\npam_deny.so. Then run this again; keep a root shell open meanwhile.\n");
}

static void complain(const struct profile *profile)
{
	char edited[PROFILE_EDITED_SIZE];

	if (access("/usr/share/pam-configs/vsee-expire", F_OK) < 0)
		say_error("/usr/share/pam-configs/vsee-expire: %s; install libpam-vsee-expire",
			  strerror(errno));
	else if (!command_exists("pam-auth-update"))
		say_error("this host has no pam-auth-update, which puts our lines into pam.d");
	else if (profile_edited(edited))
		say_error("%s was edited by hand, so pam-auth-update changes none of the files",
			  edited);
	else
		say_error("pam-auth-update did not put all of our lines into /etc/pam.d/common-*");
	(void)fprintf(stderr, "Put these lines in by hand:\n");
	print_lines(profile);
}

enum exit_code profile_switch_on(void)
{
	struct profile before, after;

	if (profile_look("", &before) < 0)
		return EXIT_FILES;
	if (before.state == PROFILE_WHOLE)
		return EXIT_GOOD;
	if (access("/usr/share/pam-configs/vsee-expire", F_OK) < 0 ||
	    !command_exists("pam-auth-update")) {
		complain(&before);
		return EXIT_FILES;
	}
	(void)update(true); /* it ends with 0 where it refuses: the files tell */
	if (profile_look("", &after) < 0)
		return EXIT_FILES;
	if (after.state == PROFILE_WHOLE)
		return EXIT_GOOD;
	if (after.managed && !before.managed)
		(void)update(false); /* complain() says what is to be done in any case */
	complain(&before);
	return EXIT_FILES;
}

enum exit_code profile_switch_off(void)
{
	struct profile profile;
	char edited[PROFILE_EDITED_SIZE];

	if (profile_look("", &profile) < 0)
		return EXIT_FILES;
	if (!profile.managed)
		return EXIT_GOOD;
	(void)update(false); /* as above */
	if (profile_look("", &profile) < 0)
		return EXIT_FILES;
	if (!profile.managed)
		return EXIT_GOOD;
	if (profile_edited(edited))
		say_error("%s was edited by hand, so pam-auth-update changes none of the files",
			  edited);
	else
		say_error("pam-auth-update did not take our lines out of /etc/pam.d/common-*");
	profile_name_lines(&profile);
	return EXIT_FILES;
}
