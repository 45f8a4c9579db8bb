/* What lint found: each kind has a stable code, kept between releases; new ones go to the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/config.h"
#include "verb.h"

enum lint_severity { LINT_NOTE, LINT_WARNING, LINT_ERROR };

enum lint_code {
	LINT_ACCOUNT_MISSING, /* L01 */
	LINT_ACCOUNT_UNREACHED,
	LINT_ACCOUNT_BEHIND,
	LINT_ACCOUNT_JUMP,
	LINT_ACCOUNT_DEMAND,
	LINT_ACCOUNT_REFUSAL,
	LINT_ACCOUNT_FAULT,
	LINT_ACCOUNT_ACCESS,
	LINT_ACCOUNT_UNIX,
	LINT_ACCOUNT_REPORT_ONLY, /* L10 */
	LINT_AUTH_MISSING,
	LINT_AUTH_OWN,
	LINT_PASSWORD_MISSING,
	LINT_PASSWORD_REQUIRED,
	LINT_PASSWORD_BEHIND,
	LINT_PASSWORD_TOKEN,
	LINT_PASSWORD_ANEW,
	LINT_PASSWORD_STRENGTH,
	LINT_PASSWORD_TWICE,
	LINT_BIND_MISSING, /* L20 */
	LINT_BIND_UNREACHED,
	LINT_PROFILE_ALONE,
	LINT_OTHER_HISTORY,
	LINT_UNLOCKER,
	LINT_MODULE_MISSING,
	LINT_NO_LINES,
	LINT_STACK_FAULT,
	LINT_CONFIG_ERROR,
	LINT_CONFIG_APPLY,
	LINT_CONFIG_OVERLAP, /* L30 */
	LINT_CONFIG_GROUP,
	LINT_CONFIG_USER,
	LINT_CONFIG_HOST,
	LINT_CONFIG_NOTICE,
	LINT_CONFIG_SHORT,
	LINT_HOST_TRUST,
	LINT_HOST_FILE,
	LINT_HOST_ROOT,
	LINT_HOST_SERVICE,
	LINT_HOST_MAX, /* L40 */
	LINT_HOST_OVERWRITTEN,
	LINT_HOST_TIMER,
	LINT_HOST_SCAN,
	LINT_HOST_TWICE,
	LINT_HOST_EMPTY,
	LINT_HOST_MAIL,
	LINT_PAGE_FILES,
	LINT_PAGE_SOCKET,
	LINT_PAGE_HTTP,
	LINT_PAGE_STRENGTH, /* L50 */
	LINT_PAGE_EXPIRED,
	LINT_CODE_COUNT,
};

struct lint_kind {
	enum lint_severity severity;
	const char *meaning, *why, *remedy;
};

#define LINT_SERVICES_SHOWN 5

struct lint_finding {
	enum lint_code code;
	char *file; /* "": the host as a whole */
	unsigned line;
	char *text, *remedy;
	char *services[LINT_SERVICES_SHOWN]; /* PAM services that it concerns, the first ones */
	size_t service_count;
};

/* All that the checks look at, read once, and what they found. */
struct lint {
	const struct context *context;
	struct vsee_config config;
	int config_result;
	struct vsee_policy published; /* empty: none, or not readable */
	int published_result;
	const struct vsee_policy *policy; /* what logins go by, else the configuration's; or NULL */
	bool on;	     /* published or written: a section whose mode is not off */
	const char *service; /* the PAM service that is being looked at, or NULL */
	struct lint_finding *findings;
	size_t count, last;
	bool no_memory; /* a finding could not be kept: the rest can't be trusted */
};

/* Read configuration and published policy. The caller calls lint_clear() in all cases. */
void lint_load(const struct context *context, struct lint *ret_lint);
void lint_clear(struct lint *lint);
#define autolint CLEANUP(lint_clear)

/*
 * Note a finding; one with the same code, place and text is kept once, with all its services.
 * file: NULL for none; line 0: the file as a whole. lint_remedy() says how to mend the one noted
 * last where the table's remedy is not enough: lines to paste stand on lines of their own.
 */
__attribute__((format(printf, 5, 6))) void lint_add(struct lint *lint, enum lint_code code,
						    const char *file, unsigned line,
						    const char *format, ...);
__attribute__((format(printf, 2, 3))) void lint_remedy(struct lint *lint, const char *format, ...);

/* By severity, then code, place and text. */
void lint_sort(struct lint *lint);

const struct lint_kind *lint_kind_of(enum lint_code code);
const char *lint_severity_name(enum lint_severity severity);
/* The number of a code's name ("L07", case ignored), or LINT_CODE_COUNT. */
enum lint_code lint_code_find(const char *name);
/* Print what a code means, for `vseectl explain`. False: the name is none of ours. */
bool lint_explain(const char *name);
