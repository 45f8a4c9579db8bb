#include "scan_policy.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "date.h"
#include "log.h"
#include "message_id.h"
#include "store/hold.h"

static void print_errors(const struct vsee_config *config)
{
	for (size_t i = 0; i < config->error_count; i++) {
		const struct vsee_config_error *error = &config->errors[i];

		if (error->line > 0)
			log_error("%s:%u: %s", error->file, error->line, error->text);
		else
			log_error("%s: %s", error->file, error->text);
	}
}

/* The configuration is broken: what logins go by now goes on, also for us. */
static enum exit_code keep_published(struct scan *scan)
{
	int r = -ENOENT;

	if (scan->view)
		return EXIT_CONFIG;
	if (scan->state_fd >= 0)
		r = vsee_policy_load(scan->state_fd, scan->owner, &scan->policy);
	log_about(MESSAGE_CONFIG_BROKEN, NULL);
	if (r == 0) {
		log_warning("the configuration is broken: the policy published last goes on");
		return EXIT_GOOD;
	}
	if (r == -ENOENT)
		log_error("the configuration is broken and no policy was published before: "
			  "nothing was done");
	else
		log_error("the configuration is broken, and %s/policy can't be read: %s",
			  scan->paths.state, strerror(-r));
	return EXIT_CONFIG;
}

/* What logins go by; none where nothing was published. */
static enum exit_code take_published(struct scan *scan)
{
	const int r = scan->state_fd < 0
			      ? -ENOENT
			      : vsee_policy_load(scan->state_fd, scan->owner, &scan->policy);

	if (r == 0 || r == -ENOENT)
		return EXIT_GOOD;
	log_error("%s/policy: %s", scan->paths.state, strerror(-r));
	return EXIT_FILES;
}

static enum exit_code take_configured(struct scan *scan)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	const int r = vsee_config_read(&scan->paths, scan->owner, &config);

	if (r == 0) {
		scan->policy = config.policy;
		config.policy = (struct vsee_policy){0}; /* ours now */
		scan->publish = true;
		return EXIT_GOOD;
	}
	print_errors(&config);
	scan->config_errors = config.error_count;
	if (r == -EINVAL)
		return keep_published(scan);
	log_error("%s: %s", scan->paths.config_dir, strerror(-r));
	return EXIT_FILES;
}

enum exit_code scan_policy_choose(struct scan *scan)
{
	return scan->view && scan->view->in_force ? take_published(scan) : take_configured(scan);
}

static void tell_hold(const struct scan *scan, int fault)
{
	char until[DATE_SIZE] = "its file is mended";
	struct vsee_hold found;

	if (vsee_hold_load(scan->state_fd, scan->owner, &found) == 0)
		(void)time_print(found.until, until);
	log_about(MESSAGE_HOLD, NULL);
	log_field("VSEE_UNTIL", "%s", until);
	if (fault < 0)
		log_warning("%s/hold can't be read (%s), so enforcement is held: end it with "
			    "vseectl hold --release, or set it anew",
			    scan->paths.state, strerror(-fault));
	else
		log_note("enforcement is held until %s: passwords that have ended are let in",
			 until);
}

/* Break glass: shadow says what it said without us, and nobody's date is enforced meanwhile. */
void scan_policy_hold(struct scan *scan)
{
	const bool told = scan->held;
	int fault = 0;

	scan->held = scan->state_fd >= 0 &&
		     vsee_hold_in_force(scan->state_fd, scan->owner, scan->now, &fault);
	scan->hold_unknown |= fault < 0;
	if (!scan->held)
		return;
	vsee_policy_hold(&scan->policy);
	if (!told && !scan->view)
		tell_hold(scan, fault);
}

/* As written: logins look for the hold themselves, so that it ends at its hour without a scan. */
int scan_policy_publish(struct scan *scan)
{
	int r = 0;

	vsee_policy_unhold(&scan->policy);
	if (scan->publish)
		r = vsee_policy_publish(scan->state_fd, &scan->policy);
	scan_policy_hold(scan); /* one set since the last look already counts */
	return r;
}
