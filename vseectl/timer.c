#include "timer.h"

#include <string.h>
#include <unistd.h>

#include "command.h"
#include "say.h"

/* As sd_booted(3) has it. */
#define SYSTEMD_RUNS "/run/systemd/system"

static bool says_yes(const char *question)
{
	return command_run(
		       (const char *const[]){"systemctl", question, "--quiet", TIMER_UNIT, NULL},
		       true) == 0;
}

enum timer_state timer_look(const char *root)
{
	bool enabled, active;

	if (root[0])
		return TIMER_ELSEWHERE;
	if (access(SYSTEMD_RUNS, F_OK) < 0)
		return TIMER_NO_SYSTEMD;
	enabled = says_yes("is-enabled");
	active = says_yes("is-active");
	if (enabled && active)
		return TIMER_ON;
	return enabled || active ? TIMER_PARTLY : TIMER_OFF;
}

enum exit_code timer_switch(bool on)
{
	const char *verb = on ? "enable" : "disable";
	const int r = command_run(
		(const char *const[]){"systemctl", verb, "--now", "--quiet", TIMER_UNIT, NULL},
		false);

	if (r == 0)
		return EXIT_GOOD;
	if (r < 0)
		say_error("systemctl: %s", strerror(-r));
	else
		say_error("systemctl %s --now %s ended with status %d", verb, TIMER_UNIT, r);
	return EXIT_FILES;
}
