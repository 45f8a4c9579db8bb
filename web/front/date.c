#include "date.h"

#include <stdio.h>
#include <time.h>

/* Our own words: a locale of the host need not be there. */
static const char *const months[][12] = {
	[VSEE_LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July",
			      "August", "September", "October", "November", "December"},
	[VSEE_LANGUAGE_DE] = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
			      "September", "Oktober", "November", "Dezember"},
};

const char *date_print(int64_t seconds, enum vsee_language language, char *ret_text)
{
	const time_t time = (time_t)seconds;
	char clock[32] = "";
	struct tm local;

	ret_text[0] = '\0';
	if (!localtime_r(&time, &local))
		return ret_text;
	(void)strftime(clock, sizeof(clock),
		       language == VSEE_LANGUAGE_DE ? "%H:%M Uhr (%Z)" : "%H:%M %Z", &local);
	(void)snprintf(ret_text, DATE_SIZE, "%d%s %s %d, %s", local.tm_mday,
		       language == VSEE_LANGUAGE_DE ? "." : "", months[language][local.tm_mon],
		       local.tm_year + 1900, clock);
	return ret_text;
}
