/* Any bytes as a form: what is accepted, encoded again in the order of the fields, reads back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "fuzz.h"

static const char *const names[FORM_FIELDS] = {"user", "current", "new",  "confirm",
					       "form", "lang",	  "token"};

static size_t encode(const struct form *form, char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t size = 0;

	for (int i = 0; i < FORM_FIELDS; i++) {
		const struct vsee_secret *const value = &form->values[i];

		if (!value->text)
			continue;
		if (size > 0)
			text[size++] = '&';
		memcpy(text + size, names[i], strlen(names[i]));
		size += strlen(names[i]);
		text[size++] = '=';
		for (size_t j = 0; j < value->length; j++) {
			text[size++] = '%';
			text[size++] = digits[(unsigned char)value->text[j] >> 4];
			text[size++] = digits[(unsigned char)value->text[j] & 15];
		}
	}
	return size;
}

static void compare(const struct form *first, const struct form *second)
{
	for (int i = 0; i < FORM_FIELDS; i++) {
		const struct vsee_secret *const a = &first->values[i], *const b =
									       &second->values[i];

		if (!a->text != !b->text || a->length != b->length ||
		    (a->text && memcmp(a->text, b->text, a->length + 1) != 0) ||
		    (a->text && strlen(a->text) != a->length))
			abort();
	}
}

int fuzz_run(const uint8_t *data, size_t size)
{
	static char text[3 * FORM_BYTES_MAX + 128];
	autoform struct form first = {0}, second = {0};
	const unsigned all = FORM_BIT(FORM_FIELDS) - 1;
	size_t length;
	int r;

	r = form_decode((const char *)data, size, all, &first);
	if (r < 0)
		return r;
	if (size > FORM_BYTES_MAX)
		abort();
	length = encode(&first, text);
	if (length > FORM_BYTES_MAX)
		return 0;
	r = form_decode(text, length, all, &second);
	CHECK(r == 0 || r == -ENOMEM);
	if (r < 0)
		return r;
	compare(&first, &second);
	return 0;
}
