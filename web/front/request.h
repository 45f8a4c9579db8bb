/* What is kept of one request between the library's calls. Everything in it is wiped at its end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "gate.h"
#include "wire/wire.h"

struct errand;

struct request {
	const char *line;	   /* where the library has the target: only to compare */
	struct vsee_secret target; /* as it was sent; it may hold a link's token */
	struct vsee_secret body;
	struct gate_verdict verdict;
	char id[WIRE_ID_SIZE]; /* by which the logs name it */
	bool judged;
	struct errand *errand; /* NULL: its answer is not begun */
};

/* A new one for the target, NUL-terminated. NULL when there is no memory. */
struct request *request_begin(const char *target);

/* Take size bytes of the body and wipe them where they lie. 0, -EFBIG or -ENOMEM. */
int request_take(struct request *request, char *bytes, size_t size);

/* Accepts NULL. */
void request_end(struct request *request);
