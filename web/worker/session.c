#include "session.h"

#include <string.h>

#include "base/cleanup.h"

/* The answer's time hides how long it took; a delay more would only hold the connection. */
static void no_delay(int code, unsigned microseconds, void *appdata)
{
	(void)code;
	(void)microseconds;
	(void)appdata;
}

static int set_items(pam_handle_t *pamh, const char *source)
{
	const struct {
		int type;
		const void *value;
	} items[] = {
		{PAM_TTY, "web"}, /* modules want one; no terminal is called so */
		{PAM_RHOST, source},
	};
	/* An item is an object pointer; ISO C has no way from a function to that but this. */
	void (*const delay)(int, unsigned, void *) = no_delay;
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	for (size_t i = 0; i < COUNT(items); i++) {
		const int code = pam_set_item(pamh, items[i].type, items[i].value);

		if (code != PAM_SUCCESS)
			return code;
	}
	return pam_set_item(pamh, PAM_FAIL_DELAY, item);
}

int session_open(const char *service, const char *user, const char *source,
		 struct session *ret_session)
{
	const struct pam_conv conv = {conversation_answer, &ret_session->conversation};
	int code = pam_start(service, user, &conv, &ret_session->pamh);

	ret_session->code = code;
	if (code != PAM_SUCCESS)
		return code;
	code = set_items(ret_session->pamh, source);
	if (code != PAM_SUCCESS)
		session_close(ret_session);
	return code;
}

void session_close(struct session *session)
{
	if (session->pamh)
		(void)pam_end(session->pamh, session->code); /* nothing is left to undo */
	session->pamh = NULL;
}
