/* The accounts whose shadow line is to change in this run: the soonest deadlines, at most so many.
 */
#pragma once

#include <stddef.h>

#include "base/day.h"

struct queue_item {
	vsee_day deadline;
	char *name; /* owned */
};

struct queue {
	struct queue_item *items; /* a heap with the latest deadline on top, until it is sorted */
	size_t count, capacity, limit;
	size_t dropped; /* how many found no place: the next run's work */
};

/* limit: the most items kept. Nothing is allocated yet. */
struct queue queue_empty(size_t limit);
void queue_clear(struct queue *queue);

/* Keep the name if its deadline is among the soonest. 0 or -ENOMEM. */
int queue_push(struct queue *queue, vsee_day deadline, const char *name);

/* Soonest deadline first, then by name. Nothing may be pushed afterwards. */
void queue_sort(struct queue *queue);
