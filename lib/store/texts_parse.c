/* A file of texts read line by line, through inih; a line that begins with a blank goes on. */
#include "store/texts_draft.h"

#include <errno.h>
#include <ini.h>

#include "base/writer.h"
#include "store/config_line.h"
#include "store/syntax.h"

/* One file while it is read. */
struct reader {
	struct vsee_texts_draft *draft;
	const char *file, *at, *end;
	unsigned line;
	const char *section; /* of the table; NULL: none, or one that was refused */
	bool refused;	     /* the section was: one error is enough */
	bool keyed;	     /* a text began in this section, so another line may go on with it */
	bool goes_on;	     /* the line goes on with the text before */

	const struct vsee_text_key *key; /* whose text is being read; NULL: none, or refused */
	unsigned key_line;
	char text[VSEE_TEXT_SIZE];
	unsigned *lines; /* by key: where this file says it; 0: nowhere */
};

#define error_at(reader, at, ...)                                                                  \
	vsee_draft_error(&(reader)->draft->notes, (reader)->file, at, __VA_ARGS__)

static bool placeholder_known(const struct vsee_text_key *key, const char *name, size_t size)
{
	for (const char *word = key->placeholders; *word != '\0';) {
		size_t length = strcspn(word, " ");

		if (length == size && memcmp(word, name, size) == 0)
			return true;
		word += length + strspn(word + length, " ");
	}
	return false;
}

/* English for what is wrong with the braces of a text, ret_at at the place. NULL: nothing. */
static const char *placeholder_fault(const struct vsee_text_key *key, const char *text,
				     const char **ret_at)
{
	for (text += strcspn(text, "{}"); *text != '\0'; text += strcspn(text, "{}")) {
		size_t size = strcspn(text + 1, "{}");

		*ret_at = text;
		if (*text == '}')
			return "a '}' without its '{'";
		if (text[1 + size] != '}')
			return "a '{' without its '}'";
		if (!placeholder_known(key, text + 1, size))
			return "no placeholder of this text";
		text += size + 2;
	}
	return NULL;
}

static bool text_good(struct reader *reader)
{
	const struct vsee_text_key *key = reader->key;
	const char *text = reader->text, *at = text, *fault;
	char shown[VSEE_SHOWN_SIZE];

	if (text[0] == '\0' && !key->optional) {
		error_at(reader, reader->key_line, "%s: empty; this text must say something",
			 key->name);
		return false;
	}
	if (!vsee_syntax_text(text, strlen(text))) {
		vsee_value_show(text, shown);
		error_at(reader, reader->key_line,
			 "%s = %s: expected UTF-8 without tabs and control characters", key->name,
			 shown);
		return false;
	}
	fault = placeholder_fault(key, text, &at);
	if (!fault)
		return true;
	vsee_value_show(at, shown);
	error_at(reader, reader->key_line, "%s: %s at \"%s\"; there %s%s", key->name, fault, shown,
		 key->placeholders[0] != '\0' ? "may be " : "is no placeholder in it",
		 key->placeholders);
	return false;
}

/* The text being read is complete. */
static void text_end(struct reader *reader)
{
	struct vsee_texts_draft *draft = reader->draft;
	char **text = reader->key ? &draft->texts[reader->key - draft->keys] : NULL;

	if (text && text_good(reader)) {
		free(*text);
		*text = strdup(reader->text);
		if (!*text)
			draft->notes.no_memory = true;
	}
	reader->key = NULL;
}

static void text_add(struct reader *reader, const char *text)
{
	struct vsee_writer writer = {
		.text = reader->text, .size = sizeof(reader->text), .length = strlen(reader->text)};

	vsee_writer_add(&writer, "%s%s", writer.length > 0 && text[0] != '\0' ? " " : "", text);
	if (!writer.overflow)
		return;
	error_at(reader, reader->key_line, "%s: longer than %d bytes", reader->key->name,
		 VSEE_TEXT_SIZE - 1);
	reader->key = NULL;
}

static void section_begin(struct reader *reader, const char *line, size_t length)
{
	size_t size;
	const char *title = vsee_config_line_section(line, length, &size);
	char copy[VSEE_CONFIG_LINE_MAX + 1], shown[VSEE_SHOWN_SIZE];

	reader->section = NULL;
	for (size_t i = 0; i < reader->draft->key_count && !reader->section; i++) {
		const char *known = reader->draft->keys[i].section;

		if (strlen(known) == size && memcmp(known, title, size) == 0)
			reader->section = known;
	}
	reader->refused = !reader->section;
	if (!reader->refused)
		return;
	(void)snprintf(copy, sizeof(copy), "%.*s", (int)size, title);
	vsee_value_show(copy, shown);
	error_at(reader, reader->line, "[%s]: unknown section", shown);
}

static const struct vsee_text_key *key_find(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->draft->key_count; i++) {
		const struct vsee_text_key *key = &reader->draft->keys[i];

		if (strcmp(key->section, reader->section) == 0 && strcmp(key->name, name) == 0)
			return key;
	}
	return NULL;
}

