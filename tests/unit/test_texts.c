#include "config_host.h"

#include "store/texts.h"

static const struct vsee_text_key keys[] = {
	{"mail", "greeting", "login host", true},
	{"mail", "subject.one", "product days", false},
	{"page", "title", "", false},
};

#define BUILT_IN                                                                                   \
	"[mail]\ngreeting = Hello {login},\nsubject.one = {product} in {days} day\n"               \
	"[page]\ntitle = Title\n"

struct row {
	const char *name;
	const char *built_in; /* NULL: the one above */
	const char *file;     /* D/10-a.conf; NULL: not there */
	const char *errors;   /* with a newline behind each; "": the file is taken */
	const char *greeting, *subject;
};

/* clang-format off */
static struct row rows[] = {
	{"no file", NULL, NULL, "", "Hello alice,", "P in 3 day"},
	{"an empty file", NULL, "", "", "Hello alice,", "P in 3 day"},
	{"one text replaced", NULL, "[mail]\ngreeting = {host}: {login}!\n", "", "h: alice!",
	 "P in 3 day"},
	{"comments and blank lines", NULL, "# a\n\n; b\n[mail]\n# c\n\ngreeting = x\n", "", "x",
	 "P in 3 day"},
	{"a text of several lines", NULL, "[mail]\ngreeting = one\n  two\n\tthree {host}\n", "",
	 "one two three h", "P in 3 day"},
	{"a text that begins in its second line", NULL, "[mail]\ngreeting =\n  later\n", "",
	 "later", "P in 3 day"},
	{"a section twice", NULL, "[mail]\ngreeting = a\n[page]\n[mail]\nsubject.one = b\n", "",
	 "a", "b"},
	{"no newline at the end", NULL, "[mail]\ngreeting = end", "", "end", "P in 3 day"},
	{"a placeholder twice", NULL, "[mail]\ngreeting = {host}{host}\n", "", "hh", "P in 3 day"},
	{"an optional text left empty", NULL, "[mail]\ngreeting =\n", "", "", "P in 3 day"},
	{"'=' and ':' in a text", NULL, "[mail]\ngreeting = a=b: c\n", "", "a=b: c", "P in 3 day"},
	{"more than ASCII", NULL, "[mail]\ngreeting = Gr\xc3\xbc\xc3\x9f \xd7\xa9\xf0\x9f\x91\xa9\n",
	 "", "Gr\xc3\xbc\xc3\x9f \xd7\xa9\xf0\x9f\x91\xa9", "P in 3 day"},
	{"another text empty", NULL, "[mail]\nsubject.one =\n",
	 "D/10-a.conf:2: subject.one: empty; this text must say something\n", NULL, NULL},
	{"unknown section", NULL, "[nope]\nx = y\n  z\n", "D/10-a.conf:1: [nope]: unknown section\n",
	 NULL, NULL},
	{"unknown text", NULL, "[mail]\nnope = y\n  z\n",
	 "D/10-a.conf:2: nope: unknown text in [mail]\n", NULL, NULL},
	{"unknown form", NULL, "[mail]\nsubject.two = y\n",
	 "D/10-a.conf:2: subject.two: unknown text in [mail]\n", NULL, NULL},
	{"a text of another section", NULL, "[page]\ngreeting = y\n",
	 "D/10-a.conf:2: greeting: unknown text in [page]\n", NULL, NULL},
	{"unknown placeholder", NULL, "[mail]\ngreeting = a {days} b\n",
	 "D/10-a.conf:2: greeting: no placeholder of this text at \"{days} b\"; there may be login "
	 "host\n", NULL, NULL},
	{"part of a placeholder's name", NULL, "[mail]\ngreeting = {log}\n",
	 "D/10-a.conf:2: greeting: no placeholder of this text at \"{log}\"; there may be login "
	 "host\n", NULL, NULL},
	{"two placeholders' names", NULL, "[mail]\ngreeting = {login host}\n",
	 "D/10-a.conf:2: greeting: no placeholder of this text at \"{login host}\"; there may be "
	 "login host\n", NULL, NULL},
	{"no name in the braces", NULL, "[mail]\ngreeting = {}\n",
	 "D/10-a.conf:2: greeting: no placeholder of this text at \"{}\"; there may be login host\n",
	 NULL, NULL},
	{"a placeholder where none may be", NULL, "[page]\ntitle = {x}\n",
	 "D/10-a.conf:2: title: no placeholder of this text at \"{x}\"; there is no placeholder in "
	 "it\n", NULL, NULL},
	{"a brace left open", NULL, "[mail]\ngreeting = a {login\n  b\n",
	 "D/10-a.conf:2: greeting: a '{' without its '}' at \"{login b\"; there may be login host\n",
	 NULL, NULL},
	{"a brace in a brace", NULL, "[mail]\ngreeting = {{login}}\n",
	 "D/10-a.conf:2: greeting: a '{' without its '}' at \"{{login}}\"; there may be login host\n",
	 NULL, NULL},
	{"a brace never opened", NULL, "[mail]\ngreeting = a } b\n",
	 "D/10-a.conf:2: greeting: a '}' without its '{' at \"} b\"; there may be login host\n",
	 NULL, NULL},
	{"no UTF-8", NULL, "[mail]\ngreeting = a\xc3\n",
	 "D/10-a.conf:2: greeting = a\\xc3: expected UTF-8 without tabs and control characters\n",
	 NULL, NULL},
	{"a tab inside", NULL, "[mail]\ngreeting = a\tb\n",
	 "D/10-a.conf:2: greeting = a\\x09b: expected UTF-8 without tabs and control characters\n",
	 NULL, NULL},
	{"a control character of Unicode", NULL, "[mail]\ngreeting = a\xc2\x85\n",
	 "D/10-a.conf:2: greeting = a\\xc2\\x85: expected UTF-8 without tabs and control "
	 "characters\n", NULL, NULL},
	{"a carriage return", NULL, "[mail]\r\n",
	 "D/10-a.conf:1: the line holds a carriage return; end lines by a newline alone\n", NULL,
	 NULL},
	{"a text twice", NULL, "[mail]\ngreeting = a\nsubject.one = b\ngreeting = c\n",
	 "D/10-a.conf:4: greeting: a second time, first in line 2\n", NULL, NULL},
	{"half a sentence as a comment", NULL, "[mail]\ngreeting = a ; b\n  c ; d\n",
	 "D/10-a.conf:2: the line has a ';' behind a blank, which would begin a comment\n"
	 "D/10-a.conf:3: the line has a ';' behind a blank, which would begin a comment\n",
	 NULL, NULL},
	{"a comment inside a text", NULL, "[mail]\ngreeting = a\n  # b\n",
	 "D/10-a.conf:3: the line is a comment behind blanks; begin comments in the first column\n",
	 NULL, NULL},
	{"a blank before the first text", NULL, "[mail]\n  greeting = a\n",
	 "D/10-a.conf:2: the line begins with a blank, but there is no text to go on with\n", NULL,
	 NULL},
	{"a text before the first section", NULL, "greeting = a\n",
	 "D/10-a.conf:1: a text before the first [SECTION]\n", NULL, NULL},
	{"':' in place of '='", NULL, "[mail]\ngreeting: a\n",
	 "D/10-a.conf:2: the line has ':' where '=' belongs\n", NULL, NULL},
	{"built-in texts lack one", "[mail]\ngreeting = a\n[page]\ntitle = b\n", NULL,
	 "built-in texts: [mail] subject.one: missing\n", NULL, NULL},
	{"each error is listed", NULL, "[mail]\nx = 1\ny = 2\n",
	 "D/10-a.conf:2: x: unknown text in [mail]\nD/10-a.conf:3: y: unknown text in [mail]\n",
	 NULL, NULL},
};
/* clang-format on */

