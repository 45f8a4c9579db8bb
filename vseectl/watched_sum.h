/* What mode watch found, summed up by person, service and outcome in bounded memory. */
#pragma once

#include <stdint.h>

#include "watched.h"

#define WATCHED_ROWS_MAX 8192

struct watched_row {
	struct watched_line line; /* the first of them */
	char last[WATCHED_TIME_SIZE];
	uint64_t count;
};

struct watched_sum {
	struct watched_row *rows; /* those with an outcome other than ALLOW */
	size_t count;
	uint32_t *slots;  /* a hash set of indices into rows, plus 1; 0: free */
	uint64_t logins;  /* lines of the module in mode watch, valid passwords too */
	uint64_t dropped; /* logins of rows that found no room */
};

/* 0 or -ENOMEM; the caller clears when it was 0. */
int watched_sum_init(struct watched_sum *ret_sum);
void watched_sum_clear(struct watched_sum *sum);
void watched_sum_add(struct watched_sum *sum, const struct watched_line *line);

/* Print it on standard output: a table, most frequent first, and sentences. Sorts the rows. */
void watched_sum_print(struct watched_sum *sum);
