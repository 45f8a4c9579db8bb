/* What the process is denied, and how long it may live. */
#pragma once

/*
 * No core, no debugger, no limit on the person's processes, an empty environment, no file for
 * others, no death by a closed socket; and dead after CONFINE_SECONDS whatever happens.
 * 0 or negative errno: then nothing may be tried.
 */
#define CONFINE_SECONDS 30
int confine_set(void);

/*
 * From here on until the end, no signal stops us, of those that can be blocked: the person may
 * send them while the real uid is theirs, and systemd may want to stop us. SIGKILL and SIGSTOP
 * can't be blocked: killed, shadow is the old one or the new one, because pam_unix renames it, and
 * nobody is told anything; stopped, the timer of confine_set() kills us.
 */
void confine_block_signals(void);
