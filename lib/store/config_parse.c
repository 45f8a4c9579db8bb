/* A file of the configuration read into the draft, line by line, through inih. */
#include "store/config_draft.h"

#include <ini.h>

#include "base/name.h"
#include "store/config_line.h"
#include "store/value.h"

#define SECTION_NONE SIZE_MAX	   /* before the first header */
#define SECTION_BAD (SIZE_MAX - 1) /* behind a header that was refused: one error is enough */

static const char *current_file(const struct vsee_draft *draft)
{
	return draft->files[draft->file_count - 1];
}

#define error_here(draft, ...)                                                                     \
	vsee_draft_error(draft, current_file(draft), (draft)->line, __VA_ARGS__)

static size_t section_named(struct vsee_draft *draft, enum vsee_section_kind kind, const char *name)
{
	char shown[VSEE_SHOWN_SIZE];

	if (!vsee_name_valid(name)) {
		vsee_value_show(name, shown);
		error_here(draft, "%s: not a name that a group or user can have", shown);
		return SECTION_BAD;
	}
	for (size_t i = VSEE_DRAFT_FIXED; i < draft->section_count; i++) {
		if (draft->sections[i].kind == kind && strcmp(draft->sections[i].name, name) == 0)
			return i;
	}
	if (draft->section_count - VSEE_DRAFT_FIXED + 1 == VSEE_SECTIONS_MAX) {
		error_here(draft, "more than %d sections for groups and users",
			   VSEE_SECTIONS_MAX - 1);
		return SECTION_BAD;
	}
	if (vsee_draft_add(draft, "policy", kind, name) < 0)
		return SECTION_BAD;
	return draft->section_count - 1;
}

static size_t section_find(struct vsee_draft *draft, const char *title)
{
	char shown[VSEE_SHOWN_SIZE];
	size_t word = strcspn(title, " \t");
	const char *name = title + word + strspn(title + word, " \t");

	for (size_t i = 0; i < VSEE_DRAFT_FIXED; i++) {
		if (strcmp(title, draft->sections[i].table) == 0)
			return i;
	}
	if (word == 5 && memcmp(title, "group", 5) == 0)
		return section_named(draft, VSEE_SECTION_GROUP, name);
	if (word == 4 && memcmp(title, "user", 4) == 0)
		return section_named(draft, VSEE_SECTION_USER, name);
	vsee_value_show(title, shown);
	error_here(draft,
		   "[%s]: unknown section; there are policy, group NAME, user NAME, exempt, text, "
		   "mail and web",
		   shown);
	return SECTION_BAD;
}

static void section_open(struct vsee_draft *draft, const char *line, size_t size)
{
	size_t title_size;
	const char *text = vsee_config_line_section(line, size, &title_size);
	char title[VSEE_NAME_SIZE + 16];
	unsigned file = (unsigned)draft->file_count - 1;

	(void)snprintf(title, sizeof(title), "%.*s", (int)title_size, text);
	draft->current = section_find(draft, title);
	if (draft->current == SECTION_BAD)
		return;

	struct vsee_draft_section *section = &draft->sections[draft->current];
	char shown[VSEE_SHOWN_SIZE];

	vsee_value_show(title, shown);
	if (section->last_line > 0 && section->last_file == file)
		error_here(draft, "[%s]: begins a second time, first in line %u", shown,
			   section->last_line);
	section->last_file = file;
	section->last_line = draft->line;
	if (section->line > 0 && draft->current != VSEE_DRAFT_EXEMPT)
		return;
	section->file = file;
	section->line = draft->line;
}

static const struct vsee_key *key_find(struct vsee_draft *draft,
				       const struct vsee_draft_section *section, const char *name)
{
	const struct vsee_key *key = vsee_key_find(section->table, name, strlen(name));
	char shown[VSEE_SHOWN_SIZE];

	vsee_value_show(name, shown);
	if (!key)
		error_here(draft, "%s: unknown key in this section", shown);
	else if (section->kind != VSEE_SECTION_POLICY && !key->in_section)
		error_here(draft, "%s: stands in [policy] only", shown);
	else
		return key;
	return NULL;
}

