#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "eligible.h"
#include "log.h"

/* The limits are needed before anything may be known of the account. */
static int load_limits(struct work *work)
{
	autopolicy struct vsee_policy policy = {0};
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, work->paths.state, 0);
	int r = state_fd < 0 ? state_fd : vsee_policy_load(state_fd, 0, &policy);

	if (r < 0)
		return r;
	work->limits = (struct throttle_limits){
		.account_failures = policy.account_failures,
		.source_failures = policy.source_failures,
		.window_seconds = (int64_t)policy.throttle_minutes * 60,
	};
	return 0;
}

bool work_charge(struct work *work, const char *name, struct wire_reply *ret_reply)
{
	int r = load_limits(work);

	*ret_reply = work_reply(WIRE_FAULT);
	work->reason = "policy";
	if (r < 0) {
		log_fault("%s/policy: %s; vseectl apply publishes it", work->paths.state,
			  strerror(-r));
		return false;
	}
	r = throttle_charge(THROTTLE_PATH, &work->limits, name, work->request->source,
			    work->boot_now);
	work->reason = "";
	if (r == 0)
		return true;
	if (r > 0) {
		*ret_reply =
			(struct wire_reply){.status = WIRE_THROTTLED, .retry_after = (uint32_t)r};
		return false;
	}
	work->reason = "throttle";
	log_fault("%s: %s; nobody can try a password while attempts can't be counted%s",
		  THROTTLE_PATH, strerror(-r), r == -EBADMSG ? ": begun anew" : "");
	return false;
}

void work_return(const struct work *work, const char *name, bool right)
{
	const int r = throttle_return(THROTTLE_PATH, &work->limits, name, work->request->source,
				      work->boot_now, right);

	if (r < 0)
		log_fault("%s: %s; an attempt stays counted that was no guess", THROTTLE_PATH,
			  strerror(-r));
}

const char *work_shown_user(const struct work *work)
{
	struct vsee_passwd passwd;
	const int r =
		vsee_passwd_find(work->paths.passwd, work->request->user, &passwd, NULL, NULL);

	return r == 0 || r == -EBADMSG ? work->request->user : "-";
}

int work_load(struct work *work, struct vsee_subject *ret_subject)
{
	const char *what = "";
	const int r = vsee_subject_load(&work->paths, 0, work->request->user, work->now,
					ret_subject, &what);

	if (r < 0) {
		work->reason = "state";
		log_fault("user=%s: %s: %s", work_shown_user(work), what, strerror(-r));
	}
	return r;
}

/* 1: it may have none. 0: it may. Negative errno, logged. */
static int link_denied(struct work *work, const struct vsee_subject *subject)
{
	const char *group;
	const int r =
		vsee_cover_denies_link(work->paths.group, &subject->policy, work->request->user,
				       subject->uid, subject->gid, &group);

	if (r < 0) {
		work->reason = "groups";
		log_fault("%s: %s; it can't be said who may have no link", work->paths.group,
			  strerror(-r));
	}
	return r;
}

int work_eligible(struct work *work, const struct vsee_subject *subject, bool link)
{
	const int denied = link ? link_denied(work, subject) : 0;
	const struct eligible_case facts = {
		.verdict = vsee_judge(&subject->facts).verdict,
		.mode = subject->section ? subject->section->rules.mode : VSEE_MODE_OFF,
		.uid = subject->uid,
		.link = link,
		.link_denied = denied > 0,
	};
	const enum eligible eligible = eligible_decide(&facts);

	if (denied < 0)
		return denied;
	if (eligible != ELIGIBLE)
		work->reason = eligible_name(eligible);
	return eligible == ELIGIBLE ? 1 : 0;
}
