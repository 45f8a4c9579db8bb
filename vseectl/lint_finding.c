#include "lint_finding.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"

static bool any_mode(const struct vsee_policy *policy)
{
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].rules.mode != VSEE_MODE_OFF)
			return true;
	return false;
}

void lint_load(const struct context *context, struct lint *ret_lint)
{
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	struct lint *lint = ret_lint;

	*lint = (struct lint){.context = context, .published_result = state_fd};
	lint->config_result = vsee_config_read(&context->paths, context->owner, &lint->config);
	if (state_fd >= 0)
		lint->published_result =
			vsee_policy_load(state_fd, context->owner, &lint->published);
	if (lint->published_result == 0)
		lint->policy = &lint->published;
	else if (lint->config_result == 0)
		lint->policy = &lint->config.policy;
	lint->on = any_mode(&lint->published) || any_mode(&lint->config.policy);
}

static void finding_clear(struct lint_finding *finding)
{
	free(finding->file);
	free(finding->text);
	free(finding->remedy);
	for (size_t i = 0; i < LINT_SERVICES_SHOWN; i++)
		free(finding->services[i]);
}

void lint_clear(struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++)
		finding_clear(&lint->findings[i]);
	free(lint->findings);
	vsee_config_clear(&lint->config);
	vsee_policy_clear(&lint->published);
	*lint = (struct lint){0};
}

static struct lint_finding *find_same(struct lint *lint, const struct lint_finding *wanted)
{
	for (size_t i = 0; i < lint->count; i++) {
		struct lint_finding *finding = &lint->findings[i];

		if (finding->code == wanted->code && finding->line == wanted->line &&
		    strcmp(finding->file, wanted->file) == 0 &&
		    strcmp(finding->text, wanted->text) == 0)
			return finding;
	}
	return NULL;
}

/* Takes over finding's strings. NULL: no memory. */
static struct lint_finding *keep_finding(struct lint *lint, struct lint_finding *finding)
{
	struct lint_finding *grown, *same = find_same(lint, finding);

	if (same) {
		finding_clear(finding);
		return same;
	}
	grown = reallocarray(lint->findings, lint->count + 1, sizeof(*grown));
	if (!grown) {
		finding_clear(finding);
		return NULL;
	}
	lint->findings = grown;
	grown[lint->count] = *finding;
	return &grown[lint->count++];
}

static void add_service(struct lint *lint, struct lint_finding *finding)
{
	const size_t last = finding->service_count - 1;

	if (!lint->service)
		return;
	if (finding->service_count > 0 && last < LINT_SERVICES_SHOWN &&
	    strcmp(finding->services[last], lint->service) == 0)
		return;
	if (finding->service_count < LINT_SERVICES_SHOWN) {
		finding->services[finding->service_count] = strdup(lint->service);
		if (!finding->services[finding->service_count]) {
			lint->no_memory = true;
			return;
		}
	}
	finding->service_count++;
}

void lint_add(struct lint *lint, enum lint_code code, const char *file, unsigned line,
	      const char *format, ...)
{
	struct lint_finding finding = {.code = code, .line = line}, *kept;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&finding.text, format, arguments);
	va_end(arguments);
	finding.file = strdup(file ? file : "");
	finding.remedy = strdup(lint_kind_of(code)->remedy);
	if (length < 0 || !finding.file || !finding.remedy) {
		if (length < 0)
			finding.text = NULL; /* vasprintf(3) leaves it undefined */
		finding_clear(&finding);
		lint->no_memory = true;
		return;
	}
	kept = keep_finding(lint, &finding);
	if (!kept) {
		lint->no_memory = true;
		return;
	}
	lint->last = (size_t)(kept - lint->findings);
	add_service(lint, kept);
}

void lint_remedy(struct lint *lint, const char *format, ...)
{
	va_list arguments;
	char *remedy;
	int length;

	if (lint->no_memory)
		return;
	va_start(arguments, format);
	length = vasprintf(&remedy, format, arguments);
	va_end(arguments);
	if (length < 0) {
		lint->no_memory = true;
		return;
	}
	free(lint->findings[lint->last].remedy);
	lint->findings[lint->last].remedy = remedy;
}

static int compare(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	const enum lint_severity of_x = lint_kind_of(x->code)->severity;
	const enum lint_severity of_y = lint_kind_of(y->code)->severity;

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	if (strcmp(x->file, y->file) != 0)
		return strcmp(x->file, y->file);
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

void lint_sort(struct lint *lint)
{
	if (lint->count > 0)
		qsort(lint->findings, lint->count, sizeof(lint->findings[0]), compare);
}

const char *lint_severity_name(enum lint_severity severity)
{
	static const char *const names[] = {
		[LINT_NOTE] = "note",
		[LINT_WARNING] = "warning",
		[LINT_ERROR] = "error",
	};

	return names[severity];
}

enum lint_code lint_code_find(const char *name)
{
	int64_t number;

	if (tolower((unsigned char)name[0]) != 'l' || strlen(name) != 3 ||
	    vsee_number_parse(name + 1, 2, 1, LINT_CODE_COUNT, &number) < 0)
		return LINT_CODE_COUNT;
	return (enum lint_code)(number - 1);
}

bool lint_explain(const char *name)
{
	const enum lint_code code = lint_code_find(name);

	if (code == LINT_CODE_COUNT)
		return false;

	const struct lint_kind *kind = lint_kind_of(code);

	(void)printf("L%02d\n  found by: vseectl lint (%s)\n  meaning:  %s\n  why:      %s\n"
		     "  remedy:   %s\n",
		     (int)code + 1, lint_severity_name(kind->severity), kind->meaning, kind->why,
		     kind->remedy);
	return true;
}
