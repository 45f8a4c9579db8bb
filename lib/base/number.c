#include "base/number.h"

#include <errno.h>
#include <stdbool.h>

int vsee_number_parse(const char *text, size_t size, int64_t min, int64_t max, int64_t *ret_number)
{
	int64_t number = 0;
	bool overflow = false;

	if (size == 0)
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		const int digit = text[i] - '0';

		if (digit < 0 || digit > 9)
			return -EINVAL;
		overflow = overflow || number > (INT64_MAX - digit) / 10;
		if (!overflow)
			number = number * 10 + digit;
	}
	if (overflow || number < min || number > max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}
