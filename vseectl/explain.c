/* vseectl explain: all that is known about one account, or what a message's code means. */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "facts.h"
#include "lint_finding.h"
#include "login.h"
#include "say.h"
#include "state.h"
#include "store/records.h"
#include "verb.h"

static void print_code(enum vsee_message message)
{
	static const struct vsee_message_values values = {
		.product = "PRODUCT",
		.date = "DATE",
		.link = "LINK",
		.days = 2,
	};
	char text[1024];

	(void)printf("%s\n", vsee_message_code(message));
	if (vsee_message_format(message, VSEE_LANGUAGE_EN, &values, text, sizeof(text)) == 0)
		(void)printf("  text:    %s\n", text);
	(void)printf("  meaning: %s\n  remedy:  %s\n", vsee_message_meaning(message),
		     vsee_message_remedy(message));
}

/* Which of the host's own two lines the account has: 0 or 1 each, or negative errno. */
static int has_passwd(const struct context *context, const char *name)
{
	struct vsee_passwd passwd;
	const int r = vsee_passwd_find(context->paths.passwd, name, &passwd, NULL, NULL);

	return r == -ENOENT ? 0 : r < 0 && r != -EBADMSG ? r : 1;
}

static int has_shadow(const struct context *context, const char *name)
{
	struct vsee_shadow shadow;
	const int r = vsee_shadow_find(context->paths.shadow, name, &shadow, NULL, NULL);

	explicit_bzero(&shadow, sizeof(shadow));
	return r == -ENOENT ? 0 : r < 0 && r != -EBADMSG ? r : 1;
}

/* Not both lines are there: is the name unknown, or an account that can't be covered? */
static enum exit_code explain_foreign(const struct context *context, const char *name, int passwd,
				      int shadow)
{
	if (passwd > 0)
		(void)printf("%s: not covered: no line in %s, so no local password\n", name,
			     context->paths.shadow);
	else if (shadow > 0)
		(void)printf("%s: not covered: no line in %s, so no account\n", name,
			     context->paths.passwd);
	else if (!context->root[0] && getpwnam(name))
		(void)printf("%s: not covered: a directory's account, not one of this host's own\n",
			     name);
	else {
		say_error("unknown user: %s (neither in %s nor in %s)", name, context->paths.passwd,
			  context->paths.shadow);
		return EXIT_UNKNOWN;
	}
	return EXIT_GOOD;
}

static enum exit_code explain_local(const struct context *context, const char *name,
				    const char *service)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject;
	const char *what = "state";
	struct vsee_judgement judgement;
	const int r = vsee_subject_load(&context->paths, context->owner, name, context->now,
					&subject, &what);

	if (r < 0) {
		/* Of our own files those that are not there are no error. */
		say_error("%s: %s could not be read: %s%s. Logins are handed to pam_unix "
			  "meanwhile; our files are in %s",
			  name, what, strerror(-r), r == -ENOENT ? "" : state_remedy(r),
			  context->paths.state);
		return EXIT_FILES;
	}
	judgement = vsee_judge(&subject.facts);
	facts_print(context, name, &subject, &judgement);
	if (judgement.verdict != VSEE_NOT_COVERED &&
	    subject.section->rules.mode >= VSEE_MODE_REMIND)
		login_print(context, &subject, &judgement, service);
	return EXIT_GOOD;
}

static enum exit_code explain_user(const struct context *context, const char *name,
				   const char *service)
{
	int passwd, shadow;

	if (!vsee_name_valid(name)) {
		say_error("unknown user: \"%s\" can't be the name of an account", name);
		return EXIT_UNKNOWN;
	}
	passwd = has_passwd(context, name);
	if (passwd < 0) {
		say_error("%s: %s", context->paths.passwd, strerror(-passwd));
		return EXIT_FILES;
	}
	shadow = has_shadow(context, name);
	if (shadow < 0) {
		say_error("%s: %s%s", context->paths.shadow, strerror(-shadow),
			  shadow == -EACCES ? "; run vseectl as root" : "");
		return EXIT_FILES;
	}
	if (passwd == 0 || shadow == 0)
		return explain_foreign(context, name, passwd, shadow);
	return explain_local(context, name, service);
}

/* Neither a message nor a finding: a user, or a code that nobody gives. */
static enum exit_code explain_other(const struct context *context, const char *name,
				    const char *service)
{
	const bool code = strchr("VvLl", name[0]) && name[0] &&
			  strspn(name + 1, "0123456789") == 2 && !name[3];

	if (!code || has_passwd(context, name) > 0)
		return explain_user(context, name, service);
	say_error("no message and no finding has the code %s", name);
	return EXIT_UNKNOWN;
}

static int parse_options(int argc, char **argv, const char **ret_service)
{
	static const struct option options[] = {
		{"service", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter != 's')
			return -EINVAL;
		*ret_service = optarg;
	}
	return optind + 1 == argc ? 0 : -EINVAL;
}

enum exit_code verb_explain(const struct context *context, int argc, char **argv)
{
	const char *service = NULL;
	enum vsee_message message;

	if (parse_options(argc, argv, &service) < 0) {
		say_error("usage: vseectl explain USER|CODE [--service NAME]");
		return EXIT_USAGE;
	}
	message = vsee_message_find(argv[optind]);
	if (message != VSEE_MESSAGE_COUNT)
		print_code(message);
	else if (!lint_explain(argv[optind]))
		return explain_other(context, argv[optind], service);
	/* Somebody may be called v04. */
	return has_passwd(context, argv[optind]) > 0 ? explain_user(context, argv[optind], service)
						     : EXIT_GOOD;
}
