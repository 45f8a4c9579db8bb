#include "base/name.h"

#include <errno.h>
#include <string.h>

static const char hex_digits[] = "0123456789ABCDEF";

/* Not isalnum(3): the caller's locale must not decide. */
static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

bool vsee_name_valid_sized(const char *name, size_t size)
{
	if (size == 0 || size >= VSEE_NAME_SIZE || name[0] == '-' || name[0] == '+')
		return false;
	if (name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.')))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return false;
		if (name[i] == '/' || name[i] == ':' || name[i] == ',')
			return false;
	}
	return true;
}

bool vsee_name_valid(const char *name)
{
	return vsee_name_valid_sized(name, strnlen(name, VSEE_NAME_SIZE));
}

void vsee_name_escape(const char *name, char *ret_file_name)
{
	char *to = ret_file_name;

	for (const char *c = name; *c; c++) {
		if (plain(*c)) {
			*to++ = *c;
			continue;
		}
		*to++ = '%';
		*to++ = hex_digits[(unsigned char)*c >> 4];
		*to++ = hex_digits[(unsigned char)*c & 15];
	}
	*to = '\0';
}

static int hex_value(char c)
{
	const char *digit = c ? strchr(hex_digits, c) : NULL;

	return digit ? (int)(digit - hex_digits) : -1;
}

int vsee_name_unescape(const char *file_name, char *ret_name)
{
	char name[VSEE_NAME_SIZE];
	size_t size = 0;

	for (const char *c = file_name; *c; c++) {
		if (size == sizeof(name) - 1)
			return -EINVAL;
		if (plain(*c)) {
			name[size++] = *c;
			continue;
		}

		const int high = *c == '%' ? hex_value(c[1]) : -1;
		const int low = high < 0 ? -1 : hex_value(c[2]);

		if (low < 0 || plain((char)(high * 16 + low)))
			return -EINVAL;
		name[size++] = (char)(high * 16 + low);
		c += 2;
	}
	if (!vsee_name_valid_sized(name, size))
		return -EINVAL;
	memcpy(ret_name, name, size);
	ret_name[size] = '\0';
	return 0;
}
