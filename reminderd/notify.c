#include "notify.h"

#if VSEE_SYSTEMD
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

static bool active;
static time_t last_s; /* of the last sign of life */

/* Seconds that no setting of the clock moves; the coarse one costs next to nothing. */
static time_t seconds(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_MONOTONIC_COARSE, &now) < 0 ? last_s : now.tv_sec;
}

/* A run goes on whether or not somebody listens, so what sd_notify(3) returns is passed over. */
void notify_ready(void)
{
	active = getenv("NOTIFY_SOCKET");
	last_s = seconds();
	(void)sd_notify(0, "READY=1");
}

bool notify_alive(void)
{
	time_t now;

	if (!active)
		return false;
	now = seconds();
	if (now == last_s)
		return false;
	last_s = now;
	(void)sd_notify(0, "WATCHDOG=1"); /* without a watchdog it means nothing */
	return true;
}

void notify_status(const char *format, ...)
{
	char text[256];
	va_list arguments;

	if (!active)
		return;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments); /* cut is good enough */
	va_end(arguments);
	(void)sd_notifyf(0, "STATUS=%s", text);
}

void notify_stopping(void)
{
	if (active)
		(void)sd_notify(0, "STOPPING=1");
}
#else
void notify_ready(void)
{
}

bool notify_alive(void)
{
	return false;
}

void notify_status(const char *format, ...)
{
	(void)format;
}

void notify_stopping(void)
{
}
#endif