static char *errors_join(const struct host *host, const struct vsee_text_errors *errors)
{
	autofree char *text = strdup("");

	for (size_t i = 0; i < errors->count; i++) {
		const struct vsee_config_error *error = &errors->items[i];
		autofree char *before = text;
		int size = error->line > 0 ? asprintf(&text, "%s%s:%u: %s\n", before, error->file,
						      error->line, error->text)
					   : asprintf(&text, "%s%s: %s\n", before, error->file,
						      error->text);

		assert_true(size > 0);
	}
	return host_shorten(host, text);
}

static void check_text(const struct vsee_texts *texts, const char *name, const char *expected)
{
	static const struct vsee_text_value values[] = {
		{"product", "P"}, {"days", "3"}, {"login", "alice"}, {"host", "h"}};
	autofree char *text = NULL;

	assert_int_equal(vsee_text_fill(texts, "mail", name, values, COUNT(values), &text), 0);
	assert_string_equal(text, expected);
}

static void check(void **state)
{
	const struct row *row = *state;
	autohost struct host host = host_make(NULL, row->file, NULL);
	CLEANUP(vsee_text_errors_clear) struct vsee_text_errors errors = {0};
	const char *built_in = row->built_in ? row->built_in : BUILT_IN;
	autofree char *path = NULL, *shown = NULL;
	struct vsee_texts *texts = NULL;

	assert_true(asprintf(&path, "%s/10-a.conf", host.folder) > 0);

	const char *paths[] = {path, NULL};
	int r = vsee_texts_load(keys, COUNT(keys), built_in, strlen(built_in), paths, getuid(),
				&texts, &errors);

	shown = errors_join(&host, &errors);
	assert_string_equal(shown, row->errors);
	assert_int_equal(r, row->errors[0] != '\0' ? -EINVAL : 0);
	if (r == 0) {
		check_text(texts, "greeting", row->greeting);
		check_text(texts, "subject.one", row->subject);
	}
	vsee_texts_free(texts);
}

