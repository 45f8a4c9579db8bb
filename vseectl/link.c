/* vseectl link: one person, one new password, by a link that works once. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/cleanup.h"
#include "base/name.h"
#include "base/number.h"
#include "covered.h"
#include "policy/link.h"
#include "say.h"
#include "state.h"
#include "store/history.h"
#include "store/section.h"
#include "store/subject.h"
#include "store/token.h"
#include "verb.h"

#define LINK_SIZE 512
#define HOURS_DEFAULT 1

struct wish {
	const char *name;
	int64_t hours;
	bool revoke;
};

static int parse_options(int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {
		{"hours", required_argument, NULL, 'h'},
		{"revoke", no_argument, NULL, 'r'},
		{NULL, 0, NULL, 0},
	};
	const char *hours = NULL;
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter != 'h' && letter != 'r')
			return -EINVAL;
		if (letter == 'h')
			hours = optarg;
		wish->revoke |= letter == 'r';
	}
	if (optind + 1 != argc || (hours && wish->revoke))
		return -EINVAL;
	wish->name = argv[optind];
	if (!hours ||
	    vsee_number_parse(hours, strlen(hours), 1, VSEE_TOKEN_HOURS_MAX, &wish->hours) == 0)
		return 0;
	say_error("--hours %s is no number from 1 to %d", hours, VSEE_TOKEN_HOURS_MAX);
	return -ERANGE;
}

/* Whoever has the link acts for the person: not where that is more than a person. */
static bool is_permitted(const struct context *context, const char *name,
			 const struct vsee_subject *subject)
{
	const char *group = NULL;
	const int r = vsee_cover_denies_link(context->paths.group, &subject->policy, name,
					     subject->uid, subject->gid, &group);

	if (r == 0)
		return true;
	if (r < 0)
		say_error("%s: %s: %s; without it nobody knows who may have a link", name,
			  context->paths.group, strerror(-r));
	else if (group)
		say_error("%s: a member of %s, which token_deny_groups in [web] names: no links "
			  "for its members; passwd %s sets a new password",
			  name, group, name);
	else
		say_error("%s: uid 0 gets no links; passwd %s sets a new password", name, name);
	return false;
}

/* The page would refuse the link, too, and say only that it is bad. */
static bool has_password(const char *name, const struct vsee_subject *subject)
{
	const struct vsee_judgement judgement = vsee_judge(&subject->facts);

	if (judgement.verdict == VSEE_ACCOUNT_EXPIRED)
		say_error("%s: the account itself has ended (expire in shadow): chage -E -1 %s "
			  "opens it again",
			  name, name);
	else if (subject->shadow.aging.password != VSEE_PASSWORD_USABLE)
		say_error("%s: locked, or no password set: a link would change nothing; passwd -u "
			  "%s unlocks it, passwd %s sets one",
			  name, name, name);
	else if (judgement.verdict == VSEE_INACTIVE)
		say_error("%s: expired for longer than inactive_days: passwd %s sets a new "
			  "password",
			  name, name);
	else
		return true;
	return false;
}

static bool may_have_link(const struct context *context, const char *name,
			  const struct vsee_subject *subject)
{
	const struct vsee_section *section = subject->section;
	char text[VSEE_SECTION_TEXT_SIZE];

	if (!covered_check(context, name, subject))
		return false;
	if (section->rules.mode == VSEE_MODE_OFF) {
		say_error("%s: its section [%s] has mode = off, so the page does nothing for it; "
			  "vseectl enable switches it on",
			  name, vsee_section_text(section, text));
		return false;
	}
	if (!subject->policy.base_url[0]) {
		say_error("%s: the published policy has no page: set base_url in [web], then run "
			  "vseectl apply",
			  name);
		return false;
	}
	return is_permitted(context, name, subject) && has_password(name, subject);
}

/* Not by stdio, in whose buffer the token would stay. */
static int show(char *link, size_t size)
{
	size_t length = strlen(link), done = 0;

	if (length + 1 >= size)
		return -ENOBUFS;
	link[length++] = '\n';
	while (done < length) {
		const ssize_t count = write(STDOUT_FILENO, link + done, length - done);

		if (count < 0 && errno != EINTR)
			return -errno;
		done += count > 0 ? (size_t)count : 0;
	}
	return 0;
}

