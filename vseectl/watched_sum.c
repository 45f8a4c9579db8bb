#include "watched_sum.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define SLOT_COUNT ((size_t)WATCHED_ROWS_MAX * 4)

int watched_sum_init(struct watched_sum *ret_sum)
{
	struct watched_sum sum = {
		.rows = calloc(WATCHED_ROWS_MAX, sizeof(*sum.rows)),
		.slots = calloc(SLOT_COUNT, sizeof(*sum.slots)),
	};

	*ret_sum = sum;
	if (sum.rows && sum.slots)
		return 0;
	watched_sum_clear(ret_sum);
	return -ENOMEM;
}

void watched_sum_clear(struct watched_sum *sum)
{
	free(sum->rows);
	free(sum->slots);
	*sum = (struct watched_sum){0};
}

static bool same(const struct watched_line *a, const struct watched_line *b)
{
	return a->outcome == b->outcome && strcmp(a->user, b->user) == 0 &&
	       strcmp(a->service, b->service) == 0;
}

/* The slot of the line's row, or the free one where it belongs. */
static size_t find_slot(const struct watched_sum *sum, const struct watched_line *line)
{
	const uint64_t digest = vsee_digest(line->user, strlen(line->user)) ^
				(vsee_digest(line->service, strlen(line->service)) * 31) ^
				(uint64_t)line->outcome;
	size_t slot = (size_t)(digest % SLOT_COUNT);

	while (sum->slots[slot] > 0 && !same(&sum->rows[sum->slots[slot] - 1].line, line))
		slot = (slot + 1) % SLOT_COUNT;
	return slot;
}

void watched_sum_add(struct watched_sum *sum, const struct watched_line *line)
{
	struct watched_row *row;
	size_t slot;

	sum->logins++;
	if (line->outcome == VSEE_LOGIN_ALLOW)
		return;
	slot = find_slot(sum, line);
	if (sum->slots[slot] == 0) {
		if (sum->count == WATCHED_ROWS_MAX) {
			sum->dropped++;
			return;
		}
		sum->rows[sum->count].line = *line;
		sum->slots[slot] = (uint32_t)++sum->count;
	}
	row = &sum->rows[sum->slots[slot] - 1];
	row->count++;
	memcpy(row->last, line->time, sizeof(row->last));
}

static int by_user(const void *a, const void *b)
{
	return strcmp(((const struct watched_row *)a)->line.user,
		      ((const struct watched_row *)b)->line.user);
}

static int by_service(const void *a, const void *b)
{
	return strcmp(((const struct watched_row *)a)->line.service,
		      ((const struct watched_row *)b)->line.service);
}

static int by_count(const void *a, const void *b)
{
	const struct watched_row *first = a, *second = b;
	int r = first->count == second->count ? 0 : first->count > second->count ? -1 : 1;

	if (r == 0)
		r = by_user(a, b);
	if (r == 0)
		r = by_service(a, b);
	return r != 0 ? r : (int)first->line.outcome - (int)second->line.outcome;
}

enum kind { KIND_ASKED, KIND_REFUSED, KIND_LET_IN };

static enum kind kind_of(const struct watched_row *row)
{
	if (row->line.outcome == VSEE_LOGIN_DEMAND)
		return KIND_ASKED;
	return row->line.outcome == VSEE_LOGIN_REPORT ? KIND_LET_IN : KIND_REFUSED;
}

/* How many different names there are in rows of that kind. Sorts. */
static size_t count_names(struct watched_sum *sum, enum kind kind, bool services)
{
	const char *last = "";
	size_t count = 0;

	qsort(sum->rows, sum->count, sizeof(*sum->rows), services ? by_service : by_user);
	for (size_t i = 0; i < sum->count; i++) {
		const struct watched_line *line = &sum->rows[i].line;
		const char *name = services ? line->service : line->user;

		if (kind_of(&sum->rows[i]) != kind || strcmp(name, last) == 0)
			continue;
		last = name;
		count++;
	}
	return count;
}

static void print_kind(struct watched_sum *sum, enum kind kind, const char *what)
{
	const size_t people = count_names(sum, kind, false);
	const size_t services = count_names(sum, kind, true);

	(void)printf("%zu %s in %zu service%s %s.\n", people, people == 1 ? "person" : "people",
		     services, services == 1 ? "" : "s", what);
}

/* Jobs do not stop, but they log it: whoever reads their logs will notice. */
static void print_noticing(struct watched_sum *sum)
{
	const char *last = "", *before = "Services that would only have logged or told it:";

	qsort(sum->rows, sum->count, sizeof(*sum->rows), by_service);
	for (size_t i = 0; i < sum->count; i++) {
		const struct watched_line *line = &sum->rows[i].line;

		if (kind_of(&sum->rows[i]) != KIND_LET_IN || strcmp(line->service, last) == 0)
			continue;
		(void)printf("%s %s", before, line->service);
		before = ",";
		last = line->service;
	}
	if (last[0])
		(void)printf(".\n");
}

static void print_rows(struct watched_sum *sum)
{
	if (sum->count == 0)
		return;
	qsort(sum->rows, sum->count, sizeof(*sum->rows), by_count);
	(void)printf("%-20s %-16s %-9s %8s  %-32s %s\n", "USER", "SERVICE", "OUTCOME", "LOGINS",
		     "FIRST", "LAST");
	for (size_t i = 0; i < sum->count; i++) {
		const struct watched_row *row = &sum->rows[i];

		(void)printf("%-20s %-16s %-9s %8" PRIu64 "  %-32s %s\n", row->line.user,
			     row->line.service, vsee_login_name(row->line.outcome), row->count,
			     row->line.time, row->last);
	}
	(void)printf("\n");
}

void watched_sum_print(struct watched_sum *sum)
{
	print_rows(sum);
	(void)printf("%" PRIu64 " logins were watched.\n", sum->logins);
	print_kind(sum, KIND_ASKED, "would have been asked for a new password (demand)");
	print_kind(sum, KIND_REFUSED, "would have been refused");
	print_kind(sum, KIND_LET_IN, "would have been let in with an expired password (report)");
	print_noticing(sum);
	if (sum->dropped > 0)
		(void)printf("%" PRIu64 " more logins are not in the table: it holds %d rows.\n",
			     sum->dropped, WATCHED_ROWS_MAX);
}
