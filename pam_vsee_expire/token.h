/* The new password, as libpam hands it over. */
#pragma once

#include <security/pam_modules.h>

/*
 * Ask for the new password twice, or take the one an earlier module asked for (use_authtok on our
 * line). Returns a PAM code; with PAM_SUCCESS ret_token is set and owned by the handle.
 */
int token_take(pam_handle_t *pamh, const char **ret_token);

/* After a refusal: no later module may find it. */
void token_blank(pam_handle_t *pamh);
