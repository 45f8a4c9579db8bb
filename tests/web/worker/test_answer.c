/* What the page's worker says to each of PAM's codes and the module's words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <security/pam_appl.h>

#include "answer.h"
#include "base/cleanup.h"
#include "wire/strength.h"

/* clang-format off */
static const struct row {
	int code;
	const char *message, *until, *text;
	enum wire_status status;
	uint32_t criteria;
	int64_t time;
} rows[] = {
	{PAM_AUTHTOK_ERR, "V10", NULL, "[V10]", WIRE_UNMET, CRITERION_BIT(CRITERION_DIFFERENT), 0},
	{PAM_AUTHTOK_ERR, "V11", NULL, "[V11]", WIRE_UNMET, CRITERION_BIT(CRITERION_REMEMBERED), 0},
	{PAM_AUTHTOK_ERR, "V12", NULL, "", WIRE_UNMET, CRITERION_BIT(CRITERION_LENGTH), 0},
	{PAM_AUTHTOK_ERR, "V13", NULL, "", WIRE_UNMET, CRITERION_BIT(CRITERION_LONG), 0},
	{PAM_AUTHTOK_ERR, "V14", "1800000000", "", WIRE_TOO_SOON, 0, 1800000000},
	{PAM_AUTHTOK_ERR, "V14", NULL, "", WIRE_TOO_SOON, 0, 0},
	{PAM_AUTHTOK_ERR, "V14", "-1", "", WIRE_TOO_SOON, 0, 0},
	{PAM_AUTHTOK_ERR, "V14", "soon", "", WIRE_TOO_SOON, 0, 0},
	{PAM_AUTHTOK_LOCK_BUSY, "V15", NULL, "", WIRE_BUSY, 0, 0},
	{PAM_AUTHTOK_ERR, "V16", NULL, "text", WIRE_FAULT, 0, 0},
	{PAM_AUTHTOK_ERR, "V06", NULL, "expired too long ago", WIRE_REFUSED, 0, 0},
	{PAM_AUTHTOK_ERR, "nonsense", NULL, "text", WIRE_REFUSED, 0, 0},
	{PAM_AUTHTOK_ERR, NULL, NULL, "BAD PASSWORD: it is too simple", WIRE_REFUSED, 0, 0},
	{PAM_MAXTRIES, NULL, NULL, "BAD PASSWORD: it is too simple", WIRE_REFUSED, 0, 0},
	{PAM_AUTHTOK_ERR, NULL, NULL, "", WIRE_FAULT, 0, 0}, /* pam_unix on a full disk */
	{PAM_AUTHTOK_LOCK_BUSY, NULL, NULL, "", WIRE_BUSY, 0, 0},
	{PAM_AUTH_ERR, NULL, NULL, "", WIRE_BUSY, 0, 0},
	{PAM_TRY_AGAIN, NULL, NULL, "", WIRE_BUSY, 0, 0},
	{PAM_SYSTEM_ERR, NULL, NULL, "text", WIRE_FAULT, 0, 0},
	{PAM_MODULE_UNKNOWN, NULL, NULL, "text", WIRE_FAULT, 0, 0},
};
/* clang-format on */

static void a_refusal_is_told_as_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		const struct answer_refusal refusal = {row->code, row->message, row->until,
						       row->text};
		const struct wire_reply reply = answer_refusal(&refusal);

		assert_int_equal(reply.status, row->status);
		assert_int_equal(reply.criteria, row->criteria);
		assert_int_equal(reply.until, row->time);
		assert_string_equal(reply.text, row->status == WIRE_REFUSED ? row->text : "");
	}
}

static void only_what_was_written_decides_over_changed(void **state)
{
	static const struct {
		int code;
		enum answer_trace trace;
		enum wire_status status;
	} cases[] = {
		{PAM_SUCCESS, ANSWER_OURS, WIRE_CHANGED},
		{PAM_AUTHTOK_ERR, ANSWER_OURS, WIRE_CHANGED},
		{PAM_SERVICE_ERR, ANSWER_OURS, WIRE_CHANGED},
		{PAM_SUCCESS, ANSWER_SAME, WIRE_FAULT},
		{PAM_AUTHTOK_ERR, ANSWER_SAME, WIRE_REFUSED},
		{PAM_SUCCESS, ANSWER_FOREIGN, WIRE_UNCERTAIN},
		{PAM_AUTHTOK_ERR, ANSWER_FOREIGN, WIRE_UNCERTAIN},
		{PAM_AUTH_ERR, ANSWER_FOREIGN, WIRE_BUSY},
		{PAM_SUCCESS, ANSWER_UNKNOWN, WIRE_UNCERTAIN},
		{PAM_AUTHTOK_ERR, ANSWER_UNKNOWN, WIRE_UNCERTAIN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(answer_trace(cases[i].code, cases[i].trace), cases[i].status);
}

/* Each code there is: on, denied alike, or our fault. */
static void every_code_of_a_login_has_its_answer(void **state)
{
	static const char expected[_PAM_RETURN_VALUES] = {
		[PAM_SUCCESS] = 'g',	      [PAM_OPEN_ERR] = 'f',
		[PAM_SYMBOL_ERR] = 'f',	      [PAM_SERVICE_ERR] = 'f',
		[PAM_SYSTEM_ERR] = 'f',	      [PAM_BUF_ERR] = 'f',
		[PAM_NO_MODULE_DATA] = 'f',   [PAM_ABORT] = 'f',
		[PAM_MODULE_UNKNOWN] = 'f',   [PAM_BAD_ITEM] = 'f',
		[PAM_NEW_AUTHTOK_REQD] = 'a',
	};

	(void)state;
	for (int code = 0; code < _PAM_RETURN_VALUES; code++) {
		enum wire_status status = WIRE_CHANGED;
		const bool go = answer_authenticate(code, WIRE_LINK_BAD, &status);

		assert_int_equal(go, expected[code] == 'g');
		if (!go)
			assert_int_equal(status,
					 expected[code] == 'f' ? WIRE_FAULT : WIRE_LINK_BAD);
		assert_int_equal(answer_account(code, WIRE_WRONG, &status),
				 expected[code] == 'g' || expected[code] == 'a');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_is_told_as_what_it_is),
		cmocka_unit_test(only_what_was_written_decides_over_changed),
		cmocka_unit_test(every_code_of_a_login_has_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
