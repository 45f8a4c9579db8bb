/*
 * What vseectl makes of a stack is what libpam makes of it: the lines that are called, in order,
 * and the code the application gets, over random stacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <security/pam_appl.h>

#include "answer.h"
#include "base/cleanup.h"
#include "sandbox.h"
#include "stack.h"
#include "thicket.h"

#define STACKS 4000
#define EXPORT __attribute__((visibility("default")))

/* The leak checker's own name for it. libpam 1.5 keeps what it has read where it gives up. */
EXPORT const char *__lsan_default_suppressions(void);
EXPORT const char *__lsan_default_suppressions(void)
{
	return "leak:libpam.so\n";
}

static const char *module;

/* One call of the application, and what came of it. */
struct outcome {
	int code;
	struct calls calls;
};

struct ask {
	struct calls *calls;
	bool update;
};

/* As answer.c does; the arguments are tag, answer, second answer. */
static int answer(void *context, const struct stack_line *line)
{
	const struct ask *ask = context;
	char tag[16], *end;
	int first;

	if (strcmp(line->module, strrchr(module, '/') + 1) != 0)
		return STACK_MODULE_UNKNOWN; /* there is no other */
	(void)snprintf(tag, sizeof(tag), "%ld", strtol(line->arguments, &end, 10));
	answer_note(ask->calls, tag);
	first = (int)strtol(end + strspn(end, " \n\t"), &end, 10);
	return ask->update ? (int)strtol(end, NULL, 10) : first;
}

static int run(const struct stack *stack, enum stack_type type, struct ask *ask)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};

	assert_int_equal(stack_run(stack, type, answer, ask, &trace), 0);
	return trace.code;
}

static struct outcome predict(enum stack_type type)
{
	autostack struct stack stack = {0};
	struct outcome outcome = {.code = STACK_ABORT};
	struct ask ask = {.calls = &outcome.calls};

	if (stack_load("", THICKET_SERVICE, &stack) < 0)
		return outcome;
	outcome.code = run(&stack, type, &ask);
	if (type == STACK_PASSWORD && outcome.code == STACK_SUCCESS) {
		ask.update = true;
		outcome.code = run(&stack, type, &ask);
	}
	return outcome;
}

/*
 * Debian's libpam 1.5 acts on actions it never set where an @include fails in a file that is read
 * for one type only. Ours counts it as a failure; theirs can't be foretold.
 */
static bool is_foretold(void)
{
	autostack struct stack stack = {0};

	(void)stack_load("", THICKET_SERVICE, &stack); /* none: libpam says so, too */
	for (size_t i = 0; i < stack.count; i++)
		if (stack.lines[i].kind == STACK_FAULT &&
		    strcmp(stack.lines[i].control, "@include") == 0)
			return false;
	return true;
}

static int call(pam_handle_t *pamh, enum stack_type type)
{
	switch (type) {
	case STACK_AUTH:
		return pam_authenticate(pamh, 0);
	case STACK_ACCOUNT:
		return pam_acct_mgmt(pamh, 0);
	case STACK_PASSWORD:
		return pam_chauthtok(pamh, 0);
	case STACK_SESSION:
		return pam_open_session(pamh, 0);
	case STACK_TYPE_COUNT:
		break;
	}
	return PAM_SYSTEM_ERR;
}

static int talk(int count, const struct pam_message **messages, struct pam_response **ret_responses,
		void *context)
{
	(void)count, (void)messages, (void)ret_responses, (void)context;
	return PAM_CONV_ERR;
}

static struct outcome happen(enum stack_type type)
{
	struct outcome outcome = {0};
	const struct pam_conv conv = {.conv = talk, .appdata_ptr = &outcome.calls};
	pam_handle_t *pamh = NULL;

	outcome.code = pam_start(THICKET_SERVICE, "nobody", &conv, &pamh);
	if (outcome.code == PAM_SUCCESS)
		outcome.code = call(pamh, type);
	if (pamh)
		(void)pam_end(pamh, outcome.code);
	return outcome;
}

static void show(unsigned seed)
{
	char command[256];

	print_message("seed %u:\n", seed);
	(void)snprintf(command, sizeof(command), "%s", THICKET_FOLDER);
	for (const char *const *name = (const char *const[]){"thicket", "file1", "file2", "file3",
							     "file4", "last", "other", NULL};
	     *name; name++) {
		autofile FILE *file = NULL;
		char line[1024];

		(void)snprintf(command, sizeof(command), "%s/%s", THICKET_FOLDER, *name);
		file = fopen(command, "re");
		while (file && fgets(line, sizeof(line), file))
			print_message("%s: %s", *name, line);
	}
}

static unsigned check_seed(unsigned seed)
{
	unsigned successes = 0;

	for (size_t i = 0; i < STACK_TYPE_COUNT; i++) {
		const enum stack_type type = (enum stack_type)i;
		const struct outcome predicted = predict(type), happened = happen(type);

		if (predicted.code != happened.code ||
		    strcmp(predicted.calls.text, happened.calls.text) != 0)
			show(seed);
		assert_string_equal(predicted.calls.text, happened.calls.text);
		assert_int_equal(predicted.code, happened.code);
		successes += happened.code == PAM_SUCCESS;
	}
	return successes;
}

static void random_stacks(void **state)
{
	unsigned checked = 0, successes = 0;

	(void)state;
	for (unsigned seed = 1; checked < STACKS; seed++) {
		thicket_grow(seed, module);
		if (!is_foretold())
			continue;
		successes += check_seed(seed);
		checked++;
	}
	/* They are not all alike: between an eighth and a half of the calls succeed. */
	assert_in_range(successes, STACKS / 2, 2 * STACKS);
}

