/* The drop-in that vseectl keeps: only its own form is read, and what is printed reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "dropin.h"

struct row {
	const char *name, *text;
	int r;
	unsigned line;	    /* of the first wrong line */
	const char *wanted; /* sections as "name=mode;" */
};

static struct row rows[] = {
	{"an empty file", "", 0, 0, ""},
	{"our header and blank lines", "# Kept by \"vseectl enable\" so\n# or so\n\n", 0, 0, ""},
	{"a comment of somebody's", "# a\n[policy]\nmode = off\n", -EBADMSG, 1, NULL},
	{"a comment below our header", "# Kept by \"vseectl x\"\n\n# b\n", -EBADMSG, 3, NULL},
	{"everybody", "[policy]\nmode = watch\n", 0, 0, "policy=1;"},
	{"a group and a user in their order",
	 "\n[group zoo]\nmode = enforce\n\n[user alice]\nmode = off\n", 0, 0,
	 "group zoo=3;user alice=0;"},
	{"the last line may lack its newline", "[policy]\nmode = remind", 0, 0, "policy=2;"},
	{"no section", "mode = watch\n", -EBADMSG, 1, NULL},
	{"another key", "[policy]\nmax_days = 60\n", -EBADMSG, 2, NULL},
	{"another key behind the mode", "[policy]\nmode = off\nremember = 6\n", -EBADMSG, 3, NULL},
	{"two modes", "[policy]\nmode = off\nmode = off\n", -EBADMSG, 3, NULL},
	{"no mode at the end", "[policy]\n", -EBADMSG, 1, NULL},
	{"no mode in the middle", "[policy]\n[group a]\nmode = off\n", -EBADMSG, 2, NULL},
	{"a section twice", "[policy]\nmode = off\n[policy]\nmode = off\n", -EBADMSG, 3, NULL},
	{"another section", "[mail]\nmode = off\n", -EBADMSG, 1, NULL},
	{"a group without a name", "[group ]\nmode = off\n", -EBADMSG, 1, NULL},
	{"a name that none can be", "[group a/b]\nmode = off\n", -EBADMSG, 1, NULL},
	{"a name with a bracket", "[group a]b]\nmode = off\n", -EBADMSG, 1, NULL},
	{"a bracket that is not closed", "[policy\nmode = off\n", -EBADMSG, 1, NULL},
	{"text behind the bracket", "[policy] x\nmode = off\n", -EBADMSG, 1, NULL},
	{"an unknown mode", "[policy]\nmode = on\n", -EBADMSG, 2, NULL},
	{"a blank in front", "[policy]\n mode = off\n", -EBADMSG, 2, NULL},
	{"a blank behind", "[policy]\nmode = off \n", -EBADMSG, 2, NULL},
};

static void describe(const struct dropin *dropin, char *ret_text, size_t size)
{
	struct vsee_writer writer = {.text = ret_text, .size = size};

	ret_text[0] = '\0';
	for (size_t i = 0; i < dropin->count; i++)
		vsee_writer_add(&writer, "%s=%d;", dropin->sections[i].name,
				(int)dropin->sections[i].mode);
}

static void check(void **state)
{
	const struct row *row = *state;
	autodropin struct dropin dropin = {0};
	unsigned line = 0;
	char text[256];

	assert_int_equal(dropin_parse(row->text, strlen(row->text), &dropin, &line), row->r);
	assert_int_equal(line, row->line);
	if (row->r < 0) {
		assert_null(dropin.sections);
		return;
	}
	describe(&dropin, text, sizeof(text));
	assert_string_equal(text, row->wanted);
}

static void sets_in_place_or_last(void **state)
{
	autodropin struct dropin dropin = {0};
	char text[256];

	(void)state;
	assert_int_equal(dropin_set(&dropin, "group a", VSEE_MODE_WATCH), 0);
	assert_int_equal(dropin_set(&dropin, "policy", VSEE_MODE_OFF), 0);
	assert_int_equal(dropin_set(&dropin, "group a", VSEE_MODE_ENFORCE), 0);
	describe(&dropin, text, sizeof(text));
	assert_string_equal(text, "group a=3;policy=0;");
	assert_null(dropin_find(&dropin, "group b"));
}

static void reads_what_it_printed(void **state)
{
	autodropin struct dropin dropin = {0}, again = {0};
	autofree char *printed = NULL;
	size_t size = 0;
	unsigned line = 0;
	char text[256];

	(void)state;
	assert_int_equal(dropin_set(&dropin, "policy", VSEE_MODE_REMIND), 0);
	assert_int_equal(dropin_set(&dropin, "user bob", VSEE_MODE_OFF), 0);
	assert_int_equal(dropin_print(&dropin, &printed, &size), 0);
	assert_int_equal(strlen(printed), size);
	assert_non_null(strstr(printed, "vseectl enable"));
	assert_int_equal(dropin_parse(printed, size, &again, &line), 0);
	describe(&again, text, sizeof(text));
	assert_string_equal(text, "policy=2;user bob=0;");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2] = {
		cmocka_unit_test(sets_in_place_or_last),
		cmocka_unit_test(reads_what_it_printed),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 2] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests_name("dropin", tests, NULL, NULL);
}
