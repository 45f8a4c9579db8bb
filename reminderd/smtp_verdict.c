#include "smtp_verdict.h"

#include <stddef.h>

#include "base/cleanup.h"

enum smtp_step smtp_next(enum smtp_step step, int code)
{
	if (step == SMTP_MAIL && code / 100 == 2)
		return SMTP_RCPT;
	if (step == SMTP_RCPT && code / 100 == 2)
		return SMTP_DATA;
	if (step == SMTP_DATA && code == 354)
		return SMTP_BODY;
	return SMTP_JUDGED;
}

/*
 * About us, not about this mail, whatever the step: the server closes (RFC 5321), and AUTH or TLS
 * is missing or wrong (RFC 3207, RFC 4954).
 */
static bool about_us(int code)
{
	static const int codes[] = {421, 432, 454, 523, 530, 534, 535, 538};

	for (size_t i = 0; i < COUNT(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

enum outcome smtp_outcome(enum smtp_step step, int code)
{
	const bool text_sent = step == SMTP_BODY || step == SMTP_DOT;

	if (text_sent && code / 100 == 2)
		return OUTCOME_TAKEN;
	if (about_us(code))
		return OUTCOME_UNREACHABLE;
	if (code / 100 == 4)
		return OUTCOME_DEFERRED;
	/* A refused sender is refused for everybody: nobody is to lose a reminder by that. */
	if (code / 100 == 5)
		return step == SMTP_MAIL ? OUTCOME_UNREACHABLE : OUTCOME_REFUSED;
	return step == SMTP_DOT ? OUTCOME_UNKNOWN : OUTCOME_UNREACHABLE; /* no sense in it */
}

const char *smtp_step_name(enum smtp_step step)
{
	static const char *const names[] = {
		[SMTP_CONNECT] = "the greeting, STARTTLS or AUTH",
		[SMTP_MAIL] = "MAIL",
		[SMTP_RCPT] = "RCPT",
		[SMTP_DATA] = "DATA",
		[SMTP_BODY] = "the text",
		[SMTP_DOT] = "the final dot",
		[SMTP_JUDGED] = "QUIT",
	};

	return names[step];
}
