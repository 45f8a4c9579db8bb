#include "token.h"

#include <stddef.h>

#include <security/pam_ext.h>

int token_take(pam_handle_t *pamh, const char **ret_token)
{
	const char *token = NULL;
	const int code = pam_get_authtok(pamh, PAM_AUTHTOK, &token, NULL);

	switch (code) {
	case PAM_SUCCESS:
		break;
	case PAM_CONV_AGAIN:
		return PAM_INCOMPLETE;
	case PAM_TRY_AGAIN: /* the two did not match; to a caller this would mean another phase */
		return PAM_AUTHTOK_ERR;
	default:
		return code;
	}
	if (!token)
		return PAM_AUTHTOK_ERR;
	*ret_token = token;
	return PAM_SUCCESS;
}

void token_blank(pam_handle_t *pamh)
{
	(void)pam_set_item(pamh, PAM_AUTHTOK, NULL); /* can't fail for NULL */
}
