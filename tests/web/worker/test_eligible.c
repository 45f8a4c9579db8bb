/* Whom the page serves: every verdict, with and without a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "eligible.h"

/* clang-format off */
static const struct row {
	const char *name;
	struct eligible_case facts;
	enum eligible expected;
} rows[] = {
	{"valid", {VSEE_VALID, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE},
	{"warned", {VSEE_WARN, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE},
	{"expired", {VSEE_MUST_CHANGE, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE},
	{"let in", {VSEE_NOT_ENFORCEABLE, VSEE_MODE_REMIND, 1001, false, false}, ELIGIBLE},
	{"not covered", {VSEE_NOT_COVERED, VSEE_MODE_OFF, 0, false, false}, ELIGIBLE_NOT_COVERED},
	{"ended", {VSEE_ACCOUNT_EXPIRED, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE_ENDED},
	{"locked", {VSEE_NO_PASSWORD, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE_LOCKED},
	{"inactive", {VSEE_INACTIVE, VSEE_MODE_ENFORCE, 1001, false, false}, ELIGIBLE_INACTIVE},
	{"inactive, reminded", {VSEE_INACTIVE, VSEE_MODE_REMIND, 1001, false, false},
	 ELIGIBLE_INACTIVE},
	{"inactive, only watched", {VSEE_INACTIVE, VSEE_MODE_WATCH, 1001, false, false}, ELIGIBLE},
	{"root, though covered", {VSEE_VALID, VSEE_MODE_ENFORCE, 0, false, false}, ELIGIBLE_ROOT},
	{"root by a link", {VSEE_VALID, VSEE_MODE_ENFORCE, 0, true, false}, ELIGIBLE_ROOT},
	{"a link", {VSEE_MUST_CHANGE, VSEE_MODE_ENFORCE, 1001, true, false}, ELIGIBLE},
	{"a link denied", {VSEE_MUST_CHANGE, VSEE_MODE_ENFORCE, 1001, true, true},
	 ELIGIBLE_NO_LINKS},
	{"the group may change", {VSEE_VALID, VSEE_MODE_ENFORCE, 1001, false, true}, ELIGIBLE},
	{"locked before all", {VSEE_NO_PASSWORD, VSEE_MODE_ENFORCE, 1001, true, true},
	 ELIGIBLE_LOCKED},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(eligible_decide(&row->facts), row->expected);
	assert_true(eligible_name(row->expected)[0]);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .initial_state = (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
