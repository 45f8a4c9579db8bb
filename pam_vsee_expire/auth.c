#include "auth.h"

#include "base/cleanup.h"
#include "context.h"
#include "handle.h"
#include "store/candidate.h"
#include "talk.h"

int auth_notice(pam_handle_t *pamh, unsigned flags, const struct options *options)
{
	autocontext struct context context;
	autocandidate struct vsee_candidate candidate = {0};
	const void *token = NULL;

	if (context_load(pamh, flags, options, &context) != CONTEXT_OURS)
		return PAM_IGNORE;
	/* One hashing, and only for those whom the account phase is about to stop. */
	if (context.judgement.verdict != VSEE_MUST_CHANGE &&
	    context.judgement.verdict != VSEE_INACTIVE)
		return PAM_IGNORE;
	if (pam_get_item(pamh, PAM_AUTHTOK, &token) != PAM_SUCCESS || !token)
		return PAM_IGNORE;
	candidate.password = token;
	if (vsee_candidate_verify(&candidate, context.subject.shadow.hash) == 1)
		(void)handle_mark(pamh, HANDLE_TYPED, context.user); /* without it: a key login */
	return PAM_IGNORE;
}
