/* The checks that lint.c runs, a topic each. */
#pragma once

#include "lint_finding.h"

/*
 * All PAM services below the root, or the count named ones. EXIT_GOOD; EXIT_UNKNOWN: a named one
 * has no file, said on standard error; EXIT_FILES: out of memory.
 */
enum exit_code lint_check_services(struct lint *lint, char **names, size_t count);

void lint_check_config(struct lint *lint);   /* what is written, and whether it is in force */
void lint_check_page(struct lint *lint);     /* the page that base_url leads to, if it is here */
void lint_check_members(struct lint *lint);  /* groups and users that the policy mentions */
void lint_check_trust(struct lint *lint);    /* owners and modes of our own files */
void lint_check_accounts(struct lint *lint); /* passwd, shadow and login.defs */
void lint_check_states(struct lint *lint);   /* our state of the accounts */
void lint_check_scan(struct lint *lint);     /* who runs it, and when it ran last */

/* Where a key of a section is written; line 0: nowhere, the default counts. */
const struct vsee_source *lint_source_of(const struct lint *lint, const char *section,
					 const char *key);
/* Whether a URL leads to this host, by %H or one of its names. */
bool lint_names_this_host(const struct lint *lint, const char *url);
