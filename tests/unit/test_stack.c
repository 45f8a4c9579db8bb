/* pam.d files as libpam reads them: test_dispatch.c compares runs, here is what lines become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "stack.h"

#define LONG_WORD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_LINE                                                                                  \
	LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD  \
		LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD LONG_WORD

/* A line: "NUMBER type control module [arguments]", "!" before one that fails; ";" between. */
static struct row {
	const char *name, *text, *lines;
	const char *fault; /* NULL: none */
	bool broken;
} rows[] = {
	{"a line", "auth required pam_unix.so\n", "1 auth required pam_unix.so []", NULL, false},
	{"arguments as written", "auth required pam_x.so a [b c\\] d]\te \n",
	 "1 auth required pam_x.so [a [b c\\] d]\te]", NULL, false},
	{"no newline at the end", "account optional x", "1 account optional x []", NULL, false},
	{"case of type and word", "SESSION Optional X.so\n", "1 session Optional X.so []", NULL,
	 false},
	{"hyphen", "-session optional x.so\n", "1 -session optional x.so []", NULL, false},
	{"comments and empty lines", "# a\n\n  \t# b\nauth required x.so # c\n",
	 "4 auth required x.so []", NULL, false},
	{"continued", "auth \\\n required\\\nx.so\n", "1 auth required x.so []", NULL, false},
	{"continued over comments", "auth required \\\n\n# no\nx.so a\n",
	 "1 auth required x.so [a]", NULL, false},
	{"a backslash before a comment", "auth required x.so \\ # no\nauth required y.so\n",
	 "1 auth required x.so [\\];2 auth required y.so []", NULL, false},
	{"folder of the module", "auth required /lib/security/x.so\n", "1 auth required x.so []",
	 NULL, false},
	{"brackets", "auth [success=1 default=ignore] x.so\n",
	 "1 auth [success=1 default=ignore] x.so []", NULL, false},
	{"nothing between bracket and module", "auth [default=ok]x.so\n",
	 "1 auth [default=ok] x.so []", NULL, false},
	{"a control that can't be read", "auth [success=perhaps] x.so\n",
	 "1 auth [success=perhaps] x.so []", "f:1: control \"success=perhaps\" can't be read",
	 false},
	{"no such type", "acount required x.so\n", "!1 auth required x.so []",
	 "f:1: \"acount\" is none of", false},
	{"no control", "auth\n", "!1 auth   []", "f:1: no control word", false},
	{"no module", "password required\n", "!1 password required  []", "f:1: no module", false},
	{"an include of nothing", "auth include\n", "!1 auth include  []",
	 "f:1: a file without a name can't be included", false},
	{"an include without other files", "auth include x\n", "!1 auth include x []",
	 "f:1: x can't be included", false},
	{"all types by an include that fails", "auth required x.so\n@include y\n",
	 "1 auth required x.so []", "f:2: y can't be included", true},
	{"a file that ends in mid-line", "auth required x.so\nauth required \\\n",
	 "1 auth required x.so []", "f:2: the file ends in the middle", true},
	{"the first fault is told", "auth\npassword\n", "!1 auth   [];!2 password   []",
	 "f:1: no control", false},
	{"a line too long", "auth required x.so " LONG_LINE "\n", NULL,
	 "f:1: the line is longer than 1023 bytes", false},
	{"a carriage return belongs to the word", "auth required x.so\r\n",
	 "1 auth required x.so\r []", "f:1: a carriage return", false},
};

static void print_lines(const struct stack *stack, struct vsee_writer *writer)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct stack_line *line = &stack->lines[i];

		vsee_writer_add(writer, "%s%s%u %s%s %s %s [%s]", i > 0 ? ";" : "",
				line->kind == STACK_FAULT ? "!" : "", line->number,
				line->quiet ? "-" : "", stack_type_name(line->type), line->control,
				line->module, line->arguments);
	}
}

