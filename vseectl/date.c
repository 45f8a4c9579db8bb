#include "date.h"

#include <stdio.h>
#include <time.h>

const char *time_print(int64_t seconds, char *ret_text)
{
	const time_t time = (time_t)seconds;
	struct tm local;

	if (seconds < 0)
		(void)snprintf(ret_text, DATE_SIZE, "-");
	else if (!localtime_r(&time, &local) ||
		 strftime(ret_text, DATE_SIZE, "%Y-%m-%d %H:%M %Z", &local) == 0)
		(void)snprintf(ret_text, DATE_SIZE, "second %lld", (long long)seconds);
	return ret_text;
}

const char *date_print(vsee_day day, char *ret_text)
{
	if (day <= VSEE_DAY_MAX * 2)
		return time_print(day < 0 ? -1 : day * VSEE_SECONDS_PER_DAY, ret_text);
	(void)snprintf(ret_text, DATE_SIZE, "never");
	return ret_text;
}