/* The service and so many substacks, one within the other, a line in each. */
static void grow_deep(unsigned depth)
{
	char path[64], text[256];

	sandbox_remove(THICKET_FOLDER);
	sandbox_mkdir(THICKET_FOLDER, 0755);
	for (unsigned i = 0; i <= depth; i++) {
		(void)snprintf(path, sizeof(path), THICKET_FOLDER "/%s%.0u",
			       i == 0 ? THICKET_SERVICE : "deep", i);
		(void)snprintf(text, sizeof(text), "auth required %s %u 0 0\n", module, i + 1);
		if (i < depth)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
				       "auth substack deep%u\n", i + 1);
		sandbox_write(path, 0644, text);
	}
}

static void substacks_have_a_limit(void **state)
{
	(void)state;
	for (unsigned depth = 14; depth <= 17; depth++) {
		grow_deep(depth);
		(void)check_seed(0);
		assert_int_equal(predict(STACK_AUTH).code,
				 depth < 16 ? STACK_SUCCESS : STACK_PERM_DENIED);
	}
}

/* Where libpam runs out of files, or of stack: ours stops at the first file that comes again. */
static void loops_are_faults(void **state)
{
	static const char *const texts[] = {
		"@include thicket\n",
		"auth required x.so\nauth include thicket\n",
		"auth substack thicket\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		autostack struct stack stack = {0};

		sandbox_write(THICKET_FOLDER "/" THICKET_SERVICE, 0644, texts[i]);
		assert_int_equal(stack_load("", THICKET_SERVICE, &stack), 0);
		assert_non_null(strstr(stack.fault, "it includes itself"));
		assert_int_not_equal(predict(STACK_AUTH).code, STACK_SUCCESS);
	}
}

/* Not beside libpam: a host has /usr/lib/pam.d, and then this file counts no more. */
static void without_a_folder_there_is_one_file(void **state)
{
	autostack struct stack stack = {0};
	struct calls calls = {""};
	struct ask ask = {.calls = &calls};
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "login auth required %s 1 7 0\nThicket auth required %s 2 0 0\n"
		       "other account required %s 3 0 0\nother auth required %s 4 7 0\n",
		       module, module, module, module);
	sandbox_mkdir("/etc/host", 0755);
	sandbox_mkdir("/etc/host/etc", 0755);
	sandbox_write("/etc/host/etc/pam.conf", 0644, text);
	assert_int_equal(stack_load("/etc/host", "THICKET", &stack), 0);
	assert_int_equal(run(&stack, STACK_AUTH, &ask), STACK_SUCCESS);
	assert_int_equal(run(&stack, STACK_ACCOUNT, &ask), STACK_SUCCESS);
	assert_int_equal(run(&stack, STACK_SESSION, &ask), STACK_PERM_DENIED);
	assert_string_equal(calls.text, "2 3 ");
	assert_true(stack.other[STACK_ACCOUNT] && !stack.other[STACK_AUTH] && !stack.fallback);
}

static void no_file_at_all(void **state)
{
	autostack struct stack stack = {0};

	(void)state;
	sandbox_remove(THICKET_FOLDER);
	sandbox_mkdir(THICKET_FOLDER, 0755);
	assert_int_equal(stack_load("", THICKET_SERVICE, &stack), -ENOENT);
	assert_int_equal(happen(STACK_AUTH).code, STACK_ABORT);
	stack_clear(&stack);
	assert_int_equal(stack_load("", "../thicket", &stack), -EINVAL);
}

/* The host has a /usr/lib/pam.d of its own, which would be seen as well. */
#define SERVICES_ROOT "/etc/services-root"

static void services_are_not_what_they_include(void **state)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{"common-auth", "auth required x.so\n"},
		{"login", "auth include system-auth\n@include common-auth\n"},
		{"login.dpkg-old", ""},
		{"su", "-auth substack system-auth\nauth include system-auth\n"},
		{"su-l", "auth include su\naccount include su\n"},
		{"sudo~", ""},
		{"system-auth", "auth required x.so\n"},
	};
	static const char *const expected[] = {"login", "su", "su-l"};
	char **services = NULL, path[64];
	size_t count = 0;

	(void)state;
	sandbox_mkdir(SERVICES_ROOT, 0755);
	assert_int_equal(stack_services(SERVICES_ROOT, &services, &count), -ENOENT);
	sandbox_mkdir(SERVICES_ROOT "/etc", 0755);
	sandbox_mkdir(SERVICES_ROOT "/etc/pam.d", 0755);
	for (size_t i = 0; i < COUNT(files); i++) {
		(void)snprintf(path, sizeof(path), SERVICES_ROOT "/etc/pam.d/%s", files[i].name);
		sandbox_write(path, 0644, files[i].text);
	}
	sandbox_mkdir(SERVICES_ROOT "/etc/pam.d/folder", 0755);
	assert_int_equal(stack_services(SERVICES_ROOT, &services, &count), 0);
	assert_int_equal(count, COUNT(expected));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(services[i], expected[i]);
	stack_services_free(services, count);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_stacks),
		cmocka_unit_test(substacks_have_a_limit),
		cmocka_unit_test(loops_are_faults),
		cmocka_unit_test(without_a_folder_there_is_one_file),
		cmocka_unit_test(no_file_at_all),
		cmocka_unit_test(services_are_not_what_they_include),
	};

	if (argc != 2)
		return 99;
	module = argv[1];
	if (!sandbox_enter(NULL))
		return sandbox_skip();
	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
