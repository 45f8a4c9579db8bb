#include "outcome.h"

#include <stdio.h>
#include <string.h>

#include "backoff.h"

static void set_answer(const char *answer, struct reminder *row)
{
	(void)snprintf(row->answer, sizeof(row->answer), "%s", answer); /* cut is good enough */
}

static void refused(int64_t now, struct reminder *row)
{
	if (row->refused_since == 0)
		row->refused_since = now;
}

static void again(enum reminder_state state, int64_t now, uint32_t random, struct reminder *row)
{
	row->state = state;
	row->next_try = now + backoff_seconds(row->attempts, random);
}

void outcome_apply(const struct result *result, int64_t now, uint32_t random, struct reminder *row)
{
	row->attempts++;
	row->last_try = now;
	row->claimed_until = row->next_try = 0;
	row->code = result->code;
	set_answer(result->answer, row);
	(void)snprintf(row->queue_id, sizeof(row->queue_id), "%s", result->queue_id);
	switch (result->outcome) {
	case OUTCOME_TAKEN:
		row->state = REMINDER_SENT;
		row->sent = now;
		row->refused_since = 0;
		return;
	case OUTCOME_DEFERRED:
		refused(now, row);
		again(REMINDER_DEFERRED, now, random, row);
		return;
	case OUTCOME_REFUSED:
		refused(now, row);
		row->state = REMINDER_FAILED;
		return;
	case OUTCOME_UNKNOWN:
		again(REMINDER_UNKNOWN, now, random, row);
		return;
	case OUTCOME_UNREACHABLE:
		again(REMINDER_DEFERRED, now, random, row);
		return;
	}
}

void outcome_release(struct reminder *row)
{
	row->state = row->attempts > 0 ? REMINDER_DEFERRED : REMINDER_DUE;
	row->claimed_until = row->next_try = 0;
}

void outcome_put_off(const char *why, int64_t now, uint32_t random, struct reminder *row)
{
	row->claimed_until = 0;
	row->code = 0;
	set_answer(why, row);
	again(REMINDER_DEFERRED, now, random, row);
}

void outcome_fail(const char *why, int64_t now, struct reminder *row)
{
	row->attempts++;
	row->last_try = now;
	row->claimed_until = row->next_try = 0;
	row->code = 0;
	set_answer(why, row);
	row->state = REMINDER_FAILED;
}
