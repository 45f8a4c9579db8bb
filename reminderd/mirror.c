#include "mirror.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "chage.h"
#include "log.h"
#include "message_id.h"
#include "notify.h"
#include "store/lock.h"
#include "target.h"

/* A date and the two other fields may need one each; so may what this shadow turns out to lack. */
#define ROUNDS_MAX 6

/* A plan, and what stood in shadow when it was made. */
struct round {
	struct vsee_mirror_plan plan;
	uint64_t password; /* a digest of the second field: enough to see that it was changed */
	vsee_day last_change;
};

/*
 * Plan from what stands there now: since the pass, and since chage ran, the person may have changed
 * the password. What the plan wants noted before chage runs is saved here.
 */
static int note(const struct scan *scan, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	const struct vsee_mirror_plan *plan = &target->plan;

	if (subject->section && subject->section->rules.mode == VSEE_MODE_OFF)
		subject->section = NULL;
	vsee_subject_refresh(subject, scan->today);
	if (subject->section && !subject->facts.hash_known &&
	    subject->facts.shadow.password == VSEE_PASSWORD_USABLE)
		return 0; /* a new password: the next run enrols it first */
	target->plan = vsee_mirror_plan(&subject->facts);
	if (plan->step == VSEE_MIRROR_KEEP)
		return 0;
	subject->account.enrolment = plan->step == VSEE_MIRROR_CONFIRM ? plan->after : plan->before;
	return target_save(scan, target);
}

/* Under the account's lock, which is not held while chage runs. */
static int plan_noted(const struct scan *scan, const char *name, struct round *ret_round)
{
	autotarget struct target target = {.plan = {.step = VSEE_MIRROR_KEEP}};
	autoclose int lock_fd = vsee_lock_take(scan->state_fd, name, VSEE_LOCK_TIMEOUT_MS);
	const struct vsee_shadow *shadow = &target.subject.shadow;
	int r;

	if (lock_fd < 0)
		return lock_fd;
	r = target_find(scan, name, &target);
	if (r < 0)
		return r;
	r = note(scan, &target);
	if (r < 0)
		return r;
	*ret_round = (struct round){
		.plan = target.plan,
		.password = vsee_digest(shadow->hash, strlen(shadow->hash)),
		.last_change = shadow->aging.last_change,
	};
	return 0;
}

/*
 * Whether our date was written over that of a newer password, set between the plan and chage's own
 * lock: a 0 would ask for one more, an old date would end the new one early.
 */
static bool overtaken(const struct round *done, const struct round *next)
{
	return done->plan.last_change != VSEE_NONE && done->password != next->password &&
	       done->plan.last_change == next->last_change;
}

/* That password is minutes old, and this run's clock was judged good. */
static void date_today(const struct scan *scan, struct vsee_mirror_plan *plan)
{
	plan->step = VSEE_MIRROR_RESTORE;
	plan->last_change = scan->today;
	plan->max_days = VSEE_NONE;
	plan->warn_days = VSEE_NONE;
}

static bool same_change(const struct vsee_mirror_plan *a, const struct vsee_mirror_plan *b)
{
	return a->last_change == b->last_change && a->max_days == b->max_days &&
	       a->warn_days == b->warn_days;
}

/* chage's own code for options and values that it does not take; its other failures may pass. */
#define CHAGE_USAGE 2

/*
 * 0: chage ran and reported success. CHAGE_USAGE: it does not take a part of the plan that can be
 * given up. 1: it failed, which was warned. Negative errno: it can't be run at all.
 */
static int change(const struct scan *scan, const char *name, const struct vsee_mirror_plan *plan)
{
	char output[CHAGE_OUTPUT_SIZE];
	const int status = chage_run(scan->options->root, name, plan, output);

	if (status <= 0)
		return status;
	if (status == CHAGE_USAGE && vsee_mirror_can_give_up(plan))
		return CHAGE_USAGE;
	log_about(MESSAGE_CHAGE_FAILED, name);
	log_field("VSEE_RESULT", "status %d%s%s", status, output[0] ? ": " : "", output);
	log_warning("%s: chage ended with status %d%s%s", name, status, output[0] ? ": " : "",
		    output);
	return 1;
}

