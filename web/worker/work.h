/* What is being worked at: one request. */
#pragma once

#include "store/paths.h"
#include "store/subject.h"
#include "throttle.h"
#include "wire/wire.h"

struct work {
	struct vsee_paths paths;
	const struct wire_request *request;
	int64_t now;	  /* seconds since the epoch */
	int64_t boot_now; /* CLOCK_BOOTTIME, in seconds */
	struct throttle_limits limits;
	const char *reason; /* for the log: static, "" none */
	int code;	    /* for the log: of PAM */
};

/*
 * Charge the request to the throttle, by the published policy's limits. name: NULL where only the
 * source counts. True: go on. False: ret_reply has the answer.
 */
bool work_charge(struct work *work, const char *name, struct wire_reply *ret_reply);

/* Give the charge back, as throttle_return() says. A failure is logged: it costs the person. */
void work_return(const struct work *work, const char *name, bool right);

/*
 * The name for the log, "-" unless this host has such an account: people type passwords into the
 * field of the name.
 */
const char *work_shown_user(const struct work *work);

/* Gather the facts about the account. 0 or negative errno, logged. The caller clears in any case.
 */
int work_load(struct work *work, struct vsee_subject *ret_subject);

/*
 * 1: the account is served; 0: it is not, as work->reason says. Negative errno, logged: whether it
 * may have a link can't be said.
 */
int work_eligible(struct work *work, const struct vsee_subject *subject, bool link);

/* The reply that says no more than its status. */
static inline struct wire_reply work_reply(enum wire_status status)
{
	return (struct wire_reply){.status = status};
}

/* change.c, link.c: do what the request wants; the reply to it. */
struct wire_reply change_run(struct work *work);
struct wire_reply link_change(struct work *work);
struct wire_reply link_peek(struct work *work);

/* Whether the request's link is good at this moment: WIRE_LINK_GOOD, or the answer. Writes nothing.
 */
enum wire_status link_look(struct work *work);
