#include "moment.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/number.h"

#define AMOUNT_MAX 1000000 /* more is no time that a person means */

static const struct unit {
	char letter;
	int64_t seconds;
} units[] = {
	{'d', VSEE_SECONDS_PER_DAY},
	{'h', INT64_C(60) * 60},
	{'m', 60},
};

static int parse_distance(const char *text, int64_t now, int64_t *ret_seconds)
{
	const size_t size = strlen(text);
	int64_t amount;

	if (size < 2 || vsee_number_parse(text, size - 1, 0, AMOUNT_MAX, &amount) < 0)
		return -EINVAL;
	for (size_t i = 0; i < COUNT(units); i++) {
		if (units[i].letter != text[size - 1])
			continue;
		*ret_seconds = now + amount * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

/* mktime(3) moves what does not exist (February 30) to where it does. */
static int find(const struct tm *written, int64_t *ret_seconds)
{
	struct tm local = *written;
	time_t seconds;

	local.tm_isdst = -1;
	seconds = mktime(&local);
	if (seconds == (time_t)-1 || local.tm_mday != written->tm_mday ||
	    local.tm_mon != written->tm_mon || local.tm_hour != written->tm_hour ||
	    local.tm_min != written->tm_min)
		return -EINVAL;
	*ret_seconds = (int64_t)seconds;
	return 0;
}

int moment_parse(const char *text, int64_t now, int64_t *ret_seconds)
{
	static const struct form {
		const char *format;
		size_t size;
	} forms[] = {
		{"%Y-%m-%d", 10},
		{"%Y-%m-%d %H:%M", 16},
		{"%Y-%m-%dT%H:%M", 16},
	};

	if (text[0] == '+')
		return parse_distance(text + 1, now, ret_seconds);
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct tm written = {0};
		const char *end = strptime(text, forms[i].format, &written);

		if (end && *end == '\0' && strlen(text) == forms[i].size)
			return find(&written, ret_seconds);
	}
	return -EINVAL;
}
