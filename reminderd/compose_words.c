/*
 * GMime's own encoder passes look-alikes of encoded words through, and makes words of any length
 * of text without blanks.
 */
#include "compose_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/writer.h"

#define WORD_MAX 60 /* bytes of a word that stands as it is */
#define ENCODED_MAX                                                                                \
	54 /* with "Reply-To: ", "=?utf-8?q?" and "?=" 76, what RFC 2047 allows a line */

bool words_plain(const char *text)
{
	size_t word = 0;

	for (const char *c = text; *c != '\0'; c++) {
		word = *c == ' ' ? 0 : word + 1;
		if (*c < ' ' || *c > '~' || word > WORD_MAX)
			return false;
	}
	return !strstr(text, "=?") && text[0] != ' ' && !strstr(text, "  ");
}

/* Letters and digits stay; that is safe in a phrase too (RFC 2047, section 5). */
static bool stays(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Bytes of the character at text, which is UTF-8. */
static size_t character_size(const char *text)
{
	size_t size = 1;

	while (((unsigned char)text[size] & 0xc0) == 0x80)
		size++;
	return size;
}

static size_t encoded_size(const char *text, size_t size)
{
	return stays(*text) || *text == ' ' ? 1 : 3 * size;
}

static void encode_character(const char *text, size_t size, struct vsee_writer *writer)
{
	if (stays(*text) || *text == ' ')
		vsee_writer_add(writer, "%c", *text == ' ' ? '_' : *text);
	else
		for (size_t i = 0; i < size; i++)
			vsee_writer_add(writer, "=%02X", (unsigned)(unsigned char)text[i]);
}

char *words_encode(const char *text)
{
	const size_t size = strlen(text) * 5 + 64; /* 3 a byte, and 15 a word of 43 at least */
	struct vsee_writer writer = {.text = malloc(size), .size = size};
	size_t line = 0;

	if (!writer.text)
		return NULL;
	vsee_writer_add(&writer, "=?utf-8?q?");
	while (*text != '\0') {
		const size_t character = character_size(text);

		if (line + encoded_size(text, character) > ENCODED_MAX) {
			vsee_writer_add(&writer, "?=\n =?utf-8?q?");
			line = 0;
		}
		line += encoded_size(text, character);
		encode_character(text, character, &writer);
		text += character;
	}
	vsee_writer_add(&writer, "?=");
	return writer.text;
}
