/* A module that answers what its line says, and tells the application that it was called. */
#include <stdlib.h>
#include <string.h>
#include <security/pam_modules.h>

#include "answer.h"

#define EXPORT __attribute__((visibility("default")))

/* argv: the line's tag; the answer; the answer in pam_chauthtok(3)'s second run. */
static int answer(pam_handle_t *pamh, int argc, const char **argv, int place)
{
	const struct pam_conv *conv = NULL;
	const void *item = NULL;

	if (argc != 3 || pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || !item)
		return PAM_SERVICE_ERR;
	conv = item;
	answer_note(conv->appdata_ptr, argv[0]);
	return (int)strtol(argv[place], NULL, 10);
}

EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	return answer(pamh, argc, argv, 1);
}

EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_SUCCESS;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	return answer(pamh, argc, argv, 1);
}

EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return answer(pamh, argc, argv, flags & PAM_PRELIM_CHECK ? 1 : 2);
}

EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	return answer(pamh, argc, argv, 1);
}

EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_SUCCESS;
}
