/* The password page: what it needs on this host, and whether it asks what logins ask. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "lint_checks.h"
#include "lint_install.h"
#include "lint_stack.h"
#include "policy/page.h"

#define PWQUALITY "pam_pwquality.so"
#define OPTIONS_SIZE 1024

static const char *const services[] = {VSEE_PAGE_SERVICE, VSEE_PAGE_LINK_SERVICE};

/* What pam_pwquality(8) takes from its line of what pwquality.conf(5) can say. */
static const char *const strengths[] = {
	"badwords=",   "dcredit=", "dictcheck=",      "dictpath=",  "difok=",	    "enforcing=",
	"gecoscheck=", "lcredit=", "maxclassrepeat=", "maxrepeat=", "maxsequence=", "minclass=",
	"minlen=",     "ocredit=", "ucredit=",	      "usercheck=", "usersubstr=",
};

bool lint_is_page(const char *service)
{
	for (size_t i = 0; i < COUNT(services); i++)
		if (strcmp(services[i], service) == 0)
			return true;
	return false;
}

static void check_files(struct lint *lint)
{
	char path[64];

	for (size_t i = 0; i < COUNT(services); i++) {
		if (lint_has_pam_file(lint->context->root, services[i]))
			continue;
		(void)snprintf(path, sizeof(path), "/etc/pam.d/%s", services[i]);
		lint_add(lint, LINT_PAGE_FILES, path, 0,
			 "it is missing, and base_url is set and vsee-resetd installed");
	}
}

void lint_check_page(struct lint *lint)
{
	const struct vsee_source *source = lint_source_of(lint, "web", "base_url");
	const char *url = lint->config.policy.base_url;

	if (lint->config_result < 0 || !url[0])
		return;
	if (strncmp(url, "https://", strlen("https://")) != 0)
		lint_add(lint, LINT_PAGE_HTTP, source->file, source->line,
			 "base_url is %s, not an https:// address", url);
	if (!lint->on || !lint_has_page(lint->context->root))
		return; /* nobody is sent there; or it is somebody else's page */
	check_files(lint);
	if (lint_names_this_host(lint, url) && !lint_has_page_socket(lint->context->root))
		lint_add(lint, LINT_PAGE_SOCKET, "/etc/systemd/system/sockets.target.wants", 0,
			 "base_url leads to this host, and vsee-web.socket is not enabled");
}

void lint_check_page_stack(struct lint *lint, const struct stack *stack)
{
	const struct stack_line *ours = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_OURS);

	if (!ours || stack_line_calls(ours, ours->module, "expired=change"))
		return;
	lint_add(lint, LINT_PAGE_EXPIRED, ours->file, ours->number,
		 "our account line has no expired=change");
	lint_remedy(lint, "Line %u of %s becomes:\naccount %s %s%s%s expired=change", ours->number,
		    ours->file, ours->control, ours->module, ours->arguments[0] ? " " : "",
		    ours->arguments);
}

static const struct stack_line *pwquality_line(const struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->lines[i].type == STACK_PASSWORD &&
		    stack_line_calls(&stack->lines[i], PWQUALITY, NULL))
			return &stack->lines[i];
	return NULL;
}

/* "minlen=12 ucredit=-1": the line's options about strength, in the order of the table. */
static void read_options(const struct stack_line *line, char ret_options[OPTIONS_SIZE])
{
	struct vsee_writer writer = {.text = ret_options, .size = OPTIONS_SIZE};

	ret_options[0] = '\0';
	for (size_t i = 0; line && i < COUNT(strengths); i++) {
		for (const char *at = line->arguments; *at; at += strspn(at, " \t")) {
			const size_t size = strcspn(at, " \t");

			if (strncmp(at, strengths[i], strlen(strengths[i])) == 0)
				vsee_writer_add(&writer, "%s%.*s", writer.length > 0 ? " " : "",
						(int)size, at);
			at += size;
		}
	}
}

void lint_check_strength(struct lint *lint, const struct stack *stack, const struct stack *page)
{
	const struct stack_line *ours = lint_line(stack, STACK_PASSWORD, LINT_ROLE_OURS);
	const struct stack_line *line = pwquality_line(stack), *other = pwquality_line(page);
	char asked[OPTIONS_SIZE], shown[OPTIONS_SIZE];

	if (!ours || stack->other[STACK_PASSWORD] || (!line && !other))
		return;
	if (!line) {
		lint_add(lint, LINT_PAGE_STRENGTH, ours->file, ours->number,
			 "no " PWQUALITY " stands before it, as one does in %s:%u", other->file,
			 other->number);
		lint_remedy(lint, "pam-auth-update --enable pwquality");
		return;
	}
	if (!other) {
		lint_add(lint, LINT_PAGE_STRENGTH, line->file, line->number,
			 PWQUALITY " stands here, and not among the lines of %s", page->service);
		lint_remedy(lint, "Write the password lines of %s as vsee-resetd(8) shows them.",
			    page->service);
		return;
	}
	read_options(line, asked);
	read_options(other, shown);
	if (strcmp(asked, shown) != 0)
		lint_add(lint, LINT_PAGE_STRENGTH, line->file, line->number,
			 "the options here are: %s; those of %s:%u: %s", asked[0] ? asked : "none",
			 other->file, other->number, shown[0] ? shown : "none");
}
