/*
 * What a change leaves in the memory of the program that asked for it, once pam_end(3) was called.
 * Each row is played in a process of its own, which looks through all it can read. Nothing but PAM
 * ever has the passwords in clear there: this program keeps and seeks them masked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "clock.h"
#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define MASK 0x5a
#define PART 8 /* so much of a password, at its end, is one: free(3) writes over the beginning */
#define WORD_SIZE 32
#define CHUNK ((size_t)1 << 16)

#define LOGIN WORLD_AUTH "auth required pam_permit.so\n"
#define OURS "password requisite @ #\npassword required pam_permit.so\n"
#define OURS_AUTH "auth required @\nauth required pam_permit.so\n"

/* Masked, and so that no part of one is in another. */
static char current[WORD_SIZE], fresh[WORD_SIZE], remembered[WORD_SIZE], other[WORD_SIZE];
static char hash[WORD_SIZE]; /* the end of what shadow has, where that is looked for */
static char *const words[] = {current, fresh, remembered, other, hash};

static struct row {
	const char *name, *stack;
	const char *current, *fresh, *retype;
	bool login; /* authenticate first */
	int code;
} rows[] = {
	/* clang-format off */
	{"changed", LOGIN WORLD_PASSWORD, current, fresh, fresh, true, PAM_SUCCESS},
	{"an old one again", LOGIN WORLD_PASSWORD, current, remembered, remembered, true,
	 PAM_AUTHTOK_ERR},
	{"the current one again", LOGIN WORLD_PASSWORD, current, current, current, true,
	 PAM_AUTHTOK_ERR},
	{"mistyped", LOGIN WORLD_PASSWORD, current, fresh, other, true, PAM_AUTHTOK_ERR},
	{"our lines alone", OURS_AUTH OURS, current, fresh, fresh, false, PAM_SUCCESS},
	{"our lines alone, refused", OURS_AUTH OURS, current, remembered, remembered, false,
	 PAM_AUTHTOK_ERR},
	/* clang-format on */
};

static void mask(char *word)
{
	for (size_t i = 0; i < WORD_SIZE - 1; i++)
		word[i] = (char)(word[i] ^ MASK);
}

static void draw(char *word)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (getentropy(word, WORD_SIZE - 1) < 0)
		sandbox_fail("getentropy");
	for (size_t i = 0; i < WORD_SIZE - 1; i++)
		word[i] = (char)(letters[(unsigned char)word[i] % 64] ^ MASK);
}

/* As a person types it: straight into what PAM is given, which wipes it. */
static char *typed(const char *word)
{
	char *const reply = malloc(WORD_SIZE);

	if (!reply)
		return NULL;
	memcpy(reply, word, WORD_SIZE);
	mask(reply);
	return reply;
}

static const char *wanted(const struct row *row, const char *prompt)
{
	if (strncmp(prompt, "Retype", 6) == 0)
		return row->retype;
	return strncmp(prompt, "New", 3) == 0 ? row->fresh : row->current;
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *data)
{
	struct pam_response *const replies = calloc((size_t)count, sizeof(*replies));

	if (!replies)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			replies[i].resp = typed(wanted(data, messages[i]->msg));
	*responses = replies;
	return PAM_SUCCESS;
}

/* Whether the end of a password stands at text, compared without ever being unmasked. */
static bool is_word(const char *text, const char *word)
{
	const char *const end = word + WORD_SIZE - 1 - PART;

	for (size_t i = 0; i < PART; i++)
		if ((char)(text[i] ^ MASK) != end[i])
			return false;
	return true;
}

static unsigned count_in(const char *text, size_t size, const char *where)
{
	unsigned found = 0;

	for (size_t at = 0; at + PART <= size; at++)
		for (size_t i = 0; i < COUNT(words); i++)
			if (is_word(text + at, words[i])) {
				(void)fprintf(stderr, "# word %zu is left in %s", i, where);
				found++;
			}
	return found;
}