static void check(void **state)
{
	const struct row *row = *state;
	autostack struct stack stack = {0};
	char text[2048] = "";
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	assert_int_equal(stack_parse("f", row->text, strlen(row->text), &stack), 0);
	print_lines(&stack, &writer);
	if (row->lines)
		assert_string_equal(text, row->lines);
	assert_int_equal(stack.broken, row->broken);
	assert_int_equal(stack.fault != NULL, row->fault != NULL);
	if (row->fault)
		assert_memory_equal(stack.fault, row->fault, strlen(row->fault));
}

/* The actions for success, perm_denied, new_authtok_reqd, ignore. */
static struct control_row {
	const char *name, *control;
	int actions[4];
} control_rows[] = {
	{"required", "required", {-1, -3, -1, 0}},
	{"requisite", "requisite", {-1, -4, -1, 0}},
	{"sufficient", "sufficient", {-2, 0, -2, 0}},
	{"optional", "optional", {-1, 0, -1, 0}},
	{"what is not named is bad", "[success=ok]", {-1, -3, -3, -3}},
	{"default", "[success=3 default=die]", {3, -4, -4, -4}},
	{"default leaves what came before", "[ignore=reset default=0x]", {-3, -3, -3, -3}},
	{"default, then another", "[default=ok perm_denied=bad]", {-1, -3, -1, -1}},
	{"the first default counts", "[default=ok default=die]", {-1, -1, -1, -1}},
	{"blanks around", "[ success = done\tdefault = ignore ]", {-2, 0, 0, 0}},
	{"no blank between", "[success=okdefault=12]", {-1, 12, 12, 12}},
	{"no jump over nothing", "[success=0 default=ok]", {-3, -3, -3, -3}},
	{"a huge jump",
	 "[default=99999999999999999999]",
	 {214748364, 214748364, 214748364, 214748364}},
	{"an unknown code", "[sucess=ok default=ok]", {-3, -3, -3, -3}},
	{"an unknown word", "requird", {-3, -3, -3, -3}},
	{"pairs without brackets", "success=ok", {-1, -3, -3, -3}},
	{"empty", "[]", {-3, -3, -3, -3}},
};

static void check_control(void **state)
{
	static const int codes[] = {STACK_SUCCESS, STACK_PERM_DENIED, STACK_NEW_AUTHTOK_REQD,
				    STACK_IGNORE};
	const struct control_row *row = *state;
	autostack struct stack stack = {0};
	char text[128];

	(void)snprintf(text, sizeof(text), "auth %s x.so\n", row->control);
	assert_int_equal(stack_parse("f", text, strlen(text), &stack), 0);
	assert_int_equal(stack.count, 1);
	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(stack.lines[0].actions[codes[i]], row->actions[i]);
}

static void finds_calls(void **state)
{
	static const char text[] = "auth required pam_x.so a [b c] d=1\n";
	autostack struct stack stack = {0};

	(void)state;
	assert_int_equal(stack_parse("f", text, strlen(text), &stack), 0);
	assert_true(stack_line_calls(stack.lines, "pam_x.so", NULL));
	assert_true(stack_line_calls(stack.lines, "pam_x.so", "a"));
	assert_true(stack_line_calls(stack.lines, "pam_x.so", "b c"));
	assert_true(stack_line_calls(stack.lines, "pam_x.so", "d=1"));
	assert_false(stack_line_calls(stack.lines, "pam_x.so", "d"));
	assert_false(stack_line_calls(stack.lines, "pam_x", NULL));
}

static void names_codes(void **state)
{
	(void)state;
	assert_string_equal(stack_code_name(STACK_SUCCESS), "success");
	assert_string_equal(stack_code_name(STACK_NEW_AUTHTOK_REQD), "new_authtok_reqd");
	assert_string_equal(stack_code_name(STACK_AUTHTOK_EXPIRED), "authtok_expired");
	assert_string_equal(stack_code_name(STACK_INCOMPLETE), "incomplete");
	assert_string_equal(stack_code_name(-1), "an unknown code");
	assert_string_equal(stack_code_name(STACK_CODE_COUNT), "an unknown code");
	assert_string_equal(stack_type_name(STACK_SESSION), "session");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(control_rows) + 2];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(control_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = control_rows[i].name,
						     .test_func = check_control,
						     .initial_state = &control_rows[i]};
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(finds_calls);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(names_codes);
	return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
