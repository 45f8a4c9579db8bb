/* pam_vsee_expire: what PAM calls. A guest in somebody else's process; see pam_vsee_expire(8). */
#include <security/pam_modules.h>

#include "account.h"
#include "auth.h"
#include "bind.h"
#include "options.h"
#include "password.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct options options = options_read(pamh, argc, argv);

	return auth_notice(pamh, (unsigned)flags, &options);
}

/* Exists, or libpam logs an error at every login. */
EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct options options = options_read(pamh, argc, argv);

	return options.again ? account_again(pamh) : account_check(pamh, (unsigned)flags, &options);
}

EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct options options = options_read(pamh, argc, argv);

	switch ((unsigned)flags & (PAM_PRELIM_CHECK | PAM_UPDATE_AUTHTOK)) {
	case PAM_PRELIM_CHECK:
		return options.bind ? PAM_IGNORE : password_prelim(pamh, (unsigned)flags, &options);
	case PAM_UPDATE_AUTHTOK:
		return options.bind ? bind_update(pamh, (unsigned)flags, &options)
				    : password_update(pamh, (unsigned)flags, &options);
	default:
		return PAM_SERVICE_ERR;
	}
}
