/* From a verdict to what the account phase does: every rule, and that nothing else ever refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <security/pam_modules.h>

#include "base/cleanup.h"
#include "codes.h"

enum { REPORTS = 1, TYPED = 2, READY = 4, POSSIBLE = 8, ASKED = 16 };

#define CAN (READY | POSSIBLE)
#define MUST VSEE_MUST_CHANGE
#define NOT VSEE_NOT_ENFORCEABLE
#define ON VSEE_MODE_ENFORCE
#define CHANGE VSEE_EXPIRED_CHANGE
#define DENY VSEE_EXPIRED_DENY
#define WARN VSEE_KEY_LOGIN_WARN

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct row {
	const char *name;
	enum vsee_mode mode;
	enum vsee_verdict verdict;
	enum vsee_lenient lenient;
	enum vsee_expired expired;
	enum vsee_key_login key_login;
	unsigned facts;
	enum vsee_login action;
} rows[] = {
	{"off", VSEE_MODE_OFF, MUST, 0, DENY, WARN, CAN | TYPED, VSEE_LOGIN_IGNORE},
	{"watch", VSEE_MODE_WATCH, MUST, 0, DENY, WARN, CAN | TYPED, VSEE_LOGIN_IGNORE},
	{"watch, ended", VSEE_MODE_WATCH, VSEE_ACCOUNT_EXPIRED, 0, CHANGE, WARN, 0,
	 VSEE_LOGIN_IGNORE},
	{"not covered", ON, VSEE_NOT_COVERED, 0, CHANGE, WARN, 0, VSEE_LOGIN_IGNORE},
	{"ended", ON, VSEE_ACCOUNT_EXPIRED, 0, CHANGE, WARN, REPORTS, VSEE_LOGIN_ENDED},
	{"inactive", ON, VSEE_INACTIVE, 0, CHANGE, WARN, REPORTS, VSEE_LOGIN_INACTIVE},
	{"no password", ON, VSEE_NO_PASSWORD, 0, DENY, WARN, 0, VSEE_LOGIN_ALLOW},
	{"valid", ON, VSEE_VALID, 0, DENY, WARN, TYPED, VSEE_LOGIN_ALLOW},
	{"warn", ON, VSEE_WARN, 0, DENY, WARN, 0, VSEE_LOGIN_WARN},
	{"not enrolled", ON, NOT, VSEE_LENIENT_NOT_ENROLLED, DENY, WARN, CAN, VSEE_LOGIN_ALLOW},
	{"remind", VSEE_MODE_REMIND, NOT, VSEE_LENIENT_MODE, DENY, WARN, CAN, VSEE_LOGIN_LENIENT},
	{"untold", ON, NOT, VSEE_LENIENT_UNTOLD, DENY, WARN, CAN | TYPED, VSEE_LOGIN_LENIENT},
	{"scan too old", ON, NOT, VSEE_LENIENT_SCAN_OLD, DENY, WARN, CAN | TYPED,
	 VSEE_LOGIN_LENIENT},
	{"reporting service comes first", ON, MUST, 0, DENY, VSEE_KEY_LOGIN_ENFORCE,
	 CAN | TYPED | REPORTS, VSEE_LOGIN_REPORT},
	{"key login warns", ON, MUST, 0, DENY, WARN, CAN, VSEE_LOGIN_KEY},
	{"key login ignored", ON, MUST, 0, DENY, VSEE_KEY_LOGIN_IGNORE, CAN, VSEE_LOGIN_ALLOW},
	{"key login enforced", ON, MUST, 0, CHANGE, VSEE_KEY_LOGIN_ENFORCE, CAN, VSEE_LOGIN_DEMAND},
	{"key login enforced, deny", ON, MUST, 0, DENY, VSEE_KEY_LOGIN_ENFORCE, CAN,
	 VSEE_LOGIN_DENY},
	{"demand", ON, MUST, 0, CHANGE, WARN, CAN | TYPED, VSEE_LOGIN_DEMAND},
	{"shadow disagrees", ON, MUST, 0, CHANGE, WARN, READY | TYPED, VSEE_LOGIN_LENIENT},
	{"we are not ready", ON, MUST, 0, CHANGE, WARN, POSSIBLE | TYPED, VSEE_LOGIN_LENIENT},
	{"deny needs neither", ON, MUST, 0, DENY, WARN, TYPED, VSEE_LOGIN_DENY},
	{"remind never denies", VSEE_MODE_REMIND, MUST, 0, DENY, WARN, CAN | TYPED,
	 VSEE_LOGIN_DEMAND},
	{"no verdict at all", ON, (enum vsee_verdict)99, 0, CHANGE, WARN, CAN, VSEE_LOGIN_FAULT},
};
/* clang-format on */

static struct vsee_judgement judgement_of(const struct row *row)
{
	return (struct vsee_judgement){
		.verdict = row->verdict,
		.lenient = row->lenient,
		.possible = row->facts & POSSIBLE,
	};
}

