#include "codes.h"

#include <security/pam_modules.h>

#include "base/cleanup.h"

int codes_account(enum vsee_login login)
{
	static const int codes[] = {
		[VSEE_LOGIN_IGNORE] = PAM_IGNORE,
		[VSEE_LOGIN_ALLOW] = PAM_SUCCESS,
		[VSEE_LOGIN_WARN] = PAM_SUCCESS,
		[VSEE_LOGIN_LENIENT] = PAM_SUCCESS,
		[VSEE_LOGIN_REPORT] = PAM_SUCCESS,
		[VSEE_LOGIN_KEY] = PAM_SUCCESS,
		[VSEE_LOGIN_DEMAND] = PAM_NEW_AUTHTOK_REQD,
		[VSEE_LOGIN_DENY] = PAM_AUTHTOK_EXPIRED,
		[VSEE_LOGIN_INACTIVE] = PAM_AUTHTOK_EXPIRED,
		[VSEE_LOGIN_ENDED] = PAM_ACCT_EXPIRED,
		[VSEE_LOGIN_FAULT] = PAM_SERVICE_ERR,
	};

	return (size_t)login < COUNT(codes) ? codes[login] : PAM_SERVICE_ERR;
}
