#include "form.h"

#include <string.h>

#include "base/utf8.h"

static const char *const names[FORM_FIELDS] = {
	[FORM_USER] = "user",	    [FORM_CURRENT] = "current", [FORM_NEW] = "new",
	[FORM_CONFIRM] = "confirm", [FORM_TOKEN] = "form",	[FORM_LANG] = "lang",
	[FORM_LINK] = "token",
};

static int find_field(const char *name, size_t size, unsigned allowed)
{
	for (int i = 0; i < FORM_FIELDS; i++)
		if (allowed & FORM_BIT(i) && strlen(names[i]) == size &&
		    memcmp(names[i], name, size) == 0)
			return i;
	return -EINVAL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -EINVAL;
}

/* The byte at *text, which moves behind it; -EINVAL where there is none to be had. */
static int take_byte(const char **text, const char *end)
{
	const char c = *(*text)++;
	int high, low;

	if (c == '+')
		return ' ';
	if (c != '%')
		return (unsigned char)c < ' ' || c == '\x7f' ? -EINVAL : (unsigned char)c;
	if (end - *text < 2)
		return -EINVAL;
	high = hex_digit((*text)[0]);
	low = hex_digit((*text)[1]);
	*text += 2;
	if (high < 0 || low < 0 || (high == 0 && low == 0))
		return -EINVAL;
	return high * 16 + low;
}

static int decode_value(const char *text, size_t size, struct vsee_secret *ret_value)
{
	const char *const end = text + size;
	autosecret struct vsee_secret value = {0};
	int r;

	r = vsee_secret_alloc(size + 1, &value);
	if (r < 0)
		return r;
	while (text < end) {
		r = take_byte(&text, end);
		if (r < 0)
			return r;
		value.text[value.length++] = (char)r;
	}
	if (!vsee_utf8_valid(value.text, value.length))
		return -EINVAL;
	*ret_value = value;
	value = (struct vsee_secret){0};
	return 0;
}

static int decode_pair(const char *pair, size_t size, unsigned allowed, struct form *form)
{
	const char *const equals = memchr(pair, '=', size);
	int field;

	if (!equals)
		return -EINVAL;
	field = find_field(pair, (size_t)(equals - pair), allowed);
	if (field < 0 || form->values[field].text)
		return -EINVAL;
	return decode_value(equals + 1, size - (size_t)(equals + 1 - pair), &form->values[field]);
}

int form_decode(const char *text, size_t size, unsigned allowed, struct form *ret_form)
{
	autoform struct form form = {0};
	const char *const end = text + size;
	int r;

	if (size > FORM_BYTES_MAX)
		return -EINVAL;
	while (size > 0) {
		const char *const mark = memchr(text, '&', (size_t)(end - text));
		const char *const stop = mark ? mark : end;

		r = decode_pair(text, (size_t)(stop - text), allowed, &form);
		if (r < 0)
			return r;
		if (!mark)
			break;
		text = mark + 1;
	}
	*ret_form = form;
	form = (struct form){0};
	return 0;
}

void form_clear(struct form *form)
{
	for (size_t i = 0; i < FORM_FIELDS; i++)
		vsee_secret_clear(&form->values[i]);
}

const char *form_text(const struct form *form, enum form_field field)
{
	return form->values[field].text ? form->values[field].text : "";
}
