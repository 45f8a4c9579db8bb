/* What is installed below a root: the module, the profiles, the page, the timer. */
#pragma once

#include <stdbool.h>

bool lint_has_module(const char *root);

enum lint_profiles { LINT_PROFILES_NONE, LINT_PROFILES_ONE, LINT_PROFILES_BOTH };
/* Which of our profiles pam-auth-update has written into the common files. */
enum lint_profiles lint_profiles(const char *root);

/* Whether pam-auth-update knows our profiles. */
bool lint_has_profiles(const char *root);

/* Whether the programs of the page are installed; its PAM file for that service; its socket. */
bool lint_has_page(const char *root);
bool lint_has_pam_file(const char *root, const char *service);
bool lint_has_page_socket(const char *root);

/* Whether systemd's timer is enabled, or cron runs reminderd. */
bool lint_has_timer(const char *root);

/* Whether either of them sends mail, too: of cron's lines the one without a verb, or with "send".
 */
bool lint_has_sender(const char *root);
