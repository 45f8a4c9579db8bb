/* The letter as plain text: wrapped, its facts in columns, a link alone on its line. */
#include "compose_letter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define LINE_WIDTH 72

/* Characters, as far as UTF-8 tells: continuation bytes do not count. */
static size_t width_of(const char *text, size_t size)
{
	size_t width = 0;

	for (size_t i = 0; i < size; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/* A word that is wider than a line (a link, say) stays whole: cut, it would be worth nothing. */
static void wrap(FILE *file, const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		size_t size = strcspn(text, " ");
		size_t word = width_of(text, size);
		bool fits = width + 1 + word <= LINE_WIDTH;

		if (width > 0)
			fputc(fits ? ' ' : '\n', file);
		width = width > 0 && fits ? width + 1 + word : word;
		fwrite(text, 1, size, file);
		text += size;
		text += strspn(text, " ");
	}
	fputc('\n', file);
}

static size_t label_width(const struct letter *letter)
{
	size_t widest = 0;

	for (size_t i = 0; i < letter->count; i++) {
		const char *label = letter->parts[i].label;
		size_t width = label ? width_of(label, strlen(label)) : 0;

		widest = width > widest ? width : widest;
	}
	return widest;
}

static void fact(FILE *file, const struct part *part, size_t widest)
{
	size_t width = width_of(part->label, strlen(part->label));

	fprintf(file, "    %s:%*s%s\n", part->label, (int)(widest - width + 2), "", part->text);
}

int letter_text(const struct letter *letter, char **ret_text, size_t *ret_size)
{
	const size_t widest = label_width(letter);
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < letter->count; i++) {
		const struct part *part = &letter->parts[i];
		bool together =
			i > 0 && part->kind == PART_FACT && letter->parts[i - 1].kind == PART_FACT;

		if (i > 0 && !together)
			fputc('\n', file);
		if (part->kind == PART_FACT)
			fact(file, part, widest);
		else if (part->kind == PART_LINK)
			fprintf(file, "    %s\n", part->text);
		else
			wrap(file, part->text);
	}

	bool bad = ferror(file) != 0;

	if (fclose(file) != 0 || bad) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	*ret_size = size;
	return 0;
}
