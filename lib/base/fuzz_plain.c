/*
 * The smallest readers and writers against plain ones: numbers, names, UTF-8, base64, and text that
 * grows in a buffer.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/name.h"
#include "base/number.h"
#include "base/utf8.h"
#include "base/writer.h"
#include "fuzz.h"

/* All digits, and the value as far as 19 of them (without leading zeros) can say it. */
static void check_number(const char *text, size_t size)
{
	int64_t number = -7;
	const int r = vsee_number_parse(text, size, 0, INT64_MAX, &number);
	char printed[32];
	bool digits = size > 0;
	size_t zeros = 0;

	for (size_t i = 0; i < size; i++)
		digits = digits && text[i] >= '0' && text[i] <= '9';
	while (zeros + 1 < size && text[zeros] == '0')
		zeros++;
	CHECK((r == -EINVAL) == !digits);
	CHECK(r == 0 || number == -7);
	if (r == -ERANGE)
		CHECK(size - zeros > 19 ||
		      (size - zeros == 19 && memcmp(text + zeros, "9223372036854775807", 19) > 0));
	if (r != 0)
		return;
	(void)snprintf(printed, sizeof(printed), "%" PRId64, number);
	CHECK(strlen(printed) == size - zeros && memcmp(printed, text + zeros, size - zeros) == 0);
	CHECK(number == 0 || vsee_number_parse(text, size, 0, number - 1, &number) == -ERANGE);
}

static void check_name(const char *text, size_t size)
{
	char file[VSEE_FILE_NAME_SIZE], again[VSEE_NAME_SIZE], copy[VSEE_NAME_SIZE];

	if (memchr(text, '\0', size) || size >= sizeof(copy))
		return;
	memcpy(copy, text, size);
	copy[size] = '\0';
	CHECK(vsee_name_valid(copy) == vsee_name_valid_sized(text, size));
	if (vsee_name_valid(copy)) {
		vsee_name_escape(copy, file);
		CHECK(file[0] != '\0' && !strpbrk(file, "./:, ") && strlen(file) < sizeof(file));
		CHECK(vsee_name_unescape(file, again) == 0 && strcmp(again, copy) == 0);
	}
	if (vsee_name_unescape(copy, again) == 0) {
		vsee_name_escape(again, file);
		CHECK(vsee_name_valid(again) && strcmp(file, copy) == 0);
	}
}

/* One character at a time, by what its bits are worth: RFC 3629, section 3. */
static bool utf8_plain(const char *text, size_t size)
{
	static const struct {
		unsigned char mask, bits;
		size_t size;
		uint32_t least;
	} forms[] = {
		{0x80, 0x00, 1, 0},
		{0xe0, 0xc0, 2, 0x80},
		{0xf0, 0xe0, 3, 0x800},
		{0xf8, 0xf0, 4, 0x10000},
	};

	while (size > 0) {
		const unsigned char first = (unsigned char)text[0];
		uint32_t value;
		size_t form = 0;

		while (form < 4 && (first & forms[form].mask) != forms[form].bits)
			form++;
		if (form == 4 || forms[form].size > size)
			return false;
		value = first & (unsigned char)~forms[form].mask;
		for (size_t i = 1; i < forms[form].size; i++) {
			if (((unsigned char)text[i] & 0xc0) != 0x80)
				return false;
			value = value << 6 | ((unsigned char)text[i] & 0x3f);
		}
		if (value < forms[form].least || value > 0x10ffff ||
		    (value >= 0xd800 && value <= 0xdfff))
			return false;
		text += forms[form].size;
		size -= forms[form].size;
	}
	return true;
}

static void check_base64(const char *bytes, size_t size)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char text[401], back[300];
	unsigned bits = 0, value = 0;
	size_t length = 0;

	if (size > sizeof(back))
		size = sizeof(back);
	vsee_base64_print(bytes, size, VSEE_BASE64_URL_LAST, text);
	CHECK(strlen(text) == vsee_base64_length(size) && strlen(text) < sizeof(text));
	for (const char *c = text; *c != '\0'; c++) {
		CHECK(strchr(letters, *c));
		value = (value << 6 | (unsigned)(strchr(letters, *c) - letters)) & 0xffff;
		bits += 6;
		if (bits >= 8)
			back[length++] = (char)(value >> (bits -= 8) & 0xff);
	}
	CHECK(length == size && memcmp(back, bytes, size) == 0);
	CHECK(bits < 6 && (value & ((1U << bits) - 1)) == 0);
}

/* Words of the input one after another: what is there is whole words, up to the first too many. */
static void check_writer(const char *text, size_t size)
{
	char buffer[24] = "";
	struct vsee_writer writer = {.text = buffer, .size = 1 + size % sizeof(buffer)};
	size_t expected = 0;
	bool overflow = false;

	while (size > 0) {
		const char *const end = memchr(text, ' ', size);
		const size_t word = strnlen(text, end ? (size_t)(end - text) : size);

		overflow = overflow || expected + word + 1 > writer.size;
		expected += overflow ? 0 : word;
		vsee_writer_add(&writer, "%.*s", (int)word, text);
		CHECK(writer.length == expected && strlen(buffer) == expected);
		CHECK(writer.overflow == overflow);
		size -= end ? (size_t)(end - text) + 1 : size;
		text = end ? end + 1 : text;
	}
}

int fuzz_run(const uint8_t *data, size_t size)
{
	const char *const text = (const char *)data;

	check_number(text, size);
	check_name(text, size);
	CHECK(vsee_utf8_valid(text, size) == utf8_plain(text, size));
	check_base64(text, size);
	check_writer(text, size);
	return 0;
}
