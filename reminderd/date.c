#include "date.h"

#include <stdio.h>
#include <time.h>

const char *date_print(vsee_day day, char *ret_text)
{
	const time_t seconds = (time_t)(day * VSEE_SECONDS_PER_DAY);
	struct tm local;

	if (day < 0)
		(void)snprintf(ret_text, DATE_SIZE, "-");
	else if (day > VSEE_DAY_MAX * 2)
		(void)snprintf(ret_text, DATE_SIZE, "never");
	else if (!localtime_r(&seconds, &local) ||
		 strftime(ret_text, DATE_SIZE, "%Y-%m-%d %H:%M %Z", &local) == 0)
		(void)snprintf(ret_text, DATE_SIZE, "day %lld", (long long)day);
	return ret_text;
}
