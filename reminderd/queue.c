#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

struct queue queue_empty(size_t limit)
{
	return (struct queue){.limit = limit};
}

void queue_clear(struct queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		free(queue->items[i].name);
	free(queue->items);
	*queue = (struct queue){0};
}

static int compare(const void *first, const void *second)
{
	const struct queue_item *a = first, *b = second;

	if (a->deadline != b->deadline)
		return a->deadline < b->deadline ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void swap(struct queue_item *a, struct queue_item *b)
{
	const struct queue_item kept = *a;

	*a = *b;
	*b = kept;
}

static void rise(struct queue *queue, size_t place)
{
	while (place > 0 && compare(&queue->items[place], &queue->items[(place - 1) / 2]) > 0) {
		swap(&queue->items[place], &queue->items[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
}

static void sink(struct queue *queue)
{
	for (size_t place = 0, next; (next = 2 * place + 1) < queue->count; place = next) {
		if (next + 1 < queue->count &&
		    compare(&queue->items[next + 1], &queue->items[next]) > 0)
			next++;
		if (compare(&queue->items[place], &queue->items[next]) >= 0)
			return;
		swap(&queue->items[place], &queue->items[next]);
	}
}

static int grow(struct queue *queue)
{
	const size_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
	struct queue_item *items;

	if (queue->count < queue->capacity)
		return 0;
	items = reallocarray(queue->items, capacity, sizeof(*items));
	if (!items)
		return -ENOMEM;
	queue->items = items;
	queue->capacity = capacity;
	return 0;
}

int queue_push(struct queue *queue, vsee_day deadline, const char *name)
{
	struct queue_item item = {.deadline = deadline};
	int r;

	if (queue->count == queue->limit) {
		queue->dropped++;
		if (queue->limit == 0 || deadline >= queue->items[0].deadline)
			return 0;
	}
	r = grow(queue);
	if (r < 0)
		return r;
	item.name = strdup(name);
	if (!item.name)
		return -ENOMEM;
	if (queue->count == queue->limit) {
		free(queue->items[0].name);
		queue->items[0] = item;
		sink(queue);
		return 0;
	}
	queue->items[queue->count++] = item;
	rise(queue, queue->count - 1);
	return 0;
}

void queue_sort(struct queue *queue)
{
	if (queue->count > 1)
		qsort(queue->items, queue->count, sizeof(*queue->items), compare);
}
