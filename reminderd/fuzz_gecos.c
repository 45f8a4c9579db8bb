/*
 * What people write of themselves: an address that is taken stands in the field and is a good one;
 * a language is one of ours; and a cell of a report reads back as it was, and is no formula. The
 * input is passwd's field.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "base/cleanup.h"
#include "csv.h"
#include "fuzz.h"
#include "gecos.h"
#include "store/syntax.h"

static void check_address(const char *gecos)
{
	char address[ADDRESS_SIZE];
	const char *why = NULL;
	const int r = gecos_find(gecos, address, &why);

	CHECK(r == 0 || (r == -EINVAL && why) || (r == -ENOENT && !why));
	if (r == 0) {
		CHECK(vsee_syntax_address(address, strlen(address)) && strstr(gecos, address));
		CHECK(!address_fault(address, strlen(address)));
	}
	if (r == -ENOENT) /* a field that is an address would have been found */
		CHECK(!vsee_syntax_address(gecos, strlen(gecos)));
	CHECK((address_fault(gecos, strlen(gecos)) == NULL) ==
	      vsee_syntax_address(gecos, strlen(gecos)));
}

static void check_language(const char *text, size_t size)
{
	enum vsee_language language = (enum vsee_language) - 1;

	if (address_language(text, size, &language))
		CHECK(memcmp(text, language == VSEE_LANGUAGE_DE ? "de" : "en", 2) == 0);
	else
		CHECK(language == (enum vsee_language) - 1);
}

/* Back from RFC 4180. */
static void check_cell(const char *text, const char *cell, size_t size)
{
	const bool quoted = size > 0 && cell[0] == '"';
	const char *const end = quoted ? cell + size - 1 : cell + size;
	const char *from = quoted ? cell + 1 : cell;

	CHECK(!quoted || (size >= 2 && *end == '"'));
	if (*from == '\'' && text[0] != '\'')
		from++;
	else
		CHECK(from == end || !strchr("=+-@\t\r", *from));
	for (; from < end; from++, text++) {
		CHECK(*from == *text);
		CHECK(quoted || !strchr(",\"\r\n", *from));
		if (*from == '"')
			CHECK(++from < end && *from == '"');
	}
	CHECK(*text == '\0');
}

static int check_csv(const char *text)
{
	autofree char *cell = NULL;
	size_t size = 0;
	FILE *const stream = open_memstream(&cell, &size);

	if (!stream)
		return -ENOMEM;
	csv_put(stream, text);
	(void)fclose(stream); /* what does not fit shows as another text */
	check_cell(text, cell, size);
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *text = strndup((const char *)data, size);

	if (!text)
		return -ENOMEM;
	check_address(text);
	check_language(text, strlen(text));
	return check_csv(text);
}
