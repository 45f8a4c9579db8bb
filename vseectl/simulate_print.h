/* A simulated phase, as a table. */
#pragma once

#include "simulate_model.h"

/* Each line of that type in order: what it answered and what libpam did, or that it wasn't reached.
 */
void simulate_print(const struct simulation *simulation, enum stack_type type, const char *title,
		    const struct stack_trace *trace);
