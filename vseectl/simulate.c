#include "simulate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "say.h"
#include "simulate_model.h"
#include "simulate_print.h"
#include "state.h"
#include "store/config_draft.h"
#include "store/records.h"

/* Run one phase and print it. Its code, or negative errno. */
static int play(struct simulation *simulation, enum stack_type type, const char *title)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};
	const int r = stack_run(simulation->stack, type, simulate_model, simulation, &trace);

	if (r < 0)
		return r;
	simulate_print(simulation, type, title, &trace);
	return trace.code;
}

/* Its first run changes nothing; what fails there costs nothing. 0 or negative errno. */
static int change(struct simulation simulation)
{
	int code = play(&simulation, STACK_PASSWORD, "password, first run: can it be changed?");

	if (code == STACK_SUCCESS) {
		simulation.update = true;
		code = play(&simulation, STACK_PASSWORD, "password, second run: a good new one");
	}
	if (code < 0)
		return code;
	(void)printf("  RESULT: ");
	if (code == STACK_SUCCESS)
		(void)printf("the new password is taken, and the login goes on\n\n");
	else
		(void)printf("the change fails: %s%s\n\n", stack_code_name(code),
			     simulation.update ? "" : "; nothing is changed");
	return 0;
}

/* 0 or negative errno; ret_demanded is only ever set to true. */
static int tell_result(int code, bool *ret_demanded)
{
	if (code < 0)
		return code;
	(void)printf("  RESULT: ");
	if (code == STACK_SUCCESS)
		(void)printf("gets in\n\n");
	else if (code == STACK_NEW_AUTHTOK_REQD)
		(void)printf("must choose a new password\n\n");
	else
		(void)printf("refused: %s\n\n", stack_code_name(code));
	*ret_demanded = *ret_demanded || code == STACK_NEW_AUTHTOK_REQD;
	return 0;
}

static int login_by_password(struct simulation simulation, bool *ret_demanded)
{
	int code;

	(void)printf("A login with the right password\n");
	code = play(&simulation, STACK_AUTH, "auth");
	if (code == STACK_SUCCESS)
		code = play(&simulation, STACK_ACCOUNT, "account");
	return tell_result(code, ret_demanded);
}

static int login_by_key(struct simulation simulation, bool *ret_demanded)
{
	(void)printf("A login with a key: no password is typed, auth is not run\n");
	return tell_result(play(&simulation, STACK_ACCOUNT, "account"), ret_demanded);
}

static int play_all(const struct simulation *simulation)
{
	bool demanded = false;
	int r = login_by_password(*simulation, &demanded);

	if (r == 0)
		r = login_by_key(*simulation, &demanded);
	if (r < 0 || !demanded)
		return r;
	(void)printf("The change that is demanded\n");
	return change(*simulation);
}

static bool has_nologin(const struct context *context)
{
	static const char *const files[] = {"/var/run/nologin", "/etc/nologin"};

	for (size_t i = 0; i < COUNT(files); i++) {
		autofree char *path = NULL;

		if (asprintf(&path, "%s%s", context->root, files[i]) < 0)
			path = NULL;
		else if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static void print_head(const struct simulation *simulation, const char *user)
{
	const struct stack *stack = simulation->stack;
	const struct vsee_section *section = simulation->subject->section;
	char service[VSEE_SHOWN_SIZE];

	vsee_value_show(stack->service, service);
	(void)printf("%s at %s: ", user, service);
	if (section)
		(void)printf("mode %s, verdict %s\n", vsee_mode_name(section->rules.mode),
			     vsee_verdict_name(simulation->judgement->verdict));
	else
		(void)printf("not covered, pam_unix decides\n");
	if (stack->fallback)
		(void)printf("%s has no file: libpam takes \"other\" for it.\n", service);
	(void)printf(
		"Every module is taken to be installed; \"assumed\" is what we don't know.\n\n");
}

static enum exit_code simulate(const struct context *context, const struct stack *stack,
			       const struct vsee_subject *subject, const struct vsee_shadow *shadow,
			       uid_t uid)
{
	const struct vsee_judgement judgement = vsee_judge(&subject->facts);
	autofree bool *assumed = calloc(stack->count + 1, sizeof(*assumed));
	struct simulation simulation = {
		.subject = subject,
		.judgement = &judgement,
		.stack = stack,
		.aging = shadow->aging,
		.today = context->today,
		.closed = uid != 0 && has_nologin(context),
		.assumed = assumed,
	};
	int r = assumed ? 0 : -ENOMEM;

	if (stack->fault)
		say_warning("%s", stack->fault);
	if (r == 0) {
		print_head(&simulation, shadow->name);
		r = play_all(&simulation);
	}
	if (r == 0)
		return EXIT_GOOD;
	say_error("%s", strerror(-r));
	return EXIT_FILES;
}

/* The account's two lines. EXIT_GOOD or what is said to be wrong. */
static enum exit_code find_user(const struct context *context, const char *user,
				struct vsee_shadow *ret_shadow, uid_t *ret_uid)
{
	struct vsee_passwd passwd;
	const char *file = context->paths.passwd;
	int r = vsee_passwd_find(file, user, &passwd, NULL, NULL);

	if (r == 0) {
		file = context->paths.shadow;
		r = vsee_shadow_find(file, user, ret_shadow, NULL, NULL);
	}
	if (r == 0) {
		*ret_uid = passwd.uid;
		return EXIT_GOOD;
	}
	if (r == -ENOENT) {
		say_error(
			"unknown user: %s has no line in %s; only this host's own accounts can be "
			"simulated",
			user, file);
		return EXIT_UNKNOWN;
	}
	say_error("%s: %s%s", file, strerror(-r), r == -EACCES ? "; run vseectl as root" : "");
	return EXIT_FILES;
}

static enum exit_code load_stack(const struct context *context, const char *service,
				 struct stack *ret_stack)
{
	const int r = stack_load(context->root, service, ret_stack);

	if (r == 0)
		return EXIT_GOOD;
	if (r == -ENOENT || r == -EINVAL) {
		say_error("unknown service: %s (no such file in %s/etc/pam.d, and no \"other\")",
			  service, context->root);
		return EXIT_UNKNOWN;
	}
	say_error("%s/etc/pam.d/%s: %s%s", context->root, service, strerror(-r),
		  r == -EACCES ? "; run vseectl as root" : "");
	return EXIT_FILES;
}

enum exit_code simulate_run(const struct context *context, const char *service, const char *user)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	autostack struct stack stack = {0};
	struct vsee_shadow shadow;
	const char *what = "state";
	enum exit_code code;
	uid_t uid;
	int r;

	code = load_stack(context, service, &stack);
	if (code == EXIT_GOOD)
		code = find_user(context, user, &shadow, &uid);
	if (code != EXIT_GOOD)
		return code;
	explicit_bzero(shadow.hash, sizeof(shadow.hash));
	r = vsee_subject_load(&context->paths, context->owner, user, context->now, &subject, &what);
	if (r == 0)
		return simulate(context, &stack, &subject, &shadow, uid);
	say_error("%s: %s could not be read: %s%s", user, what, strerror(-r), state_remedy(r));
	return EXIT_FILES;
}
