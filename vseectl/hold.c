/* vseectl hold: break glass. Needs no configuration, no policy, and waits for nobody. */
#include "store/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "audit.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "date.h"
#include "moment.h"
#include "program.h"
#include "say.h"
#include "store/lock.h"
#include "store/policy.h"
#include "verb.h"

#define DAYS_MAX 90
#define LOCK_NAME ":hold" /* no account's: a name has no colon */
#define LOCK_TIMEOUT_MS 2000

struct wish {
	const char *until, *reason;
	bool release;
};

static int parse_options(int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {
		{"reason", required_argument, NULL, 'w'},
		{"release", no_argument, NULL, 'r'},
		{"until", required_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (letter) {
		case 'w':
			wish->reason = optarg;
			break;
		case 'r':
			wish->release = true;
			break;
		case 'u':
			wish->until = optarg;
			break;
		default:
			return -EINVAL;
		}
	}
	if (optind != argc || (wish->until && wish->release))
		return -EINVAL;
	return wish->reason && !wish->until && !wish->release ? -EINVAL : 0;
}

static enum exit_code complain(const struct context *context, int error)
{
	const char *remedy = "";

	switch (-error) {
	case EROFS:
		remedy = ". It is read-only: mount -o remount,rw its file system and try again";
		break;
	case EACCES:
		remedy = ". Run vseectl as root";
		break;
	case EPERM:
	case ELOOP:
	case ENOTDIR:
		remedy = ". Nothing is written into a folder that others can write, or through a "
			 "link: mend it (root, 0755) and try again";
		break;
	case ENOSPC:
	case EDQUOT:
		remedy = ". Make room on its file system and try again";
		break;
	default:
		break;
	}
	say_error("%s/hold: %s%s. What lets people in without it: remove %s/policy, or our lines "
		  "from /etc/pam.d",
		  context->paths.state, strerror(-error), remedy, context->paths.state);
	return EXIT_FILES;
}

static int open_state(const struct context *context)
{
	if (mkdir(context->paths.state, 0755) < 0 && errno != EEXIST && errno != EROFS)
		return -errno;
	return vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
}

/*
 * hold: NULL to remove it. Two administrators at once must not share the temporary file. Not the
 * host's lock: a scan that hangs holds that. Nor is this one insisted on: a stopped vseectl may
 * hold it.
 */
static int write_hold(int state_fd, const struct vsee_hold *hold)
{
	autoclose int lock_fd = vsee_lock_take(state_fd, LOCK_NAME, LOCK_TIMEOUT_MS);

	(void)lock_fd; /* only kept */
	return hold ? vsee_hold_save(state_fd, hold) : vsee_hold_remove(state_fd);
}

static void print_hold(const struct context *context, const struct vsee_hold *hold)
{
	char until[DATE_SIZE], begin[DATE_SIZE], name[AUDIT_NAME_SIZE];
	const bool over = context->now >= hold->until;

	(void)printf("%s %s: %s\n", over ? "A hold was over at" : "Enforcement is held until",
		     time_print(hold->until, until),
		     over ? "enforcement goes on" : "every mode enforce counts as remind");
	(void)printf("  begun   %s by %s\n  reason  %s\n", time_print(hold->begin, begin),
		     audit_name(hold->by, name), hold->reason);
}

static enum exit_code show(const struct context *context)
{
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	struct vsee_hold hold;
	int r = state_fd;

	if (r >= 0)
		r = vsee_hold_load(state_fd, context->owner, &hold);
	if (r == -ENOENT) {
		(void)printf("No hold: modes count as configured.\n");
		return EXIT_GOOD;
	}
	if (r == 0) {
		print_hold(context, &hold);
		return EXIT_GOOD;
	}
	say_error("%s/hold: %s%s", context->paths.state, strerror(-r),
		  state_fd < 0 ? ""
			       : ". It can't be read, so it counts as a hold without end: end it "
				 "with vseectl hold --release, or set a new one");
	return EXIT_FILES;
}

static bool policy_published(const struct context *context)
{
	autopolicy struct vsee_policy policy = {0};
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);

	return state_fd >= 0 && vsee_policy_load(state_fd, context->owner, &policy) == 0;
}

