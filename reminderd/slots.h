/* The rows that a run of send has claimed, and how far each is. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ledger.h"

#define SLOTS 200

enum place {
	PLACE_FREE,
	PLACE_READY, /* claimed, not handed over yet */
	PLACE_BUSY,  /* on its way */
	PLACE_DONE,  /* came to its end, and is to be written back */
};

struct slot {
	enum place place;
	struct reminder row;
	char *text; /* of the message; owned */
};

struct slots {
	struct slot items[SLOTS];
	size_t counts[PLACE_DONE + 1]; /* how many are at each place */
};

struct slots *slots_new(void); /* NULL: no memory */
void slots_free(struct slots **slots);
#define autoslots CLEANUP(slots_free)

void slots_move(struct slots *slots, struct slot *slot, enum place place);

/* Put claimed rows into free slots, of which there are enough; those that are in one stay there. */
void slots_take(struct slots *slots, const struct reminder *rows, size_t count);

/*
 * Write back what is done, in one commit. 0, or negative errno: then all of it is still done, and
 * may be tried once more.
 */
int slots_commit(struct slots *slots, struct ledger *ledger);
