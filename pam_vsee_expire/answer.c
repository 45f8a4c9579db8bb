#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/page.h"

static bool is_page(pam_handle_t *pamh)
{
	const void *service = NULL;

	return pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS && service &&
	       (strcmp(service, VSEE_PAGE_SERVICE) == 0 ||
		strcmp(service, VSEE_PAGE_LINK_SERVICE) == 0);
}

void answer_clear(pam_handle_t *pamh)
{
	static const char *const names[] = {VSEE_PAGE_ANSWER, VSEE_PAGE_UNTIL};

	if (!is_page(pamh))
		return;
	for (size_t i = 0; i < COUNT(names); i++)
		if (pam_getenv(pamh, names[i])) /* libpam logs an error for one that is not there */
			(void)pam_putenv(pamh, names[i]); /* in place: can't fail */
}

static void put(pam_handle_t *pamh, const char *name, const char *value)
{
	char pair[64];

	(void)snprintf(pair, sizeof(pair), "%s=%s", name, value); /* has room for the longest */
	(void)pam_putenv(pamh, pair); /* no memory: the worker says that it was not accepted */
}

void answer_set(const struct context *context, enum vsee_message message)
{
	const struct vsee_judgement *judgement = &context->judgement;
	char until[24];

	if (!is_page(context->pamh))
		return;
	put(context->pamh, VSEE_PAGE_ANSWER, vsee_message_code(message));
	if (message != VSEE_MESSAGE_TOO_SOON)
		return;
	(void)snprintf(until, sizeof(until), "%" PRId64,
		       (judgement->change.day + context->subject.facts.rules->min_days) *
			       VSEE_SECONDS_PER_DAY);
	put(context->pamh, VSEE_PAGE_UNTIL, until);
}