static enum vsee_login decide(const struct row *row)
{
	const struct vsee_judgement judgement = judgement_of(row);
	const struct vsee_login_case facts = {
		.mode = row->mode,
		.judgement = &judgement,
		.expired = row->expired,
		.key_login = row->key_login,
		.reports_only = row->facts & REPORTS,
		.typed = row->facts & TYPED,
		.ready = row->facts & READY,
	};

	return vsee_login_decide(&facts);
}

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(decide(row), row->action);
}

/* Every combination: who is neither expired, inactive nor ended is never refused. */
static void only_the_expired_are_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4 * 8 * 5 * 2 * 3 * 16; i++) {
		const struct row row = {
			.mode = (enum vsee_mode)(i % 4),
			.verdict = (enum vsee_verdict)(i / 4 % 8),
			.lenient = (enum vsee_lenient)(i / 32 % 5),
			.expired = (enum vsee_expired)(i / 160 % 2),
			.key_login = (enum vsee_key_login)(i / 320 % 3),
			.facts = i / 960 % 16,
		};
		const int code = codes_account(decide(&row));
		const bool passes = code == PAM_SUCCESS || code == PAM_IGNORE;

		if (row.verdict != VSEE_MUST_CHANGE && row.verdict != VSEE_INACTIVE &&
		    row.verdict != VSEE_ACCOUNT_EXPIRED)
			assert_true(passes);
		if (row.mode < VSEE_MODE_REMIND)
			assert_int_equal(code, PAM_IGNORE);
		if (code == PAM_NEW_AUTHTOK_REQD) /* what is demanded can be carried out */
			assert_int_equal(row.facts & CAN, CAN);
	}
}

static void codes_of_actions(void **state)
{
	static const int codes[] = {
		[VSEE_LOGIN_IGNORE] = PAM_IGNORE,
		[VSEE_LOGIN_ALLOW] = PAM_SUCCESS,
		[VSEE_LOGIN_WARN] = PAM_SUCCESS,
		[VSEE_LOGIN_LENIENT] = PAM_SUCCESS,
		[VSEE_LOGIN_REPORT] = PAM_SUCCESS,
		[VSEE_LOGIN_KEY] = PAM_SUCCESS,
		[VSEE_LOGIN_DEMAND] = PAM_NEW_AUTHTOK_REQD,
		[VSEE_LOGIN_DENY] = PAM_AUTHTOK_EXPIRED,
		[VSEE_LOGIN_INACTIVE] = PAM_AUTHTOK_EXPIRED,
		[VSEE_LOGIN_ENDED] = PAM_ACCT_EXPIRED,
		[VSEE_LOGIN_FAULT] = PAM_SERVICE_ERR,
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(codes); i++) {
		const struct vsee_judgement judgement = {.verdict = VSEE_MUST_CHANGE};
		const enum vsee_login login = (enum vsee_login)i;

		assert_int_equal(codes_account(login), codes[i]);
		assert_non_null(vsee_login_name(login));
		if (vsee_login_refuses(login)) /* nobody is refused without a word */
			assert_int_not_equal(vsee_login_message(login, &judgement),
					     VSEE_MESSAGE_COUNT);
	}
	assert_int_equal(codes_account((enum vsee_login)99), PAM_SERVICE_ERR);
}

static void messages_of_actions(void **state)
{
	static const struct {
		enum vsee_login action;
		vsee_day days_left;
		bool asked;
		enum vsee_message message;
	} messages[] = {
		{VSEE_LOGIN_WARN, 2, false, VSEE_MESSAGE_WARN_DAYS},
		{VSEE_LOGIN_WARN, 1, false, VSEE_MESSAGE_WARN_DAY},
		{VSEE_LOGIN_KEY, 0, false, VSEE_MESSAGE_KEY_LOGIN},
		{VSEE_LOGIN_DEMAND, 0, false, VSEE_MESSAGE_CHANGE},
		{VSEE_LOGIN_DEMAND, 5, true, VSEE_MESSAGE_ASKED},
		{VSEE_LOGIN_DENY, 0, false, VSEE_MESSAGE_DENY},
		{VSEE_LOGIN_INACTIVE, 0, false, VSEE_MESSAGE_INACTIVE},
		{VSEE_LOGIN_ENDED, 9, false, VSEE_MESSAGE_ENDED},
		{VSEE_LOGIN_LENIENT, 0, false, VSEE_MESSAGE_LENIENT},
		{VSEE_LOGIN_DENY, 5, true, VSEE_MESSAGE_ASKED_DENY},
		{VSEE_LOGIN_KEY, 5, true, VSEE_MESSAGE_ASKED_SOON},
		{VSEE_LOGIN_LENIENT, 5, true, VSEE_MESSAGE_ASKED_SOON},
		{VSEE_LOGIN_ENDED, 5, true, VSEE_MESSAGE_ENDED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const struct vsee_judgement judgement = {.days_left = messages[i].days_left,
							 .change.asked = messages[i].asked};

		assert_int_equal(vsee_login_message(messages[i].action, &judgement),
				 messages[i].message);
	}
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(only_the_expired_are_refused),
	cmocka_unit_test(codes_of_actions),
	cmocka_unit_test(messages_of_actions),
};

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(&tests[COUNT(rows)], others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
