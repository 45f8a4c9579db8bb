#include "dropin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/name.h"
#include "policy/verdict.h"

static const char header[] = "# Kept by \"vseectl enable\" and \"vseectl disable\"; what is "
			     "written here by hand makes them\n"
			     "# refuse. Other settings belong into other files of this folder. A "
			     "file that comes after this\n"
			     "# one by name wins over it.\n";

struct piece {
	const char *text;
	size_t size;
};

static bool begins_with(const struct piece *line, const char *prefix, struct piece *ret_rest)
{
	const size_t size = strlen(prefix);

	if (line->size < size || memcmp(line->text, prefix, size) != 0)
		return false;
	*ret_rest = (struct piece){line->text + size, line->size - size};
	return true;
}

static bool is_section(const struct piece *name)
{
	struct piece rest;

	if (begins_with(name, "policy", &rest))
		return rest.size == 0;
	if (!begins_with(name, "group ", &rest) && !begins_with(name, "user ", &rest))
		return false;
	return vsee_name_valid_sized(rest.text, rest.size) && !memchr(rest.text, ']', rest.size);
}

static int take_section(struct dropin *dropin, const struct piece *rest)
{
	char name[VSEE_SECTION_TEXT_SIZE];
	struct piece piece = {rest->text, rest->size - 1};

	if (rest->size == 0 || rest->text[rest->size - 1] != ']' || !is_section(&piece))
		return -EBADMSG;
	memcpy(name, piece.text, piece.size);
	name[piece.size] = '\0';
	if (dropin_find(dropin, name))
		return -EBADMSG;
	return dropin_set(dropin, name, VSEE_MODE_OFF);
}

static int take_mode(struct dropin_section *section, const struct piece *rest)
{
	for (enum vsee_mode mode = VSEE_MODE_OFF; mode <= VSEE_MODE_ENFORCE; mode++) {
		const char *name = vsee_mode_name(mode);

		if (strlen(name) != rest->size || memcmp(name, rest->text, rest->size) != 0)
			continue;
		section->mode = mode;
		return 0;
	}
	return -EBADMSG;
}

/* open: the section whose mode has not come yet. */
static int take_line(struct dropin *dropin, const struct piece *line, bool *open)
{
	struct piece rest;
	int r;

	if (line->size == 0)
		return 0;
	if (!*open && begins_with(line, "[", &rest)) {
		r = take_section(dropin, &rest);
		*open = r == 0;
		return r;
	}
	if (!*open || !begins_with(line, "mode = ", &rest))
		return -EBADMSG;
	*open = false;
	return take_mode(&dropin->sections[dropin->count - 1], &rest);
}

/* Ours is the block of comments that begins so; its further words may be those of another version.
 */
static bool is_header(const struct piece *line, unsigned number)
{
	struct piece rest;

	return begins_with(line, number == 1 ? "# Kept by \"vseectl " : "#", &rest);
}

int dropin_parse(const char *text, size_t size, struct dropin *ret_dropin, unsigned *ret_line)
{
	autodropin struct dropin dropin = {0};
	unsigned number = 0;
	bool open = false, in_header = true;
	int r = 0;

	for (const char *end = text + size; r == 0 && text < end; text++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		number++;
		if (!stop)
			stop = end;

		const struct piece line = {text, (size_t)(stop - text)};

		in_header = in_header && is_header(&line, number);
		r = in_header ? 0 : take_line(&dropin, &line, &open);
		text = stop;
	}
	if (r == 0 && open)
		r = -EBADMSG;
	if (r == -EBADMSG)
		*ret_line = number;
	if (r < 0)
		return r;
	*ret_dropin = dropin;
	dropin = (struct dropin){0};
	return 0;
}

const struct dropin_section *dropin_find(const struct dropin *dropin, const char *name)
{
	for (size_t i = 0; i < dropin->count; i++)
		if (strcmp(dropin->sections[i].name, name) == 0)
			return &dropin->sections[i];
	return NULL;
}

int dropin_set(struct dropin *dropin, const char *name, enum vsee_mode mode)
{
	struct dropin_section *sections;

	for (size_t i = 0; i < dropin->count; i++) {
		if (strcmp(dropin->sections[i].name, name) != 0)
			continue;
		dropin->sections[i].mode = mode;
		return 0;
	}
	if (dropin->count >= DROPIN_SECTIONS_MAX)
		return -ENOSPC;
	sections = reallocarray(dropin->sections, dropin->count + 1, sizeof(*sections));
	if (!sections)
		return -ENOMEM;
	dropin->sections = sections;
	sections[dropin->count].mode = mode;
	(void)snprintf(sections[dropin->count].name, sizeof(sections->name), "%s", name);
	dropin->count++;
	return 0;
}

int dropin_print(const struct dropin *dropin, char **ret_text, size_t *ret_size)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	(void)fputs(header, stream); /* fclose() tells of any failure */
	for (size_t i = 0; i < dropin->count; i++)
		(void)fprintf(stream, "\n[%s]\nmode = %s\n", dropin->sections[i].name,
			      vsee_mode_name(dropin->sections[i].mode));
	if (fclose(stream) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	*ret_size = size;
	return 0;
}

void dropin_clear(struct dropin *dropin)
{
	free(dropin->sections);
	*dropin = (struct dropin){0};
}
