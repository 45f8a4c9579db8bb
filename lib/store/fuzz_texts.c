#include <errno.h>

#include "store/syntax.h"
#include "store/texts_draft.h"
#include "fuzz.h"

static const struct vsee_text_key keys[] = {
	{"mail", "greeting", "login host", true},
	{"mail", "subject.one", "product days", false},
	{"page", "title", "", false},
};

/* Errors go to terminals and logs. */
static void check_errors(const struct vsee_draft *notes)
{
	for (size_t i = 0; i < notes->error_count; i++) {
		for (const char *c = notes->errors[i].text; *c != '\0'; c++) {
			if (*c < ' ' || *c > '~')
				abort();
		}
	}
}

/* A text that was taken is one line of UTF-8, and written out again it is read alike. */
static int check_text(const struct vsee_text_key *key, const char *text)
{
	autotexts struct vsee_texts_draft again = {0};
	autofree char *file = NULL;
	const size_t size = strlen(text);

	if (size >= VSEE_TEXT_SIZE || !vsee_syntax_text(text, size) ||
	    (size == 0 && !key->optional))
		abort();
	if (size > 100)
		return 0; /* it came from several lines */
	if (vsee_texts_draft_init(keys, COUNT(keys), &again) < 0 ||
	    asprintf(&file, "[%s]\n%s =%s\n", key->section, key->name, text) < 0)
		return -ENOMEM;
	vsee_texts_read(&again, "again", file, strlen(file));
	if (again.notes.no_memory)
		return -ENOMEM;
	CHECK(again.notes.error_count == 0 && strcmp(again.texts[key - keys], text) == 0);
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autotexts struct vsee_texts_draft draft = {0};

	int r;

	r = vsee_texts_draft_init(keys, COUNT(keys), &draft);
	if (r < 0)
		return r;
	vsee_texts_read(&draft, "input", (const char *)data, size);
	check_errors(&draft.notes);
	if (draft.notes.no_memory)
		return -ENOMEM;
	for (size_t i = 0; i < COUNT(keys) && r == 0; i++) {
		if (draft.texts[i])
			r = check_text(&keys[i], draft.texts[i]);
	}
	return r < 0 || draft.notes.error_count == 0 ? r : -EINVAL;
}
