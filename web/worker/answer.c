#include "answer.h"

#include <security/pam_appl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/number.h"
#include "policy/message.h"
#include "wire/strength.h"

#define TIME_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY) /* the wire takes no later one */

/*
 * No answer that a sound stack gives to a person, whatever was typed. Not PAM_AUTHINFO_UNAVAIL:
 * pam_unix says so of names that NSS knows and shadow does not, and nobody may learn which exist.
 */
static const int faults[] = {
	PAM_OPEN_ERR, PAM_SYMBOL_ERR, PAM_SERVICE_ERR,	  PAM_SYSTEM_ERR,     PAM_BUF_ERR,
	PAM_ABORT,    PAM_BAD_ITEM,   PAM_NO_MODULE_DATA, PAM_MODULE_UNKNOWN,
};

static bool is_fault(int code)
{
	for (size_t i = 0; i < COUNT(faults); i++)
		if (faults[i] == code)
			return true;
	return false;
}

bool answer_authenticate(int code, enum wire_status denied, enum wire_status *ret_status)
{
	if (code == PAM_SUCCESS)
		return true;
	*ret_status = is_fault(code) ? WIRE_FAULT : denied;
	return false;
}

bool answer_account(int code, enum wire_status denied, enum wire_status *ret_status)
{
	return code == PAM_NEW_AUTHTOK_REQD || answer_authenticate(code, denied, ret_status);
}

/* clang-format off */
static const struct {
	enum vsee_message message;
	enum wire_status status;
	uint32_t criteria;
} messages[] = {
	{VSEE_MESSAGE_CURRENT, WIRE_UNMET, CRITERION_BIT(CRITERION_DIFFERENT)},
	{VSEE_MESSAGE_REUSED, WIRE_UNMET, CRITERION_BIT(CRITERION_REMEMBERED)},
	{VSEE_MESSAGE_EMPTY, WIRE_UNMET, CRITERION_BIT(CRITERION_LENGTH)},
	{VSEE_MESSAGE_TOO_LONG, WIRE_UNMET, CRITERION_BIT(CRITERION_LONG)},
	{VSEE_MESSAGE_TOO_SOON, WIRE_TOO_SOON, 0},
	{VSEE_MESSAGE_BUSY, WIRE_BUSY, 0},
	{VSEE_MESSAGE_FAULT, WIRE_FAULT, 0},
};
/* clang-format on */

static bool answer_message(const char *code, struct wire_reply *reply)
{
	const enum vsee_message message = vsee_message_find(code);

	for (size_t i = 0; i < COUNT(messages); i++) {
		if (messages[i].message != message)
			continue;
		reply->status = messages[i].status;
		reply->criteria = messages[i].criteria;
		return true;
	}
	return false;
}

static enum wire_status answer_code(int code, const char *text)
{
	/* The current password was right a moment ago: another change came in between. */
	if (code == PAM_AUTHTOK_LOCK_BUSY || code == PAM_TRY_AGAIN || code == PAM_AUTH_ERR)
		return WIRE_BUSY;
	/* A module that refuses a password says why. pam_unix that can't write says nothing. */
	return is_fault(code) || !text[0] ? WIRE_FAULT : WIRE_REFUSED;
}

struct wire_reply answer_refusal(const struct answer_refusal *refusal)
{
	struct wire_reply reply = {0};
	const char *until = refusal->until;

	if (!refusal->message || !answer_message(refusal->message, &reply))
		reply.status = answer_code(refusal->code, refusal->text);
	if (reply.status == WIRE_TOO_SOON && until)
		(void)vsee_number_parse(until, strlen(until), 0, TIME_MAX, &reply.until);
	if (reply.status == WIRE_REFUSED)
		strcpy(reply.text, refusal->text); /* cleaned, so of the same size */
	return reply;
}

enum wire_status answer_trace(int code, enum answer_trace trace)
{
	switch (trace) {
	case ANSWER_OURS:
		return WIRE_CHANGED;
	case ANSWER_SAME:
		return code == PAM_SUCCESS ? WIRE_FAULT : WIRE_REFUSED;
	case ANSWER_FOREIGN:
		/* pam_unix looked once more, under its lock, and no longer found the old one. */
		return code == PAM_AUTH_ERR ? WIRE_BUSY : WIRE_UNCERTAIN;
	case ANSWER_UNKNOWN:
		break;
	}
	return WIRE_UNCERTAIN;
}