static int warn_in_vain(const char *name)
{
	log_about(MESSAGE_CHAGE_FAILED, name);
	log_field("VSEE_RESULT", "no effect");
	log_warning("%s: chage reported success, but shadow says something else", name);
	return 1;
}

static int warn_skipped(const char *name, int r)
{
	log_about(MESSAGE_ACCOUNT_SKIPPED, name);
	log_field("VSEE_RESULT", "%s", strerror(-r));
	log_warning("%s: shadow is not in line: %s", name, strerror(-r));
	return 1;
}

/* This shadow keeps less than the plan wants: what is left of it is planned anew. 0, or warned. */
static int give_up(const struct scan *scan, const char *name, const struct vsee_mirror_plan *plan)
{
	autotarget struct target target = {.plan = {.step = VSEE_MIRROR_KEEP}};
	autoclose int lock_fd = vsee_lock_take(scan->state_fd, name, VSEE_LOCK_TIMEOUT_MS);
	int r = lock_fd < 0 ? lock_fd : target_find(scan, name, &target);

	if (r < 0)
		return warn_skipped(name, r);
	vsee_mirror_give_up(plan, &target.subject.account.enrolment);
	log_note("%s: chage sets no %s here: what stands there is left alone", name,
		 plan->max_days != VSEE_NONE ? "maximum age" : "date");
	r = target_save(scan, &target);
	return r < 0 ? warn_skipped(name, r) : 0;
}

static void count(struct scan *scan, const char *name)
{
	scan->mirrored++;
	if (scan->undo)
		(void)printf("%s: shadow's own values are back\n", name);
}

/*
 * Carry out what is planned next. done: what chage last reported success for, step KEEP if nothing;
 * updated. 0: plan again. 1: it failed, which was warned. Negative errno: chage can't be run.
 */
static int carry_out(const struct scan *scan, const char *name, const struct round *next,
		     struct round *done)
{
	const bool in_vain =
		done->plan.step != VSEE_MIRROR_KEEP && same_change(&next->plan, &done->plan);
	int r;

	if (in_vain && !vsee_mirror_can_give_up(&next->plan))
		return warn_in_vain(name);
	r = in_vain ? CHAGE_USAGE : change(scan, name, &next->plan);
	if (r != 0 && r != CHAGE_USAGE)
		return r;
	*done = *next;
	if (r == 0)
		return 0;
	done->plan.step = VSEE_MIRROR_KEEP;
	done->plan.last_change = VSEE_NONE;
	return give_up(scan, name, &next->plan);
}

/* 0: shadow is in line. 1: it is not, which was warned. Negative errno: chage can't be run. */
static int mirror(struct scan *scan, const char *name)
{
	struct round done = {.plan = {.step = VSEE_MIRROR_KEEP, .last_change = VSEE_NONE}}, next;

	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		const enum vsee_mirror_step *step = &next.plan.step;
		int r = plan_noted(scan, name, &next);

		if (r < 0)
			return warn_skipped(name, r);
		if (scan->clock == VSEE_CLOCK_GOOD && overtaken(&done, &next))
			date_today(scan, &next.plan);
		if (*step == VSEE_MIRROR_KEEP || *step == VSEE_MIRROR_CONFIRM) {
			if (done.plan.step != VSEE_MIRROR_KEEP)
				count(scan, name);
			return 0;
		}
		r = carry_out(scan, name, &next, &done);
		if (r != 0)
			return r;
	}
	return warn_in_vain(name);
}

int mirror_run(struct scan *scan)
{
	struct queue *queue = &scan->queue;

	queue_sort(queue);
	for (size_t i = 0; i < queue->count; i++) {
		const int r = mirror(scan, queue->items[i].name);

		if (notify_alive())
			notify_status("%zu of %zu shadow lines done", i + 1, queue->count);
		scan->failed += r > 0;
		if (r >= 0)
			continue;
		scan->failed += queue->count - i;
		log_about(MESSAGE_CHAGE_FAILED, queue->items[i].name);
		log_field("VSEE_RESULT", "%s", strerror(-r));
		log_warning("chage can't be run (%s; it comes with package passwd): %zu accounts "
			    "are left for the next run",
			    strerror(-r), queue->count - i);
		return r;
	}
	return 0;
}
