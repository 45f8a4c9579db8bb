#include "progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define WIDTH_MIN 40
#define BAR_MAX 40
#define TEXT_SIZE 24 /* of the two numbers and what is around them */
#define PAUSE_MS 100

static bool drawn;
static int64_t last_ms;

static unsigned width(void)
{
	struct winsize size;

	if (!isatty(STDERR_FILENO) || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col < WIDTH_MIN ? 0 : size.ws_col;
}

/* A line that can be taken back is all we ask of a terminal, and these can't do that. */
static bool is_plain(void)
{
	const char *term = getenv("TERM"), *colour = getenv("NO_COLOR");

	return !term || strcmp(term, "dumb") == 0 || (colour && colour[0]);
}

static int64_t now_ms(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_MONOTONIC, &now) < 0 ? 0
							: now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_show(uint64_t done, uint64_t all)
{
	static const char bar[] = "########################################";
	const unsigned columns = width();
	const int64_t now = now_ms();
	int room, full;

	if (columns == 0 || is_plain() || all == 0 || (drawn && now - last_ms < PAUSE_MS))
		return;
	room = (int)columns - 2 * TEXT_SIZE;
	room = room < 8 ? 8 : room > BAR_MAX ? BAR_MAX : room;
	full = done >= all ? room : (int)(done * (uint64_t)room / all);
	(void)fprintf(stderr, "\r[%.*s%*s] %" PRIu64 "/%" PRIu64 "\033[K", full, bar, room - full,
		      "", done, all);
	(void)fflush(stderr);
	drawn = true;
	last_ms = now;
}

void progress_clear(void)
{
	if (!drawn)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	drawn = false;
}
