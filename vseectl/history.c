/* vseectl history: import, export, list, forget. Hashes are never shown. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "date.h"
#include "export.h"
#include "import.h"
#include "say.h"
#include "state.h"
#include "store/entry.h"
#include "store/records.h"
#include "verb.h"

#define USAGE "usage: vseectl history import|export FILE [--user NAME] | list USER | forget USER"

/* Longest prefix first where one begins another; crypt(5). */
static const struct {
	const char *prefix, *method;
} methods[] = {
	{"$y$", "yescrypt"},	{"$gy$", "gost-yescrypt"}, {"$7$", "scrypt"},
	{"$2", "bcrypt"},	{"$6$", "sha512crypt"},	   {"$5$", "sha256crypt"},
	{"$sha1", "sha1crypt"}, {"$md5", "sunmd5"},	   {"$1$", "md5crypt"},
	{"$3$", "nthash"},	{"_", "bsdicrypt"},	   {"", "descrypt"},
};

static const char *method_of(const char *hash)
{
	size_t i = 0;

	while (strncmp(hash, methods[i].prefix, strlen(methods[i].prefix)) != 0)
		i++;
	return methods[i].method;
}

/* The uid of a local account. EXIT_GOOD, or after a message another code. */
static enum exit_code find_uid(const struct context *context, const char *name, uid_t *ret_uid)
{
	struct vsee_passwd passwd;
	const int r = vsee_passwd_find(context->paths.passwd, name, &passwd, NULL, NULL);

	if (r == -ENOENT) {
		say_error("unknown user: %s (not in %s)", name, context->paths.passwd);
		return EXIT_UNKNOWN;
	}
	if (r < 0) {
		say_error("%s: %s", context->paths.passwd, strerror(-r));
		return EXIT_FILES;
	}
	*ret_uid = passwd.uid;
	return EXIT_GOOD;
}

static enum exit_code list(const struct context *context, const char *name)
{
	autostate struct state state = STATE_CLOSED;
	const struct vsee_account *account = &state.account;
	char date[DATE_SIZE];
	const char *what;
	uid_t uid;
	int r;
	enum exit_code code = find_uid(context, name, &uid);

	if (code != EXIT_GOOD)
		return code;
	r = state_open(context, name, uid, false, &state, &what);
	if (r < 0)
		return state_complain(context, name, what, r);
	(void)printf("%s: %zu old password%s\n", name, account->entry_count,
		     account->entry_count == 1 ? "" : "s");
	for (size_t i = 0; i < account->entry_count; i++)
		(void)printf("  %3zu  replaced %-22s  %s\n", i + 1,
			     account->entries[i].replaced == VSEE_UNSET
				     ? "(imported)"
				     : date_print(account->entries[i].replaced, date),
			     method_of(account->entries[i].hash));
	return EXIT_GOOD;
}

static enum exit_code forget(const struct context *context, const char *name)
{
	autostate struct state state = STATE_CLOSED;
	struct vsee_account *account = &state.account;
	const char *what;
	size_t count;
	uid_t uid;
	int r;
	enum exit_code code = find_uid(context, name, &uid);

	if (code != EXIT_GOOD)
		return code;
	r = state_open(context, name, uid, false, &state, &what);
	if (r < 0)
		return state_complain(context, name, what, r);
	count = account->entry_count;
	vsee_entry_drop(account, 0, count);
	explicit_bzero(account->pending, sizeof(account->pending));
	explicit_bzero(account->pending_base, sizeof(account->pending_base));
	if (state.news != VSEE_ACCOUNT_NEW) {
		r = vsee_account_save(state.accounts_fd, account, state.news);
		if (r < 0)
			return state_complain(context, name, what, r);
	}
	(void)printf("%s: %zu old password%s forgotten; the current one is still refused\n", name,
		     count, count == 1 ? "" : "s");
	return EXIT_GOOD;
}

/* argv[1]: what to do, argv[2]: with what; --user anywhere. */
static int parse_options(int argc, char **argv, const char **ret_user)
{
	static const struct option options[] = {
		{"user", required_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter != 'u')
			return -EINVAL;
		*ret_user = optarg;
	}
	return optind + 2 == argc ? 0 : -EINVAL;
}

enum exit_code verb_history(const struct context *context, int argc, char **argv)
{
	const char *only = NULL, *action, *argument;

	if (parse_options(argc, argv, &only) < 0) {
		say_error(USAGE);
		return EXIT_USAGE;
	}
	action = argv[optind];
	argument = argv[optind + 1];
	if (strcmp(action, "import") == 0)
		return import_run(context, argument, only);
	if (strcmp(action, "export") == 0)
		return export_run(context, argument, only);
	if (!only && strcmp(action, "list") == 0)
		return list(context, argument);
	if (!only && strcmp(action, "forget") == 0)
		return forget(context, argument);
	say_error(USAGE);
	return EXIT_USAGE;
}
