#include "freshness.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool same_mark(const struct shadow_mark *a, const struct shadow_mark *b)
{
	return a->inode != 0 && a->inode == b->inode && a->size == b->size &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

enum freshness freshness_judge(const struct freshness_facts *facts)
{
	const struct snapshot_header *header = facts->header;

	if (header->time > facts->now)
		return STALE_FUTURE;
	if (facts->now - header->time > FRESHNESS_SECONDS)
		return STALE_AGE;
	if (header->day != vsee_day_of(facts->now))
		return STALE_DAY;
	if (strcmp(header->policy, facts->policy) != 0)
		return STALE_POLICY;
	if (facts->asked < FRESHNESS_ASKS_MAX && !same_mark(&header->shadow, &facts->shadow))
		return STALE_SHADOW;
	return FRESH;
}

const char *freshness_text(enum freshness freshness)
{
	switch (freshness) {
	case FRESH:
		break;
	case STALE_MISSING:
		return "is missing";
	case STALE_FUTURE:
		return "is from the future";
	case STALE_AGE:
		return "is older than two hours";
	case STALE_DAY:
		return "is of another day";
	case STALE_POLICY:
		return "was made under another policy than the published one";
	case STALE_SHADOW:
		return "was overtaken: shadow was changed since";
	}
	return NULL;
}
