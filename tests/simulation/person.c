/*
 * Passwords changed through PAM, as the module notes them: person STATE, and on standard input a
 * line "NAME UID DAY OLD-HASH NEW-HASH" for each, in the order in which they happen. What pam_unix
 * does to shadow is the caller's. No hashing: nobody types these passwords again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "store/history.h"
#include "store/lock.h"

#define WORDS 5
#define REMEMBER 6
#define LIFETIME 60
#define SETTING "$6$simulated"

struct state {
	int fd, accounts_fd;
};

/* The candidate's hash under the account's setting, found as computed already. */
static void type_password(const struct vsee_account *account, const char *new_hash,
			  struct vsee_candidate *candidate)
{
	struct vsee_hashing *hashing = &candidate->memo[0];

	candidate->password = "";
	candidate->memo_count = 1;
	(void)snprintf(hashing->setting, sizeof(hashing->setting), "%s", account->settings[0].text);
	(void)snprintf(hashing->hash, sizeof(hashing->hash), SETTING "%s", strrchr(new_hash, '$'));
}

static int change_locked(const struct state *state, char *const words[], uid_t uid, vsee_day today)
{
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	autocandidate struct vsee_candidate candidate = {0};
	enum vsee_account_news news;
	int r;

	r = vsee_account_load(state->accounts_fd, geteuid(), words[0], uid, &account, &news);
	if (r < 0)
		return r;
	r = vsee_history_observe(&account, words[3], today);
	if (r < 0)
		return r;
	(void)snprintf(account.settings[0].text, sizeof(account.settings[0].text), SETTING);
	type_password(&account, words[4], &candidate);
	r = vsee_history_bind(&account, &candidate, words[4], REMEMBER, LIFETIME, today);
	return r < 0 ? r : vsee_account_save(state->accounts_fd, &account, news);
}

static int change(const struct state *state, char *line)
{
	autoclose int lock_fd = -1;
	char *words[WORDS];
	int64_t uid, today;

	for (int i = 0; i < WORDS; i++)
		words[i] = strsep(&line, " \n");
	if (!words[WORDS - 1] ||
	    vsee_number_parse(words[1], strlen(words[1]), 0, UINT32_MAX - 1, &uid) < 0 ||
	    vsee_number_parse(words[2], strlen(words[2]), 0, VSEE_DAY_MAX, &today) < 0)
		return -EINVAL;
	lock_fd = vsee_lock_take(state->fd, words[0], VSEE_LOCK_TIMEOUT_MS);
	return lock_fd < 0 ? lock_fd : change_locked(state, words, (uid_t)uid, today);
}

int main(int argc, char **argv)
{
	struct state state;
	char line[2048];

	if (argc != 2)
		return EXIT_FAILURE;
	state.fd = vsee_dir_open(AT_FDCWD, argv[1], geteuid());
	state.accounts_fd = state.fd < 0 ? state.fd : vsee_accounts_open(state.fd, geteuid(), true);
	if (state.accounts_fd < 0) {
		(void)fprintf(stderr, "%s: %s\n", argv[1], strerror(-state.accounts_fd));
		return EXIT_FAILURE;
	}
	while (fgets(line, sizeof(line), stdin)) {
		const int r = change(&state, line);

		if (r == 0)
			continue;
		(void)fprintf(stderr, "%s: %s\n", line, strerror(-r));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