/* Shadow's fields follow at once, or it is said why not. begun: a hold, else its end. */
static enum exit_code follow(const struct context *context, bool begun)
{
	int status;

	(void)fflush(stdout); /* what is done already, before what the scan says */
	status = program_run(context, (const char *const[]){"scan", "--verbose", NULL});
	/* A broken configuration stops no scan that has a published policy to go by. */
	if (status == EXIT_GOOD || (status == EXIT_CONFIG && policy_published(context)))
		return EXIT_GOOD;
	if (begun)
		say_warning(
			"the hold is in force, but reminderd scan ended with status %d (see "
			"above): shadow keeps the dates it has until a scan succeeds. Logins "
			"through our lines in /etc/pam.d are let in all the same; without "
			"them pam_unix goes by shadow: chage -d $(date +%%F) USER lets one person "
			"in",
			status);
	else
		say_warning("the hold has ended, but reminderd scan ended with status %d (see "
			    "above): shadow follows with the next scan that succeeds",
			    status);
	return EXIT_FILES;
}

static int parse_until(const struct context *context, const char *text, int64_t *ret_until)
{
	char shown[DATE_SIZE];

	if (moment_parse(text, context->now, ret_until) < 0) {
		say_error("--until %s is no time: say \"2026-11-23 18:00\", \"2026-11-23\" (its "
			  "begin), \"+4h\", \"+90m\" or \"+2d\"",
			  text);
		return -EINVAL;
	}
	if (*ret_until <= context->now) {
		say_error("--until %s is %s, which is over", text, time_print(*ret_until, shown));
		return -EINVAL;
	}
	if (*ret_until - context->now <= DAYS_MAX * VSEE_SECONDS_PER_DAY)
		return 0;
	say_error("--until %s is more than %d days ahead, the longest hold; for longer set mode = "
		  "remind",
		  text, DAYS_MAX);
	return -EINVAL;
}

static enum exit_code begin_hold(const struct context *context, const struct wish *wish)
{
	struct vsee_hold hold = {.begin = context->now, .by = audit_actor()};
	autoclose int state_fd = -1;
	int r;

	if (parse_until(context, wish->until, &hold.until) < 0 || !audit_reason_good(wish->reason))
		return EXIT_USAGE;
	memcpy(hold.reason, wish->reason, strlen(wish->reason));
	state_fd = open_state(context);
	if (state_fd < 0)
		return complain(context, state_fd);
	r = write_hold(state_fd, &hold);
	if (r < 0)
		return complain(context, r);
	audit_log(context, "hold", wish->reason, "until=%lld", (long long)hold.until);
	print_hold(context, &hold);
	return follow(context, true);
}

static enum exit_code release(const struct context *context, const struct wish *wish)
{
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	struct vsee_hold hold;
	int r;

	if (wish->reason && !audit_reason_good(wish->reason))
		return EXIT_USAGE;
	r = state_fd < 0 ? state_fd : vsee_hold_load(state_fd, context->owner, &hold);
	if (r == -ENOENT) {
		(void)printf("There was no hold: nothing was changed.\n");
		return EXIT_GOOD;
	}
	if (state_fd < 0)
		return complain(context, state_fd);
	r = write_hold(state_fd, NULL);
	if (r < 0)
		return complain(context, r);
	audit_log(context, "release", wish->reason, "%s", "");
	(void)printf("The hold has ended: modes count as configured.\n");
	return follow(context, false);
}

enum exit_code verb_hold(const struct context *context, int argc, char **argv)
{
	struct wish wish = {0};

	if (parse_options(argc, argv, &wish) < 0) {
		say_error("usage: vseectl hold [--until TIME --reason TEXT] | [--release [--reason "
			  "TEXT]]");
		return EXIT_USAGE;
	}
	if (wish.release)
		return release(context, &wish);
	return wish.until ? begin_hold(context, &wish) : show(context);
}
