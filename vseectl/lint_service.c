/* The host's PAM services, one by one, and what holds for all of them together. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/writer.h"
#include "lint_checks.h"
#include "lint_install.h"
#include "lint_stack.h"
#include "say.h"

#define PAM_FOLDER "/etc/pam.d"
#define UNLOCKER_WORDS_SIZE 4096

/* They ask for the password of somebody who is logged in: refused, a person loses what is open. */
static const char *const unlockers[] = {
	"cinnamon-screensaver", "gdm-password", "gnome-screensaver", "i3lock",	 "kde",
	"kscreenlocker",	"light-locker", "mate-screensaver",  "swaylock", "vlock",
	"xfce4-screensaver",	"xscreensaver", "xsecurelock",
};

struct services {
	char **names;
	struct stack *stacks;
	size_t count;
};

static void services_clear(struct services *services)
{
	for (size_t i = 0; services->stacks && i < services->count; i++)
		stack_clear(&services->stacks[i]);
	free(services->stacks);
	stack_services_free(services->names, services->count);
}

/* "FILE:LINE: text" is taken apart, so that it counts once however many services include it. */
static void report_fault(struct lint *lint, const struct stack *stack)
{
	const char *text = stack->fault ? strstr(stack->fault, ": ") : NULL, *colon = text;
	autofree char *file = NULL;
	int64_t line;

	if (!stack->fault)
		return;
	while (colon && colon > stack->fault && *(colon - 1) != ':')
		colon--;
	if (!colon || colon == stack->fault ||
	    vsee_number_parse(colon, (size_t)(text - colon), 0, UINT_MAX, &line) < 0) {
		lint_add(lint, LINT_STACK_FAULT, PAM_FOLDER, 0, "%s", stack->fault);
		return;
	}
	file = strndup(stack->fault, (size_t)(colon - 1 - stack->fault));
	if (file)
		lint_add(lint, LINT_STACK_FAULT, file, (unsigned)line, "%s", text + 2);
	lint->no_memory |= !file;
}

static int load_all(struct lint *lint, struct services *services)
{
	int r = stack_services(lint->context->root, &services->names, &services->count);

	if (r < 0) {
		services->count = 0;
		if (r == -ENOMEM)
			return r;
		if (lint->on)
			lint_add(lint, LINT_STACK_FAULT, PAM_FOLDER, 0, "it can't be read: %s",
				 strerror(-r));
		return 0;
	}
	services->stacks = calloc(services->count + 1, sizeof(*services->stacks));
	if (!services->stacks)
		return -ENOMEM;
	for (size_t i = 0; i < services->count; i++) {
		lint->service = services->names[i];
		r = stack_load(lint->context->root, services->names[i], &services->stacks[i]);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			lint_add(lint, LINT_STACK_FAULT, PAM_FOLDER, 0, "%s can't be read: %s",
				 services->names[i], strerror(-r));
	}
	lint->service = NULL;
	return 0;
}

static bool is_ours(const struct stack_line *line)
{
	const enum lint_role role = lint_role_of(line);

	return role != LINT_ROLE_UNIX && role != LINT_ROLE_OTHER;
}

static const struct stack_line *any_line(const struct services *services)
{
	for (size_t i = 0; i < services->count; i++)
		for (size_t j = 0; j < services->stacks[i].count; j++)
			if (is_ours(&services->stacks[i].lines[j]))
				return &services->stacks[i].lines[j];
	return NULL;
}

static bool denies(const struct vsee_policy *policy)
{
	for (size_t i = 0; policy && i < policy->section_count; i++)
		if (policy->sections[i].rules.expired == VSEE_EXPIRED_DENY &&
		    policy->sections[i].rules.mode != VSEE_MODE_OFF)
			return true;
	return false;
}

static void check_unlocker(struct lint *lint, const struct stack *stack)
{
	const struct stack_line *ours = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_OURS);
	char words[UNLOCKER_WORDS_SIZE] = "";
	struct vsee_writer writer = {.text = words, .size = sizeof(words)};
	bool known = false;

	for (size_t i = 0; i < COUNT(unlockers); i++)
		known |= strcmp(unlockers[i], lint->service) == 0;
	if (!known || !ours || !denies(lint->policy) ||
	    vsee_policy_reports_only(lint->policy, lint->service))
		return;
	lint_add(lint, LINT_UNLOCKER, ours->file, ours->number,
		 "%s unlocks screens and calls our account line", lint->service);
	for (size_t i = 0; i < lint->policy->report_only_count; i++)
		vsee_writer_add(&writer, "%s ", lint->policy->report_only[i]);
	lint_remedy(lint,
		    "In [policy] write the following, which lets expired people in there, then run "
		    "vseectl apply:\nreport_only = %s%s",
		    words, lint->service);
}

