#include "store/config_draft.h"

#include <stdarg.h>

#include "store/value.h"

static const char *const fixed[VSEE_DRAFT_FIXED] = {
	[VSEE_DRAFT_POLICY] = "policy", [VSEE_DRAFT_EXEMPT] = "exempt", [VSEE_DRAFT_TEXT] = "text",
	[VSEE_DRAFT_MAIL] = "mail",	[VSEE_DRAFT_WEB] = "web",
};

void vsee_value_show(const char *text, char *ret_shown)
{
	struct vsee_writer writer = {.text = ret_shown, .size = VSEE_SHOWN_SIZE};

	ret_shown[0] = '\0';
	for (size_t i = 0; i < 60 && text[i] != '\0'; i++) {
		if (text[i] >= ' ' && text[i] <= '~')
			vsee_writer_add(&writer, "%c", text[i]);
		else
			vsee_writer_add(&writer, "\\x%02x", (unsigned)(unsigned char)text[i]);
	}
	if (strnlen(text, 61) > 60)
		vsee_writer_add(&writer, "...");
}

static bool error_known(const struct vsee_draft *draft, const char *file, unsigned line,
			const char *text)
{
	for (size_t i = 0; i < draft->error_count; i++) {
		const struct vsee_config_error *error = &draft->errors[i];

		if (error->line == line && strcmp(error->text, text) == 0 &&
		    strcmp(error->file, file) == 0)
			return true;
	}
	return false;
}

void vsee_draft_error(struct vsee_draft *draft, const char *file, unsigned line, const char *format,
		      ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments); /* cut where it is too long */
	va_end(arguments);
	if (draft->error_count == VSEE_CONFIG_ERRORS_MAX || error_known(draft, file, line, text))
		return;

	struct vsee_config_error error = {strdup(file), line, strdup(text)};

	draft->errors[draft->error_count++] = error;
	if (!error.file || !error.text) {
		draft->no_memory = true;
		draft->error_count--;
		free(error.file);
		free(error.text);
	}
}

int vsee_draft_add(struct vsee_draft *draft, const char *table, enum vsee_section_kind kind,
		   const char *name)
{
	struct vsee_draft_section *sections =
		reallocarray(draft->sections, draft->section_count + 1, sizeof(*sections));

	if (!sections) {
		draft->no_memory = true;
		return -ENOMEM;
	}
	draft->sections = sections;

	struct vsee_draft_section section = {
		.table = table,
		.kind = kind,
		.name = strdup(name),
		.values = calloc(vsee_key_count, sizeof(*section.values)),
	};

	if (!section.name || !section.values) {
		free(section.name);
		free(section.values);
		draft->no_memory = true;
		return -ENOMEM;
	}
	sections[draft->section_count++] = section;
	return 0;
}

int vsee_draft_init(struct vsee_draft *ret_draft)
{
	struct vsee_draft draft = {.uid_min = 1000, .uid_max = 60000};

	draft.errors = calloc(VSEE_CONFIG_ERRORS_MAX, sizeof(*draft.errors));
	draft.files = calloc(1, sizeof(*draft.files));
	draft.no_memory = !draft.errors || !draft.files;
	if (draft.files)
		draft.files[draft.file_count++] = strdup("");
	for (size_t i = 0; i < VSEE_DRAFT_FIXED && !draft.no_memory; i++)
		(void)vsee_draft_add(&draft, fixed[i], VSEE_SECTION_POLICY,
				     ""); /* sets no_memory */
	if (draft.no_memory || !draft.files[0]) {
		vsee_draft_clear(&draft);
		return -ENOMEM;
	}
	*ret_draft = draft;
	return 0;
}

void vsee_draft_clear(struct vsee_draft *draft)
{
	for (size_t i = 0; i < draft->section_count; i++) {
		for (size_t j = 0; draft->sections[i].values && j < vsee_key_count; j++)
			free(draft->sections[i].values[j].text);
		free(draft->sections[i].values);
		free(draft->sections[i].name);
	}
	free(draft->sections);
	for (size_t i = 0; i < draft->file_count; i++)
		free(draft->files[i]);
	free(draft->files);
	for (size_t i = 0; i < draft->error_count; i++) {
		free(draft->errors[i].file);
		free(draft->errors[i].text);
	}
	free(draft->errors);
	*draft = (struct vsee_draft){0};
}
