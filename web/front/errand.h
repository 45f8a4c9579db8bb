/*
 * The answer to one request while it is made. Whoever may have to wait for the worker does so in a
 * thread of its own, and the connection rests meanwhile: the library's only thread waits for
 * nobody.
 */
#pragma once

#include "visit.h"

struct errand {
	struct visit visit; /* filled before it begins */
	struct MHD_Connection *connection;
	enum method method;
	struct answer answer;
	int result; /* 0, or negative errno: there is no answer */
	bool told;  /* the log has it */
};

/* Make the answer here and now. */
void errand_run(struct errand *errand);

/* The answer is that it can't be asked for now. */
void errand_refuse(struct errand *errand);

/*
 * Make it in a thread. The library's handler returns MHD_YES at once and is called again when the
 * answer or a result < 0 is there; where no thread can be had, too.
 */
void errand_send(struct errand *errand);

/* Wipe and free. Accepts NULL. */
void errand_end(struct errand *errand);

/* How many threads there are. */
unsigned errand_count(void);