/* Whether a phase of the service's own fails because our module is missing. */
static bool refuses_without(struct lint *lint, const struct stack *stack, enum stack_type type)
{
	static const struct lint_script missing = {STACK_MODULE_UNKNOWN, STACK_MODULE_UNKNOWN,
						   STACK_SUCCESS};

	return !stack->broken && !stack->other[type] && lint_line(stack, type, LINT_ROLE_OURS) &&
	       lint_result(lint, stack, type, &missing) != STACK_SUCCESS;
}

/* What a module that is missing does to each service: counted, and told in one finding. */
static void report_missing_module(struct lint *lint, const struct services *services,
				  const struct stack_line *line)
{
	size_t logins = 0, changes = 0;

	for (size_t i = 0; i < services->count; i++) {
		const struct stack *stack = &services->stacks[i];

		if (refuses_without(lint, stack, STACK_AUTH) ||
		    refuses_without(lint, stack, STACK_ACCOUNT))
			logins++;
		if (refuses_without(lint, stack, STACK_PASSWORD))
			changes++;
	}
	lint_add(lint, LINT_MODULE_MISSING, line->file, line->number,
		 "%s is in no folder for PAM modules; so many services refuse logins for it: %zu, "
		 "and changes of passwords: %zu",
		 line->module, logins, changes);
}

static void check_host(struct lint *lint, const struct services *services)
{
	const struct stack_line *line = any_line(services);

	if (line && !lint_has_module(lint->context->root))
		report_missing_module(lint, services, line);
	if (!line && lint->on && services->stacks) {
		lint_add(lint, LINT_NO_LINES, PAM_FOLDER, 0,
			 "no service calls pam_vsee_expire.so, and a section's mode is above off");
		if (lint_has_profiles(lint->context->root))
			lint_remedy(lint, "pam-auth-update --enable vsee-expire vsee-expire-bind");
	}
	if (line && lint_profiles(lint->context->root) == LINT_PROFILES_ONE)
		lint_add(
			lint, LINT_PROFILE_ALONE, "/var/lib/pam", 0,
			"pam-auth-update has only one of vsee-expire and vsee-expire-bind enabled");
}

static void check_service(struct lint *lint, const struct stack *stack)
{
	report_fault(lint, stack);
	if (stack->broken)
		return; /* every phase fails, whatever its lines */
	lint_check_account(lint, stack);
	if (lint_is_page(stack->service))
		lint_check_page_stack(lint, stack);
	else
		lint_check_auth(lint, stack);
	lint_check_password(lint, stack);
	check_unlocker(lint, stack);
}

/* One of the page's two has the lines of both: they come from one package. */
static void check_strength(struct lint *lint, const struct services *services,
			   const struct stack *stack)
{
	if (lint_is_page(stack->service) || !lint_has_page(lint->context->root))
		return;
	for (size_t i = 0; i < services->count; i++)
		if (lint_is_page(services->names[i]))
			lint_check_strength(lint, stack, &services->stacks[i]);
}

static bool is_named(const char *service, char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], service) == 0)
			return true;
	return count == 0;
}

static bool all_known(const struct services *services, char **names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (services->count > 0 && is_named(names[i], services->names, services->count))
			continue;
		say_error("unknown service: %s has no file in " PAM_FOLDER " or /usr/lib/pam.d",
			  names[i]);
		return false;
	}
	return true;
}

enum exit_code lint_check_services(struct lint *lint, char **names, size_t count)
{
	CLEANUP(services_clear) struct services services = {0};

	if (load_all(lint, &services) < 0)
		return EXIT_FILES;
	if (!all_known(&services, names, count))
		return EXIT_UNKNOWN;
	check_host(lint, &services);
	for (size_t i = 0; any_line(&services) && i < services.count; i++) {
		lint->service = services.names[i];
		if (!is_named(lint->service, names, count))
			continue;
		check_service(lint, &services.stacks[i]);
		check_strength(lint, &services, &services.stacks[i]);
	}
	lint->service = NULL;
	return EXIT_GOOD;
}
