#include "store/texts.h"

#include <errno.h>
#include <fcntl.h>

#include "base/file.h"
#include "store/texts_draft.h"

#define TEXTS_BYTES_MAX ((size_t)1024 * 1024)

struct vsee_texts {
	const struct vsee_text_key *keys;
	size_t key_count;
	char *texts[]; /* by key, every one there */
};

static void read_file(struct vsee_texts_draft *draft, const char *path, uid_t owner)
{
	autosecret struct vsee_secret text = {0};
	int r = vsee_file_read(AT_FDCWD, path, owner, TEXTS_BYTES_MAX, &text);

	if (r == -ENOMEM)
		draft->notes.no_memory = true;
	else if (r == 0)
		vsee_texts_read(draft, path, text.text, text.length);
	else if (r != -ENOENT && r != -ENOTDIR)
		vsee_draft_error(&draft->notes, path, 0, "%s", vsee_config_fault(r));
}

static int finish(struct vsee_texts_draft *draft, struct vsee_texts **ret_texts)
{
	struct vsee_texts *texts =
		malloc(sizeof(*texts) + draft->key_count * sizeof(texts->texts[0]));

	if (!texts)
		return -ENOMEM;
	texts->keys = draft->keys;
	texts->key_count = draft->key_count;
	memcpy(texts->texts, draft->texts, draft->key_count * sizeof(texts->texts[0]));
	memset(draft->texts, 0, draft->key_count * sizeof(draft->texts[0]));
	*ret_texts = texts;
	return 0;
}

int vsee_texts_load(const struct vsee_text_key *keys, size_t key_count, const char *built_in,
		    size_t size, const char *const *paths, uid_t owner,
		    struct vsee_texts **ret_texts, struct vsee_text_errors *ret_errors)
{
	autotexts struct vsee_texts_draft draft = {0};
	int r = vsee_texts_draft_init(keys, key_count, &draft);

	if (r < 0)
		return r;
	vsee_texts_read(&draft, "built-in texts", built_in, size);
	for (size_t i = 0; i < key_count; i++) {
		if (!draft.texts[i])
			vsee_draft_error(&draft.notes, "built-in texts", 0, "[%s] %s: missing",
					 keys[i].section, keys[i].name);
	}
	for (; *paths; paths++)
		read_file(&draft, *paths, owner);
	if (draft.notes.no_memory)
		return -ENOMEM;
	if (draft.notes.error_count == 0)
		return finish(&draft, ret_texts);
	*ret_errors = (struct vsee_text_errors){draft.notes.errors, draft.notes.error_count};
	draft.notes.errors = NULL;
	draft.notes.error_count = 0;
	return -EINVAL;
}

void vsee_text_errors_clear(struct vsee_text_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		free(errors->items[i].file);
		free(errors->items[i].text);
	}
	free(errors->items);
	*errors = (struct vsee_text_errors){0};
}

void vsee_texts_free(struct vsee_texts *texts)
{
	for (size_t i = 0; texts && i < texts->key_count; i++)
		free(texts->texts[i]);
	free(texts);
}

static const char *text_find(const struct vsee_texts *texts, const char *section, const char *name)
{
	for (size_t i = 0; i < texts->key_count; i++) {
		if (strcmp(texts->keys[i].name, name) == 0 &&
		    strcmp(texts->keys[i].section, section) == 0)
			return texts->texts[i];
	}
	return NULL;
}

static const char *value_find(const struct vsee_text_value *values, size_t count, const char *name,
			      size_t size)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(values[i].name) == size && memcmp(values[i].name, name, size) == 0)
			return values[i].value;
	}
	return NULL;
}

static void append(const char *text, size_t size, char *to, size_t *length)
{
	if (to)
		memcpy(to + *length, text, size);
	*length += size;
}

/* The filled text into to, where that is not NULL. Its braces were checked when it was read. */
static int fill(const char *text, const struct vsee_text_value *values, size_t count, char *to,
		size_t *ret_length)
{
	*ret_length = 0;
	for (;;) {
		size_t plain = strcspn(text, "{");

		append(text, plain, to, ret_length);
		text += plain;
		if (*text == '\0')
			return 0;

		size_t name = strcspn(++text, "}");
		const char *value = value_find(values, count, text, name);

		if (!value)
			return -EINVAL;
		append(value, strlen(value), to, ret_length);
		text += name + 1;
	}
}

int vsee_text_fill(const struct vsee_texts *texts, const char *section, const char *name,
		   const struct vsee_text_value *values, size_t count, char **ret_text)
{
	const char *text = text_find(texts, section, name);
	size_t length;
	char *filled;

	if (!text || fill(text, values, count, NULL, &length) < 0)
		return -EINVAL;
	filled = malloc(length + 1);
	if (!filled)
		return -ENOMEM;
	(void)fill(text, values, count, filled, &length); /* it went well just now */
	filled[length] = '\0';
	*ret_text = filled;
	return 0;
}
