#include "stack_control.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

/* No action of the table, and none of a line that was read to its end. */
#define UNSET INT_MIN

/* In the order of their numbers: libpam takes the first that fits, whatever stands behind it. */
static const char *const codes[STACK_CODE_COUNT + 1] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
	"default",
};

static const struct {
	const char *name;
	int action;
} actions_by_name[] = {
	{"bad", STACK_ACTION_BAD},	 {"die", STACK_ACTION_DIE}, {"done", STACK_ACTION_DONE},
	{"ignore", STACK_ACTION_IGNORE}, {"ok", STACK_ACTION_OK},   {"reset", STACK_ACTION_RESET},
};

/* pam.conf(5)'s own translation of the four words. */
static const struct {
	const char *name;
	int success, ignore, other; /* success: new_authtok_reqd, too */
} words[] = {
	{"optional", STACK_ACTION_OK, STACK_ACTION_IGNORE, STACK_ACTION_IGNORE},
	{"required", STACK_ACTION_OK, STACK_ACTION_IGNORE, STACK_ACTION_BAD},
	{"requisite", STACK_ACTION_OK, STACK_ACTION_IGNORE, STACK_ACTION_DIE},
	{"sufficient", STACK_ACTION_DONE, STACK_ACTION_IGNORE, STACK_ACTION_IGNORE},
};

const char *stack_code_name(int code)
{
	return code >= 0 && code < STACK_CODE_COUNT ? codes[code] : "an unknown code";
}

void stack_control_fill(int actions[STACK_CODE_COUNT], int action)
{
	for (size_t i = 0; i < STACK_CODE_COUNT; i++)
		actions[i] = action;
}

static void fill_unset(int actions[STACK_CODE_COUNT], int action)
{
	for (size_t i = 0; i < STACK_CODE_COUNT; i++)
		if (actions[i] == UNSET)
			actions[i] = action;
}

static const char *skip_blanks(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* Passes over the name that text begins with. STACK_CODE_COUNT: "default"; above: none. */
static size_t read_code(const char **text)
{
	for (size_t i = 0; i < COUNT(codes); i++) {
		const size_t length = strlen(codes[i]);

		if (strncmp(*text, codes[i], length) != 0)
			continue;
		*text += length;
		return i;
	}
	return COUNT(codes);
}

/* A jump's number saturates: no stack is so long. */
static bool read_jump(const char **text, int *ret_action)
{
	int jump = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		jump = jump > INT_MAX / 10 - 1 ? INT_MAX / 10 : jump * 10 + (**text - '0');
	*ret_action = jump;
	return jump > 0;
}

static bool read_action(const char **text, int *ret_action)
{
	for (size_t i = 0; i < COUNT(actions_by_name); i++) {
		const size_t length = strlen(actions_by_name[i].name);

		if (strncmp(*text, actions_by_name[i].name, length) != 0)
			continue;
		*text += length;
		*ret_action = actions_by_name[i].action;
		return true;
	}
	return read_jump(text, ret_action);
}

/* value=action, one behind the other; "default" is for those not named before it. */
static bool parse_pairs(const char *text, int actions[STACK_CODE_COUNT])
{
	for (text = skip_blanks(text); *text; text = skip_blanks(text)) {
		const size_t code = read_code(&text);
		int action;

		if (code >= COUNT(codes))
			return false;
		text = skip_blanks(text);
		if (*text++ != '=')
			return false;
		text = skip_blanks(text);
		if (!read_action(&text, &action))
			return false;
		if (code < STACK_CODE_COUNT)
			actions[code] = action;
		else
			fill_unset(actions, action);
	}
	return true;
}

bool stack_control_parse(const char *control, int actions[STACK_CODE_COUNT])
{
	stack_control_fill(actions, UNSET);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcasecmp(words[i].name, control) != 0)
			continue;
		stack_control_fill(actions, words[i].other);
		actions[STACK_SUCCESS] = actions[STACK_NEW_AUTHTOK_REQD] = words[i].success;
		actions[STACK_IGNORE] = words[i].ignore;
		return true;
	}
	if (!parse_pairs(control, actions)) {
		stack_control_fill(actions, STACK_ACTION_BAD);
		return false;
	}
	fill_unset(actions, STACK_ACTION_BAD);
	return true;
}