static void key_begin(struct reader *reader, const char *name)
{
	const struct vsee_text_key *key = key_find(reader, name);
	char shown[VSEE_SHOWN_SIZE];

	vsee_value_show(name, shown);
	if (!key) {
		error_at(reader, reader->line, "%s: unknown text in [%s]", shown, reader->section);
		return;
	}

	unsigned *line = &reader->lines[key - reader->draft->keys];

	if (*line > 0) {
		error_at(reader, reader->line, "%s: a second time, first in line %u", shown, *line);
		return;
	}
	*line = reader->line;
	reader->key = key;
	reader->key_line = reader->line;
	reader->text[0] = '\0';
}

/* Behind a blank, ';' begins a comment for inih: half a sentence would be gone. */
static bool has_comment_inside(const char *text, size_t size)
{
	for (size_t i = 1; i < size; i++) {
		if (text[i] == ';' && (text[i - 1] == ' ' || text[i - 1] == '\t'))
			return true;
	}
	return false;
}

/* What is wrong with a line; sets goes_on, and opens a section. */
static const char *line_fault(struct reader *reader, const char *text, size_t length, size_t max)
{
	const char *fault = vsee_config_line_bytes(text, length, max);
	enum vsee_config_line kind;
	size_t blanks = 0;

	if (fault)
		return fault;
	while (blanks < length && (text[blanks] == ' ' || text[blanks] == '\t'))
		blanks++;
	reader->goes_on = blanks > 0 && blanks < length;
	if (reader->goes_on && (text[blanks] == '#' || text[blanks] == ';'))
		return "is a comment behind blanks; begin comments in the first column";
	if (reader->goes_on && !reader->keyed)
		return "begins with a blank, but there is no text to go on with";
	if (!reader->goes_on) {
		fault = vsee_config_line_judge(text, length, max, &kind);
		if (fault || kind == VSEE_CONFIG_BLANK)
			return fault;
		text_end(reader);
		reader->keyed = kind == VSEE_CONFIG_KEY;
		if (kind == VSEE_CONFIG_SECTION) {
			section_begin(reader, text, length);
			return NULL;
		}
	}
	return has_comment_inside(text, length)
		       ? "has a ';' behind a blank, which would begin a comment"
		       : NULL;
}

/* For inih: the next line, or an empty one in place of one that it must not see. */
static char *reader_next(char *buffer, int size, void *context)
{
	struct reader *reader = context;

	if (reader->at == reader->end)
		return NULL;

	const char *text = reader->at;
	const char *newline = memchr(text, '\n', (size_t)(reader->end - text));
	size_t length = (size_t)((newline ? newline : reader->end) - text);
	size_t max = (size_t)size - 2; /* a newline and NUL: inih's own buffer */

	reader->at = newline ? newline + 1 : reader->end;
	reader->line++;
	reader->goes_on = false;
	buffer[0] = '\0';

	const char *fault = line_fault(reader, text, length,
				       max < VSEE_CONFIG_LINE_MAX ? max : VSEE_CONFIG_LINE_MAX);

	if (fault) {
		error_at(reader, reader->line, "the line %s", fault);
		return buffer;
	}
	memcpy(buffer, text, length);
	buffer[length] = '\0';
	return buffer;
}

/* For inih. The section comes from the reader: inih cuts its name after 49 bytes. */
static int reader_value(void *context, const char *section, const char *name, const char *text)
{
	struct reader *reader = context;

	(void)section;
	if (!name || !text || reader->refused || reader->draft->notes.no_memory)
		return 1;
	if (!reader->section)
		error_at(reader, reader->line, "a text before the first [SECTION]");
	else if (!reader->goes_on)
		key_begin(reader, name);
	if (reader->key)
		text_add(reader, text);
	return 1;
}

void vsee_texts_read(struct vsee_texts_draft *draft, const char *file, const char *text,
		     size_t size)
{
	autofree unsigned *lines = calloc(draft->key_count, sizeof(*lines));
	struct reader reader = {
		.draft = draft, .file = file, .at = text, .end = text + size, .lines = lines};

	if (!lines) {
		draft->notes.no_memory = true;
		return;
	}

	int r = ini_parse_stream(reader_next, &reader, reader_value, &reader);

	text_end(&reader);
	if (r != 0)
		vsee_draft_error(&draft->notes, file, r > 0 ? (unsigned)r : 0,
				 "could not be understood");
}

int vsee_texts_draft_init(const struct vsee_text_key *keys, size_t key_count,
			  struct vsee_texts_draft *ret_draft)
{
	char **texts = calloc(key_count, sizeof(*texts));
	struct vsee_config_error *errors = calloc(VSEE_CONFIG_ERRORS_MAX, sizeof(*errors));

	*ret_draft = (struct vsee_texts_draft){
		.keys = keys, .key_count = key_count, .texts = texts, .notes.errors = errors};
	return texts && errors ? 0 : -ENOMEM;
}

void vsee_texts_draft_clear(struct vsee_texts_draft *draft)
{
	for (size_t i = 0; i < draft->key_count && draft->texts; i++)
		free(draft->texts[i]);
	free(draft->texts);
	vsee_draft_clear(&draft->notes);
	*draft = (struct vsee_texts_draft){0};
}
