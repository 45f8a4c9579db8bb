/* What an administrator sees before anything is done. */
#include <stdio.h>

#include "jobs.h"
#include "policy/verdict.h"
#include "program.h"
#include "say.h"
#include "turn.h"

static void print_dropin(const struct turn *turn)
{
	const struct edit *edit = &turn->edit;

	if (!edit_changes(edit)) {
		(void)printf("Configuration: as it is; the policy that logins read is renewed.\n");
		return;
	}
	(void)printf("Configuration: %s/vsee-expire.conf.d/" DROPIN_NAME " is %s",
		     turn->context->paths.config_dir, edit->present ? "written:\n" : "removed.\n");
	for (size_t i = 0; edit->present && i < edit->dropin.count; i++)
		(void)printf("  [%s] mode = %s\n", edit->dropin.sections[i].name,
			     vsee_mode_name(edit->dropin.sections[i].mode));
}

static void print_places(const struct turn *turn)
{
	const bool on = turn->mode != VSEE_MODE_OFF;

	if (turn->to_profiles)
		(void)printf("PAM: %s\n", profile_command(on));
	if (turn->to_timer)
		(void)printf("Timer: systemctl %s --now " TIMER_UNIT "\n",
			     on ? "enable" : "disable");
	if (turn->context->root[0] && (on || !turn->group))
		(void)printf("Left to do on that system itself: %s; systemctl %s --now " TIMER_UNIT
			     "\n",
			     profile_command(on), on ? "enable" : "disable");
	else if (on && turn->timer == TIMER_NO_SYSTEMD)
		(void)printf("Timer: systemd does not run here: have cron run reminderd %s.\n",
			     vsee_policy_mails(&turn->edit.config.policy) ? "once an hour"
									  : "scan once a day");
}

enum exit_code turn_preview(const struct turn *turn)
{
	int status;

	if (turn->to_apply)
		print_dropin(turn);
	print_places(turn);
	if (turn->mode == VSEE_MODE_OFF && turn->group)
		(void)printf("[group %s] stays, with mode = off: it covers its members, so that "
			     "[policy] does not.\n",
			     turn->group);
	if (!turn->to_apply)
		return EXIT_GOOD;
	(void)putchar('\n');
	(void)fflush(stdout); /* what the child writes comes after it */
	status = program_run(turn->context,
			     (const char *const[]){"preview", "--config", turn->edit.copy, NULL});
	if (status != EXIT_GOOD && status != TURN_SCAN_SOME) {
		say_error("reminderd preview ended with status %d; nothing was changed", status);
		return (enum exit_code)status;
	}
	if (turn->mode != VSEE_MODE_OFF)
		jobs_print(turn->context, &turn->edit.config.policy);
	return EXIT_GOOD;
}
