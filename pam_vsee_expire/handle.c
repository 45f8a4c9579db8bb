#include "handle.h"

#include <stdlib.h>
#include <string.h>

static const char *const mark_names[] = {
	[HANDLE_TYPED] = "vsee_expire_typed",
	[HANDLE_DEMAND] = "vsee_expire_demand",
	[HANDLE_SAID] = "vsee_expire_said",
};

#define ATTEMPT "vsee_expire_attempt"

static void free_mark(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

int handle_mark(pam_handle_t *pamh, enum handle_mark mark, const char *user)
{
	char *copy = strdup(user);
	int code;

	if (!copy)
		return PAM_BUF_ERR;
	code = pam_set_data(pamh, mark_names[mark], copy, free_mark);
	if (code != PAM_SUCCESS)
		free(copy);
	return code;
}

void handle_unmark(pam_handle_t *pamh, enum handle_mark mark)
{
	const void *data = NULL;

	if (pam_get_data(pamh, mark_names[mark], &data) == PAM_SUCCESS && data)
		(void)pam_set_data(pamh, mark_names[mark], NULL, NULL); /* in place: can't fail */
}

bool handle_marked(pam_handle_t *pamh, enum handle_mark mark, const char *user)
{
	const void *data = NULL;

	return pam_get_data(pamh, mark_names[mark], &data) == PAM_SUCCESS && data &&
	       strcmp(data, user) == 0;
}

static void free_attempt(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	if (data)
		explicit_bzero(data, sizeof(struct attempt));
	free(data);
}

int handle_keep_attempt(pam_handle_t *pamh, const struct attempt *attempt)
{
	struct attempt *copy = NULL;
	int code;

	if (attempt) {
		copy = malloc(sizeof(*copy));
		if (!copy)
			return PAM_BUF_ERR;
		*copy = *attempt;
	}
	code = pam_set_data(pamh, ATTEMPT, copy, free_attempt);
	if (code != PAM_SUCCESS)
		free_attempt(pamh, copy, code);
	return code;
}

const struct attempt *handle_attempt(pam_handle_t *pamh, const char *user)
{
	const void *data = NULL;

	if (pam_get_data(pamh, ATTEMPT, &data) != PAM_SUCCESS || !data)
		return NULL;
	return strcmp(((const struct attempt *)data)->user, user) == 0 ? data : NULL;
}

bool handle_unix_verified(pam_handle_t *pamh)
{
	const void *data = NULL;

	return pam_get_data(pamh, "unix_setcred_return", &data) == PAM_SUCCESS && data &&
	       *(const int *)data == PAM_SUCCESS;
}
