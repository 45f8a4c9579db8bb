#include "salvage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/plural.h"
#include "identity.h"
#include "ledger_salvage.h"
#include "log.h"
#include "store/paths.h"

static enum exit_code complain(const char *folder, int error)
{
	switch (error) {
	case -EALREADY:
		log_error("%s/" LEDGER_NAME " is not damaged: nothing was done", folder);
		break;
	case -ENOENT:
		log_error("%s/" LEDGER_NAME ": there is none, so there is nothing to save", folder);
		break;
	case -EBUSY:
		log_error("a run of send is at %s/" LEDGER_NAME ": nothing was done. Try again "
			  "when it has ended",
			  folder);
		break;
	case -EPROTONOSUPPORT:
		log_error("%s/" LEDGER_NAME " was written by a newer version of this program: "
			  "nothing was done",
			  folder);
		break;
	default:
		log_error("%s/" LEDGER_NAME ": %s: nothing was set aside", folder,
			  strerror(-error));
	}
	return EXIT_FILES;
}

static void say(const char *folder, const struct ledger_salvage *salvage)
{
	if (salvage->error[0])
		(void)printf("The damage: %s\n", salvage->error);
	(void)printf("%s/%s is the damaged ledger now; keep it until you know why.\n", folder,
		     salvage->aside);
	(void)printf("The new one holds %" PRIu64 " row%s that could be read. ", salvage->rows,
		     vsee_plural(salvage->rows));
	if (salvage->bad > 0)
		(void)printf("Left out as senseless: %" PRIu64 " row%s. ", salvage->bad,
			     vsee_plural(salvage->bad));
	if (salvage->known)
		(void)printf("%" PRIu64 " could not be read.\n", salvage->lost);
	else
		(void)printf("How many could not be read is not known.\n");
	if (!salvage->known || salvage->lost + salvage->bad > 0)
		(void)printf("Who was reminded in a row that is lost may get that reminder a "
			     "second time.\n");
}

enum exit_code salvage_run(const struct options *options)
{
	struct ledger_salvage salvage = {0};
	struct vsee_paths paths;
	int r;

	if (vsee_paths_init(options->root, options->state, &paths) < 0) {
		log_error("--root or --state is too long");
		return EXIT_USAGE;
	}
	/* A damaged file of a program of fewer rights is no reading for root. */
	if (identity_become(paths.mail, !options->root[0]) < 0)
		return EXIT_FILES;
	r = ledger_salvage(paths.mail, (int64_t)time(NULL), &salvage);
	if (r < 0)
		return complain(paths.mail, r);
	say(paths.mail, &salvage);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_GOOD : EXIT_FILES;
}
