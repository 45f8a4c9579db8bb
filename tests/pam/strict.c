/*
 * What pam_unix does since 1.7.2, for hosts that have an older one: a forced change is refused
 * while shadow calls the password fresh. Stands before pam_unix, as requisite.
 */
#include <shadow.h>
#include <time.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#define SECONDS_PER_DAY 86400

static int expired(const struct spwd *shadow, long today)
{
	if (shadow->sp_lstchg == 0)
		return 1;
	if (shadow->sp_lstchg < 0 || shadow->sp_lstchg > today || shadow->sp_max < 0)
		return 0;
	return today - shadow->sp_lstchg >= shadow->sp_max;
}

__attribute__((visibility("default"))) int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc,
							    const char **argv)
{
	const char *user = NULL;
	const struct spwd *shadow;

	(void)argc;
	(void)argv;
	if (!((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK))
		return PAM_IGNORE;
	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS)
		return PAM_SERVICE_ERR;
	shadow = getspnam(user);
	if (!shadow)
		return PAM_AUTHINFO_UNAVAIL;
	if (expired(shadow, (long)(time(NULL) / SECONDS_PER_DAY)))
		return PAM_IGNORE;
	(void)pam_error(pamh, "Your password is not expired.");
	return PAM_AUTHTOK_ERR;
}