static struct vsee_texts *built_in_texts(void)
{
	CLEANUP(vsee_text_errors_clear) struct vsee_text_errors errors = {0};
	const char *paths[] = {NULL};
	struct vsee_texts *texts = NULL;

	assert_int_equal(vsee_texts_load(keys, COUNT(keys), BUILT_IN, strlen(BUILT_IN), paths, 0,
					 &texts, &errors),
			 0);
	return texts;
}

/* What a value looks like does not matter: it is put in and not looked at again. */
static void values_are_not_filled_in_again(void **state)
{
	const struct vsee_text_value values[] = {{"login", "{login} {{%s"}};
	struct vsee_texts *texts = built_in_texts();
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(vsee_text_fill(texts, "mail", "greeting", values, 1, &text), 0);
	assert_string_equal(text, "Hello {login} {{%s,");
	vsee_texts_free(texts);
}

static void a_value_that_is_missing_is_an_error(void **state)
{
	const struct vsee_text_value values[] = {{"product", "P"}};
	struct vsee_texts *texts = built_in_texts();
	char *text = NULL;

	(void)state;
	assert_int_equal(vsee_text_fill(texts, "mail", "subject.one", values, 1, &text), -EINVAL);
	assert_int_equal(vsee_text_fill(texts, "mail", "nope", values, 1, &text), -EINVAL);
	assert_int_equal(vsee_text_fill(texts, "page", "subject.one", values, 1, &text), -EINVAL);
	assert_null(text);
	vsee_texts_free(texts);
}

/* 2047 bytes are a text, 2048 are not. */
static void a_text_has_a_longest_form(void **state)
{
	for (size_t size = VSEE_TEXT_SIZE - 2; size <= VSEE_TEXT_SIZE; size++) {
		CLEANUP(vsee_text_errors_clear) struct vsee_text_errors errors = {0};
		const char *paths[] = {NULL};
		struct vsee_texts *texts = NULL;
		char file[VSEE_TEXT_SIZE * 2] = BUILT_IN "[mail]\n", *end;
		size_t length = 0;
		int r;

		(void)state;
		end = strstr(file, "title");
		if (!end) {
			fail();
			return; /* which the compiler does not know of fail() */
		}
		end += sprintf(end, "title =");
		for (size_t word = 1; length < size; length += word + (length > 0)) {
			size_t left = size - length - (length > 0);

			word = left < 100 ? left : left < 102 ? 50 : 100;
			end += sprintf(end, "\n %.*s", (int)word,
				       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
				       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww");
		}
		r = vsee_texts_load(keys, COUNT(keys), file, strlen(file), paths, 0, &texts,
				    &errors);
		assert_int_equal(r, size < VSEE_TEXT_SIZE ? 0 : -EINVAL);
		vsee_texts_free(texts);
	}
}

static void a_file_others_can_write_is_refused(void **state)
{
	autohost struct host host = host_make(NULL, "[mail]\ngreeting = x\n", NULL);
	CLEANUP(vsee_text_errors_clear) struct vsee_text_errors errors = {0};
	autofree char *path = NULL;
	struct vsee_texts *texts = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/10-a.conf", host.folder) > 0);
	assert_int_equal(chmod(path, 0666), 0);

	const char *paths[] = {path, NULL};

	assert_int_equal(vsee_texts_load(keys, COUNT(keys), BUILT_IN, strlen(BUILT_IN), paths,
					 getuid(), &texts, &errors),
			 -EINVAL);
	assert_int_equal(errors.count, 1);
	assert_int_equal(errors.items[0].line, 0);
	assert_non_null(strstr(errors.items[0].text, "not trusted"));
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(values_are_not_filled_in_again),
	cmocka_unit_test(a_value_that_is_missing_is_an_error),
	cmocka_unit_test(a_text_has_a_longest_form),
	cmocka_unit_test(a_file_others_can_write_is_refused),
};

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
