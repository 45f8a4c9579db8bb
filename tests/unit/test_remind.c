/* Which reminder is due. */
#include "policy_case.h"
#include "policy/remind.h"

static const struct row {
	const char *name;
	struct vsee_rules rules;
	vsee_day days_left, stage;
} rows[] = {
	{"11 days left: none", RULES(), 11, UNSET},
	{"10 days left", RULES(), 10, 10},
	{"9 days left: 10, late", RULES(), 9, 10},
	{"4 days left", RULES(), 4, 10},
	{"3 days left", RULES(), 3, 3},
	{"2 days left", RULES(), 2, 3},
	{"1 day left", RULES(), 1, 1},
	{"0 days left: not listed", RULES(), 0, UNSET},
	{"-1 day left", RULES(), -1, UNSET},
	{"0 listed, 1 day left", RULES(.stages = {1, 0}, .stage_count = 2), 1, 1},
	{"0 listed, 0 days left", RULES(.stages = {1, 0}, .stage_count = 2), 0, 0},
	{"0 listed, -1 day left", RULES(.stages = {1, 0}, .stage_count = 2), -1, UNSET},
	{"0 alone, 1 day left", RULES(.stages = {0}, .stage_count = 1), 1, UNSET},
	{"no stages", RULES(.stage_count = 0), 1, UNSET},
	{"no deadline", RULES(), NEVER, UNSET},
};

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(vsee_remind_stage(&row->rules, row->days_left), row->stage);
}

int main(void)
{
	return RUN_ROWS(rows, check);
}
