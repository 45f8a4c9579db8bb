#include "slots.h"

#include <stdbool.h>
#include <stdlib.h>

struct slots *slots_new(void)
{
	struct slots *slots = calloc(1, sizeof(*slots));

	if (slots)
		slots->counts[PLACE_FREE] = SLOTS;
	return slots;
}

void slots_free(struct slots **slots)
{
	for (size_t i = 0; *slots && i < SLOTS; i++)
		free((*slots)->items[i].text);
	free(*slots);
}

void slots_move(struct slots *slots, struct slot *slot, enum place place)
{
	slots->counts[slot->place]--;
	slots->counts[place]++;
	slot->place = place;
	if (place != PLACE_FREE)
		return;
	free(slot->text);
	slot->text = NULL;
}

static bool is_taken(const struct slots *slots, int64_t id)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (slots->items[i].place != PLACE_FREE && slots->items[i].row.id == id)
			return true;
	return false;
}

static struct slot *find_free(struct slots *slots)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (slots->items[i].place == PLACE_FREE)
			return &slots->items[i];
	return NULL;
}

/* A server may take longer for one mail than its lease lasts: the row is claimed once more then. */
void slots_take(struct slots *slots, const struct reminder *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slot *slot = is_taken(slots, rows[i].id) ? NULL : find_free(slots);

		if (!slot)
			continue;
		slot->row = rows[i];
		slots_move(slots, slot, PLACE_READY);
	}
}

int slots_commit(struct slots *slots, struct ledger *ledger)
{
	int r = 0;

	if (slots->counts[PLACE_DONE] == 0)
		return 0;
	for (size_t i = 0; i < SLOTS && r == 0; i++)
		if (slots->items[i].place == PLACE_DONE)
			r = ledger_settle(ledger, &slots->items[i].row);
	if (r == 0)
		r = ledger_commit(ledger);
	for (size_t i = 0; i < SLOTS && r == 0; i++)
		if (slots->items[i].place == PLACE_DONE)
			slots_move(slots, &slots->items[i], PLACE_FREE);
	return r;
}
