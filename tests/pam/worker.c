/*
 * One process of a fault test: pam-worker MODULE FOLDER STEP... with FOLDER standing for /etc.
 * Prints a line "STEP CODE" for each step; a system call with a telling argument stands before and
 * after what PAM is asked, so that a tracer knows where it begins and ends.
 *
 * make: a new world, Alice's history in it. account: the account phase. change:NEW, login:PASSWORD.
 * unbound:NEW: a change without the module's last line.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "sandbox.h"
#include "store/candidate.h"
#include "visit.h"
#include "world.h"

#define MARK 0x5eed /* no process group has this number: pid_max is lower by default */

static const char stack[] = WORLD_AUTH "auth required pam_permit.so\n" WORLD_ACCOUNT WORLD_PASSWORD;
static const char unbound[] =
	"password requisite @ #\n" WORLD_UNIX "password required pam_permit.so\n";

/* Needs memory to be compared with, as most have it today; those of the world do not. */
static void remember_costly(const char *password, vsee_day replaced)
{
	autocandidate struct vsee_candidate candidate = {.password = password};
	const char *hash;

	if (vsee_candidate_hash(&candidate, "$y$j75$vseeexpiretests.$", false, &hash) < 0)
		sandbox_fail("crypt");
	world_remember_hash(hash, replaced);
}

static int make(void)
{
	char old[32];

	world_make(&world_valid, "mode = enforce\n");
	for (int i = 0; i < 5; i++) {
		(void)snprintf(old, sizeof(old), "Past-Oak-%d", i);
		world_remember(old, TODAY - 400 + 60 * i);
	}
	remember_costly("Past-Oak-5", TODAY - 100);
	world_stack("web", stack, "");
	world_stack("unbound", unbound, "");
	return PAM_SUCCESS;
}

static void mark(void)
{
	(void)getpgid(MARK); /* fails, and is seen */
}

static int ask_pam(const char *step)
{
	autovisit struct visit visit = {.pamh = NULL};
	const char *password = strchr(step, ':');
	int code;

	visit_begin(&visit, strncmp(step, "unbound:", 8) == 0 ? "unbound" : "web", ALICE);
	visit.dialog.fresh = visit.dialog.current = password ? password + 1 : NULL;
	(void)pam_setcred(visit.pamh, PAM_DELETE_CRED); /* loads the stack, before the mark */
	mark();
	if (strcmp(step, "account") == 0)
		code = pam_acct_mgmt(visit.pamh, 0);
	else if (strncmp(step, "login:", 6) == 0)
		code = pam_authenticate(visit.pamh, 0);
	else
		code = pam_chauthtok(visit.pamh, 0);
	mark();
	return code;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	if (!sandbox_enter(argv[2]))
		return sandbox_skip();
	clock_set(TODAY);
	if (strcmp(argv[3], "make") == 0)
		world_begin(argv[1]);
	for (int i = 3; i < argc; i++) {
		const int code = strcmp(argv[i], "make") == 0 ? make() : ask_pam(argv[i]);

		(void)printf("%s %d\n", argv[i], code);
		(void)fflush(stdout);
	}
	return 0;
}