/* In lists several blanks count as one. */
static void squeeze(const struct vsee_key *key, char *text)
{
	char *to = text;

	if (key->type != VSEE_KEY_WORDS && key->type != VSEE_KEY_GROUPS &&
	    key->type != VSEE_KEY_STAGES)
		return;
	for (const char *from = text; *from != '\0'; from++) {
		char c = *from;

		if (c == '\t')
			c = ' ';
		if (c != ' ' || (to > text && to[-1] != ' '))
			*to++ = c;
	}
	*to = '\0';
}

static bool value_good(struct vsee_draft *draft, const struct vsee_key *key, const char *text)
{
	char shown[VSEE_SHOWN_SIZE], expected[512] = "";
	struct vsee_writer writer = {.text = expected, .size = sizeof(expected)};
	int r = vsee_value_parse(key, text, strlen(text), NULL);

	if (r == -ENOMEM)
		draft->no_memory = true;
	if (r == 0 || r == -ENOMEM)
		return r == 0;
	vsee_value_show(text, shown);
	vsee_value_expect(key, &writer);
	if ((key->type == VSEE_KEY_SMTP && strchr(text, '@')) ||
	    strcmp(key->name, "password_file") == 0) /* it may hold a password */
		(void)snprintf(shown, sizeof(shown), "(not shown)");
	error_here(draft, "%s = %s: expected %s", key->name, shown, expected);
	return false;
}

static void value_set(struct vsee_draft *draft, const char *name, const char *text)
{
	struct vsee_draft_section *section = &draft->sections[draft->current];
	const struct vsee_key *key = key_find(draft, section, name);
	unsigned file = (unsigned)draft->file_count - 1;
	autofree char *copy = key ? strdup(text) : NULL;

	if (!key)
		return;
	if (!copy) {
		draft->no_memory = true;
		return;
	}
	squeeze(key, copy);

	struct vsee_draft_value *value = &section->values[key - vsee_keys];

	if (value->text && value->file == file)
		error_here(draft, "%s: set a second time, first in line %u", name, value->line);
	else if (value_good(draft, key, copy)) {
		free(value->text);
		*value = (struct vsee_draft_value){copy, file, draft->line};
		copy = NULL;
	}
}

struct reader {
	struct vsee_draft *draft;
	const char *at, *end;
};

/* For inih: the next line, or an empty one in place of one that it must not see. */
static char *reader_next(char *buffer, int size, void *context)
{
	struct reader *reader = context;

	if (reader->at == reader->end || reader->draft->no_memory)
		return NULL;

	const char *text = reader->at;
	const char *newline = memchr(text, '\n', (size_t)(reader->end - text));
	size_t length = (size_t)((newline ? newline : reader->end) - text);
	enum vsee_config_line kind;

	reader->at = newline ? newline + 1 : reader->end;
	reader->draft->line++;

	size_t max = (size_t)size - 2; /* a newline and NUL: inih's own buffer */
	const char *fault = vsee_config_line_judge(
		text, length, max < VSEE_CONFIG_LINE_MAX ? max : VSEE_CONFIG_LINE_MAX, &kind);

	buffer[0] = '\0';
	if (fault) {
		error_here(reader->draft, "the line %s", fault);
		return buffer;
	}
	if (kind == VSEE_CONFIG_SECTION)
		section_open(reader->draft, text, length);
	memcpy(buffer, text, length);
	buffer[length] = '\0';
	return buffer;
}

/* For inih. The section comes from the reader: inih cuts its name after 49 bytes. */
static int reader_value(void *context, const char *section, const char *name, const char *text)
{
	struct vsee_draft *draft = ((struct reader *)context)->draft;

	(void)section;
	if (!name || !text || draft->current == SECTION_BAD || draft->no_memory)
		return 1;
	if (draft->current == SECTION_NONE)
		error_here(draft, "a key before the first [SECTION]");
	else
		value_set(draft, name, text);
	return 1;
}

void vsee_draft_read(struct vsee_draft *draft, const char *file, const char *text, size_t size)
{
	char **files = reallocarray(draft->files, draft->file_count + 1, sizeof(*files));
	struct reader reader = {draft, text, text + size};

	if (files) {
		draft->files = files;
		files[draft->file_count] = strdup(file);
	}
	if (!files || !files[draft->file_count]) {
		draft->no_memory = true;
		return;
	}
	draft->file_count++;
	draft->current = SECTION_NONE;
	draft->line = 0;

	int r = ini_parse_stream(reader_next, &reader, reader_value, &reader);

	if (r != 0)
		vsee_draft_error(draft, file, r > 0 ? (unsigned)r : 0, "could not be understood");
}
