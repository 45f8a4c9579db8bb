/*
 * Times PAM calls in one process, one stack after the other in turn, so that whatever else the
 * machine does falls on all of them. One line a round, microseconds, in the order given.
 * calls account|auth|change FOLDER ROUNDS INNER SERVICE:USER:PASSWORD... [-- FILE...]
 */
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <security/pam_appl.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "keep.h"
#include "password.h"

#define STACKS_MAX 16
#define ROUNDS_MAX 100000
#define FRESH_FIRST 1000000 /* far from the numbers that a history is filled with */

struct stack {
	char *service, *user;
	uint64_t password; /* the number of the current one */
	uid_t uid;
};

struct bench {
	const char *folder;
	int (*call)(pam_handle_t *pamh, int flags);
	bool change, restore;
	int64_t rounds, inner;
	struct stack stacks[STACKS_MAX];
	size_t count;
	uint64_t fresh;
	double *times;
};

/* What a stack's prompts get. */
struct answers {
	char current[PASSWORD_SIZE], next[PASSWORD_SIZE];
};

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **ret_responses, void *context)
{
	const struct answers *answers = context;
	struct pam_response *responses = calloc((size_t)count, sizeof(*responses));

	if (!responses)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		const char *text = messages[i]->msg;
		const bool next = strstr(text, "ew ") || strstr(text, "etype");

		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			responses[i].resp = strdup(next ? answers->next : answers->current);
		else if (messages[i]->msg_style == PAM_ERROR_MSG)
			(void)fprintf(stderr, "%s\n", text);
	}
	*ret_responses = responses;
	return PAM_SUCCESS;
}

static double microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail for this clock */
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The time of the call alone; loading the modules belongs to pam_start(3). Negative: it failed. */
static double time_call(const struct bench *bench, const struct stack *stack,
			struct answers *answers)
{
	const struct pam_conv conversation = {converse, answers};
	pam_handle_t *pamh = NULL;
	double begin, end;
	int code =
		pam_start_confdir(stack->service, stack->user, &conversation, bench->folder, &pamh);

	if (code != PAM_SUCCESS)
		return -1;
	/* A user's own change: root for the files, the user for whoever asks. */
	if (bench->change && setresuid(stack->uid, 0, 0) < 0)
		return -1;
	begin = microseconds();
	code = bench->call(pamh, 0);
	end = microseconds();
	if (bench->change && setresuid(0, 0, 0) < 0)
		return -1;
	if (code != PAM_SUCCESS)
		(void)fprintf(stderr, "%s for %s: %s\n", stack->service, stack->user,
			      pam_strerror(pamh, code));
	(void)pam_end(pamh, code);
	return code == PAM_SUCCESS ? end - begin : -1;
}

static int compare(const void *first, const void *second)
{
	const double a = *(const double *)first, b = *(const double *)second;

	return (a > b) - (a < b);
}

/* The median of a round's calls. Negative: one failed. */
static double time_stack(struct bench *bench, struct stack *stack)
{
	for (int64_t i = 0; i < bench->inner; i++) {
		struct answers answers;
		const uint64_t next = bench->restore ? bench->fresh++ : stack->password + 1;

		password_make(stack->password, answers.current);
		password_make(next, answers.next);
		if (bench->restore && keep_restore() < 0)
			return -1;
		bench->times[i] = time_call(bench, stack, &answers);
		if (bench->times[i] < 0)
			return -1;
		if (bench->change && !bench->restore)
			stack->password = next;
	}
	qsort(bench->times, (size_t)bench->inner, sizeof(*bench->times), compare);
	return bench->times[bench->inner / 2];
}

static int run(struct bench *bench)
{
	for (int64_t round = 0; round < bench->rounds; round++) {
		for (size_t i = 0; i < bench->count; i++) {
			const double time = time_stack(bench, &bench->stacks[i]);

			if (time < 0)
				return 1;
			(void)printf("%.2f%s", time, i + 1 < bench->count ? " " : "\n");
		}
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

static bool read_stack(char *text, struct stack *ret_stack)
{
	char *user = strchr(text, ':'), *password = strrchr(text, ':');
	const struct passwd *record;
	int64_t number;

	if (!user || user == password)
		return false;
	*user++ = '\0';
	*password++ = '\0';
	record = getpwnam(user);
	if (!record || vsee_number_parse(password, strlen(password), 0, INT64_MAX / 2, &number) < 0)
		return false;
	*ret_stack = (struct stack){text, user, (uint64_t)number, record->pw_uid};
	return true;
}

static bool read_verb(const char *verb, struct bench *bench)
{
	bench->change = strcmp(verb, "change") == 0;
	if (bench->change)
		bench->call = pam_chauthtok;
	else if (strcmp(verb, "account") == 0)
		bench->call = pam_acct_mgmt;
	else if (strcmp(verb, "auth") == 0)
		bench->call = pam_authenticate;
	return bench->call;
}

static bool read_arguments(int argc, char **argv, struct bench *bench)
{
	int i = 5;

	if (argc < 6 || !read_verb(argv[1], bench) ||
	    vsee_number_parse(argv[3], strlen(argv[3]), 1, ROUNDS_MAX, &bench->rounds) < 0 ||
	    vsee_number_parse(argv[4], strlen(argv[4]), 1, ROUNDS_MAX, &bench->inner) < 0)
		return false;
	bench->folder = argv[2];
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (bench->count == STACKS_MAX ||
		    !read_stack(argv[i], &bench->stacks[bench->count++]))
			return false;
	for (i++; i < argc; i++, bench->restore = true)
		if (keep_file(argv[i]) < 0)
			return false;
	return bench->count > 0;
}

int main(int argc, char **argv)
{
	struct bench bench = {.fresh = FRESH_FIRST};

	if (!read_arguments(argc, argv, &bench)) {
		(void)fputs("usage: calls account|auth|change FOLDER ROUNDS INNER "
			    "SERVICE:USER:PASSWORD... [-- FILE...]\n",
			    stderr);
		return 2;
	}

	autofree double *times = calloc((size_t)bench.inner, sizeof(*times));

	bench.times = times;
	return times ? run(&bench) : 1;
}