static int print_link(const struct vsee_subject *subject, const char *token)
{
	char host[HOST_NAME_MAX + 1] = "", link[LINK_SIZE];
	int r = gethostname(host, sizeof(host) - 1) < 0 ? -errno : 0;

	if (r == 0)
		r = vsee_link_format(subject->policy.base_url, host, subject->shadow.name, token,
				     link, sizeof(link));
	if (r == 0)
		r = show(link, sizeof(link));
	explicit_bzero(link, sizeof(link));
	return r;
}

/* The hash is on disk before anybody has the token. */
static enum exit_code give(const struct context *context, const struct wish *wish,
			   struct vsee_subject *subject, const struct state *state)
{
	struct vsee_account *account = &subject->account;
	char token[VSEE_TOKEN_SIZE] = "";
	int r = vsee_history_observe(account, subject->shadow.hash, context->today);

	if (r >= 0)
		r = vsee_token_draw(account, context->now, wish->hours * 3600, token);
	if (r == 0)
		r = vsee_account_save(state->accounts_fd, account, subject->news);
	if (r < 0) {
		explicit_bzero(token, sizeof(token));
		return state_complain(context, wish->name, "the account's state", r);
	}
	audit_log(context, "link", NULL, "user=%s hours=%lld expires=%lld", wish->name,
		  (long long)wish->hours, (long long)account->token_expires);
	r = print_link(subject, token);
	explicit_bzero(token, sizeof(token));
	if (r == 0)
		return EXIT_GOOD;
	say_error("%s: the link could not be written: %s; vseectl link %s makes a new one",
		  wish->name, strerror(-r), wish->name);
	return EXIT_FILES;
}

static enum exit_code take_back(const struct context *context, const struct wish *wish,
				struct state *state)
{
	const bool pending = vsee_token_pending(&state->account, context->now);
	int r;

	if (vsee_token_void(&state->account)) {
		r = vsee_account_save(state->accounts_fd, &state->account, state->news);
		if (r < 0)
			return state_complain(context, wish->name, "the account's state", r);
	}
	if (pending)
		audit_log(context, "link-revoke", NULL, "user=%s", wish->name);
	(void)printf(pending ? "%s: the link is void\n" : "%s: no link was pending\n", wish->name);
	return EXIT_GOOD;
}

static enum exit_code act(const struct context *context, const struct wish *wish,
			  struct state *state)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	const char *what = "passwd";
	int r;

	if (wish->revoke)
		return take_back(context, wish, state);
	/* Under the lock: what it reads of the account is what we write. */
	r = vsee_subject_load(&context->paths, context->owner, wish->name, context->now, &subject,
			      &what);
	if (r < 0)
		return state_complain(context, wish->name, what, r);
	if (!may_have_link(context, wish->name, &subject))
		return EXIT_UNKNOWN;
	return give(context, wish, &subject, state);
}

enum exit_code verb_link(const struct context *context, int argc, char **argv)
{
	autostate struct state state = STATE_CLOSED;
	struct wish wish = {.hours = HOURS_DEFAULT};
	struct vsee_passwd passwd;
	const char *what = "passwd";
	int r = parse_options(argc, argv, &wish);

	if (r == -EINVAL)
		say_error("usage: vseectl link USER [--hours N | --revoke]");
	if (r < 0)
		return EXIT_USAGE;
	r = vsee_name_valid(wish.name)
		    ? vsee_passwd_find(context->paths.passwd, wish.name, &passwd, NULL, NULL)
		    : -ENOENT;
	if (r == -ENOENT) {
		say_error("unknown user: %s (not in %s)", wish.name, context->paths.passwd);
		return EXIT_UNKNOWN;
	}
	if (r == 0)
		r = state_open(context, wish.name, passwd.uid, true, &state, &what);
	if (r < 0)
		return state_complain(context, wish.name, what, r);
	return act(context, &wish, &state);
}
