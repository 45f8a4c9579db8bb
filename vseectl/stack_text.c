#include "stack_text.h"

#include <errno.h>
#include <string.h>

#define BLANKS " \t\n"

/* One line of the file, without its newline; NUL bytes end it as they do for libpam. */
static void take_line(struct stack_reader *reader, const char **ret_text, size_t *ret_size)
{
	const char *begin = reader->text + reader->offset;
	const size_t left = reader->size - reader->offset;
	const char *end = memchr(begin, '\n', left);
	const size_t size = end ? (size_t)(end - begin) : left;

	reader->offset += size + (end ? 1 : 0);
	reader->number++;
	*ret_text = begin;
	*ret_size = strnlen(begin, size);
}

/* Without blanks at both ends, and from the first '#' on. */
static void trim(const char **text, size_t *size, bool *ret_comment)
{
	const char *hash = memchr(*text, '#', *size);

	*ret_comment = hash != NULL;
	if (hash)
		*size = (size_t)(hash - *text);
	while (*size > 0 && strchr(BLANKS, (*text)[0])) {
		(*text)++;
		(*size)--;
	}
	while (*size > 0 && strchr(BLANKS, (*text)[*size - 1]))
		(*size)--;
}

static bool append(struct stack_text *line, size_t *length, const char *text, size_t size)
{
	const size_t room = sizeof(line->line) - 1 - *length;
	const size_t taken = size < room ? size : room;

	memcpy(line->line + *length, text, taken);
	*length += taken;
	line->line[*length] = '\0';
	line->cut = taken < size;
	return !line->cut;
}

int stack_text_next(struct stack_reader *reader, struct stack_text *ret_text)
{
	size_t length = 0;
	bool joined = false;

	ret_text->cut = false;
	ret_text->line[0] = '\0';
	while (reader->offset < reader->size) {
		const char *text;
		size_t size;
		bool comment;

		take_line(reader, &text, &size);
		trim(&text, &size, &comment);
		/* Between continued lines, too, empty ones and comments are passed over. */
		if (size == 0)
			continue;
		if (!joined)
			ret_text->number = reader->number;
		/* A backslash before a comment continues nothing. */
		if (comment || text[size - 1] != '\\')
			return append(ret_text, &length, text, size), 1;
		joined = true;
		if (!append(ret_text, &length, text, size - 1) ||
		    !append(ret_text, &length, " ", 1))
			return 1;
	}
	return joined ? -EBADMSG : 0;
}

/* The end of the word that begins behind "["; it is made shorter by its backslashes. */
static char *close_bracket(char *word)
{
	char *to = word;

	for (; *word && *word != ']'; word++) {
		if (word[0] == '\\' && word[1] == ']')
			word++;
		*to++ = *word;
	}
	if (*word)
		*word++ = '\0';
	*to = '\0';
	return word;
}

char *stack_word_next(char **rest)
{
	char *word = *rest, *end;

	*rest = NULL;
	if (!word)
		return NULL;
	word += strspn(word, BLANKS);
	if (!*word)
		return NULL;
	if (*word == '[') {
		end = close_bracket(++word);
	} else {
		end = word + strcspn(word, BLANKS);
		if (*end)
			*end++ = '\0';
	}
	if (*end)
		*rest = end;
	return word;
}
