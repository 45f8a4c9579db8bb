/* The timer that runs the daily scan. */
#pragma once

#include <stdbool.h>

#include "exit.h"

#define TIMER_UNIT "reminderd-scan.timer"

enum timer_state {
	TIMER_ELSEWHERE, /* with --root: whatever runs here is not that system */
	TIMER_NO_SYSTEMD,
	TIMER_ON, /* enabled and active */
	TIMER_OFF,
	TIMER_PARTLY,
};

enum timer_state timer_look(const char *root);

/* Enable and start it, or disable and stop it. EXIT_GOOD, or EXIT_FILES after a message. */
enum exit_code timer_switch(bool on);