static unsigned count_region(int fd, uint64_t begin, uint64_t end, const char *line)
{
	static char text[CHUNK + PART];
	unsigned found = 0;

	for (uint64_t at = begin; at < end; at += CHUNK) {
		const uint64_t left = end - at;
		const size_t size = left < sizeof(text) ? (size_t)left : sizeof(text);
		const ssize_t got = pread(fd, text, size, (off_t)at);

		if (got > 0)
			found += count_in(text, (size_t)got, line);
	}
	explicit_bzero(text, sizeof(text));
	return found;
}

/* The kernel's own pages can't be read; what this program seeks with is masked. */
static unsigned count_all(void)
{
	autofile FILE *maps = fopen("/proc/self/maps", "re");
	autoclose int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned found = 0;
	char line[512];

	if (!maps || fd < 0)
		sandbox_fail("/proc/self");
	while (fgets(line, sizeof(line), maps)) {
		char *rest;
		const uint64_t begin = strtoull(line, &rest, 16); /* "begin-end rights ..." */
		const uint64_t end = strtoull(rest + 1, &rest, 16);

		if (rest[1] == 'r' && !strstr(line, "[v"))
			found += count_region(fd, begin, end, line);
	}
	return found;
}

/* Only where pam_unix is not asked: libc keeps the lines that it reads for it. */
static void take_hash(void)
{
	static char text[4096];
	autoclose int fd = open("/etc/shadow", O_RDONLY | O_CLOEXEC);
	const char *alice, *end;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		sandbox_fail("/etc/shadow");
	alice = strstr(text, "\n" ALICE ":");
	end = alice ? strchr(alice + strlen("\n" ALICE ":"), ':') : NULL;
	if (!end)
		sandbox_fail("no line of " ALICE);
	for (size_t i = 1; i <= PART; i++)
		hash[WORD_SIZE - 1 - i] = (char)(end[-(ptrdiff_t)i] ^ MASK);
	explicit_bzero(text, sizeof(text));
}

static int play(const struct row *row)
{
	const struct pam_conv conversation = {converse, (void *)(size_t)row};
	pam_handle_t *pamh = NULL;
	int code;

	if (pam_start_confdir("web", ALICE, &conversation, WORLD_STACKS, &pamh) != PAM_SUCCESS)
		sandbox_fail("pam_start");
	code = row->login ? pam_authenticate(pamh, 0) : PAM_SUCCESS;
	if (code == PAM_SUCCESS)
		code = pam_chauthtok(pamh, 0);
	(void)pam_end(pamh, code); /* nothing is left to undo */
	return code;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(void **state)
{
	const struct row *const row = *state;
	pid_t pid;

	world_stack("web", row->stack, "");
	pid = fork();
	if (pid == 0) {
		const int code = play(row);

		if (code != row->code) {
			(void)fprintf(stderr, "# %s: PAM said %d\n", row->name, code);
			_exit(99);
		}
		if (!row->login)
			take_hash();
		_exit((int)count_all());
	}
	assert_int_equal(wait_for(pid), 0);
}

/* A copy that nobody wiped is found: on the heap, freed, and on the stack. */
static void check_search(void **state)
{
	char *const copy = typed(other);
	char here[WORD_SIZE];

	(void)state;
	memcpy(here, copy, WORD_SIZE);
	__asm__ volatile("" : : "r"(here) : "memory");
	assert_true(count_all() >= 2);
	explicit_bzero(here, sizeof(here));
	free(copy);
	assert_true(count_all() > 0);
}

/* By a process that ends: hashes are made of words in clear. */
static int make_world(void **state)
{
	struct person alice = world_valid;
	const pid_t pid = fork();

	(void)state;
	if (pid != 0)
		return wait_for(pid);
	mask(current);
	mask(remembered);
	alice.field = world_hash(current);
	world_make(&alice, "mode = enforce\n");
	world_remember(remembered, TODAY - 100);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows) + 1];

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	(void)puts("skipped: a sanitizer keeps what was freed as it was");
	return SANDBOX_SKIPPED;
#endif
	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	clock_set(TODAY);
	for (size_t i = 0; i < COUNT(words); i++)
		draw(words[i]); /* the hash, too: it must be nothing that is anywhere */
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .setup_func = make_world,
					       .initial_state = &rows[i]};
	tests[COUNT(rows)] =
		(struct CMUnitTest){.name = "what is left is found", .test_func = check_search};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
