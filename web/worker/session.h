/* A PAM handle of the page's services. */
#pragma once

#include <security/pam_appl.h>

#include "conversation.h"

/* It must not move while it is open: PAM keeps a pointer to conversation. */
struct session {
	pam_handle_t *pamh; /* NULL: closed */
	struct conversation conversation;
	int code; /* of the last call */
};

/* PAM_SUCCESS, or a PAM code: then it is closed. source: PAM_RHOST. */
int session_open(const char *service, const char *user, const char *source,
		 struct session *ret_session);
void session_close(struct session *session);
#define autosession CLEANUP(session_close)
