/*
 * What an administrator types as a time: one that is taken reads back alike from how it is shown,
 * and a distance lies where it says.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "date.h"
#include "fuzz.h"
#include "moment.h"

#define NOW INT64_C(1795687200)

/* "2026-11-26 10:00", of what was parsed from a date; the day is the one that was typed. */
static void check_date(const char *text, int64_t seconds)
{
	const time_t time = (time_t)seconds;
	char shown[DATE_SIZE];
	struct tm local;
	struct tm typed = {0};
	int64_t again;

	CHECK(localtime_r(&time, &local) && local.tm_sec == 0);
	CHECK(strptime(text, "%Y-%m-%d", &typed) && local.tm_mday == typed.tm_mday);
	(void)time_print(seconds, shown);
	if (seconds < 0)
		return;
	shown[strcspn(shown, " ") + 6] = '\0'; /* without the zone */
	CHECK(moment_parse(shown, NOW, &again) == 0 && again == seconds);
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *text = strndup((const char *)data, size);
	int64_t seconds = -77;
	int r;

	if (!text)
		return -ENOMEM;
	r = moment_parse(text, NOW, &seconds);
	CHECK(r == 0 || (r == -EINVAL && seconds == -77));
	if (r == 0 && text[0] == '+')
		CHECK(seconds >= NOW && seconds <= NOW + INT64_C(1000000) * 86400);
	else if (r == 0)
		check_date(text, seconds);
	return r;
}
