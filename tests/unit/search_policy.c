/*
 * Random histories of one account against the rules; the first that breaks a property is shrunk to
 * the shortest story. search_policy [--histories N] [--seed S]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "search_world.h"

#define HISTORIES 4000
#define SEED 1

struct random {
	uint64_t state;
};

/* splitmix64: any seed will do, and the sequence is the same everywhere. */
static uint64_t draw(struct random *random)
{
	uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int below(struct random *random, int limit)
{
	return (int)(draw(random) % (uint64_t)limit);
}

/* What an event can bring; every row ends with its number of values. */
static const struct choice {
	const char *text;
	int count;
	int64_t values[12];
	int lasts; /* days after which it is mostly undone; 0: it stays */
	int64_t undone;
} choices[EVENT_COUNT] = {
	[EVENT_LIFETIME] = {"policy: max_days = %lld (-1: shadow)",
			    7,
			    {60, 90, 30, 45, 7, VSEE_UNSET, 1},
			    0,
			    0},
	[EVENT_NOTICE] = {"policy: notice_days = %lld", 4, {10, 0, 3, 14}, 0, 0},
	[EVENT_SPREAD] = {"policy: spread_days = %lld", 3, {0, 5, 20}, 0, 0},
	[EVENT_MODE] = {"policy: mode = %lld (0 off, 1 watch, 2 remind, 3 enforce)",
			4,
			{0, 1, 2, 3},
			30,
			3},
	[EVENT_STAGES] = {"policy: reminders = set %lld (10 3 1; 3 1; 1; none; 30 2; 0)",
			  6,
			  {0, 1, 2, 3, 4, 5},
			  0,
			  0},
	[EVENT_INACTIVE] = {"policy: inactive_days = %lld", 4, {VSEE_UNSET, 0, 7, 30}, 0, 0},
	[EVENT_COVER] = {"covered = %lld", 2, {0, 0}, 40, 1},
	[EVENT_HOST] = {"host up = %lld", 2, {0, 0}, 30, 1},
	[EVENT_SCAN] = {"vseectl apply (%lld)", 1, {1}, 0, 0},
	[EVENT_TIMER] = {"timer runs = %lld", 2, {0, 0}, 10, 1},
	[EVENT_MAIL] = {"mail works = %lld", 2, {0, 0}, 20, 1},
	[EVENT_PERSON] = {"person: %lld (0 mail, 1 no address, 2 refuses)", 3, {0, 1, 2}, 0, 0},
	[EVENT_CLOCK] = {"clock ahead by %lld days",
			 11,
			 {1, 2, 3, 40, 100, 350, 900, -40, -4, -2, -1},
			 4,
			 0},
	[EVENT_CHAGE] = {"chage: %lld (0 good, 1 fails, 2 killed before, 3 killed after)",
			 4,
			 {0, 1, 2, 3},
			 5,
			 0},
	[EVENT_OBEY] = {"changes on demand = %lld", 2, {1, 0}, 0, 0},
	[EVENT_PASSWORD] = {"new password through PAM (%lld)", 1, {1}, 0, 0},
	[EVENT_CHPASSWD] = {"new password by chpasswd (%lld)", 1, {1}, 0, 0},
	[EVENT_USERMOD] = {"new password by usermod -p (%lld)", 1, {1}, 0, 0},
	[EVENT_DATE] = {"chage -d today%+lld", 7, {-50, -300, 0, 1, 2, 100, -15000}, 0, 0},
	[EVENT_DATE_RAW] = {"chage -d %lld", 2, {0, VSEE_UNSET}, 0, 0},
	[EVENT_MAX] = {"chage -M %lld", 6, {99999, VSEE_UNSET, 365, 41, 20, 10001}, 0, 0},
	[EVENT_MAX_DAILY] = {"chage -M %lld each day (-2: no longer)",
			     3,
			     {99999, VSEE_NONE, 43},
			     60,
			     VSEE_NONE},
	[EVENT_WARN] = {"chage -W %lld", 3, {5, VSEE_UNSET, 21}, 0, 0},
	[EVENT_EXTEND] = {"vseectl extend %lld days", 3, {1, 7, 40}, 0, 0},
};

static void add(struct history *history, int hour, enum kind kind, int64_t value)
{
	if (history->count < SEARCH_EVENTS_MAX && hour < history->days * 24)
		history->events[history->count++] =
			(struct event){.hour = hour, .kind = kind, .value = value};
}

static int by_hour(const void *a, const void *b)
{
	const struct event *one = a, *other = b;

	return one->hour != other->hour ? (one->hour > other->hour ? 1 : -1)
					: (one->kind > other->kind) - (one->kind < other->kind);
}

static struct history imagine(uint64_t seed)
{
	struct random random = {.state = seed};
	struct history history = {.digest = draw(&random), .days = 150 + below(&random, 550)};
	const int wanted = 1 + below(&random, 24);
	/* Few kinds at a time meet more often. */
	const uint64_t kinds = draw(&random) | (below(&random, 3) == 0 ? UINT64_MAX : 0);

	for (int i = 0; i < wanted; i++) {
		const enum kind kind = (enum kind)below(&random, EVENT_COUNT);
		const struct choice *choice = &choices[kind];
		const int hour = below(&random, 4) == 0 ? 0 : below(&random, history.days * 24);
		const int64_t value = choice->values[below(&random, choice->count)];
		const int lasts = 1 + below(&random, 2 * choice->lasts * 24 + 1);

		if (!(kinds >> kind & 1))
			continue;
		add(&history, hour, kind, value);
		if (choice->lasts > 0 && below(&random, 8) != 0)
			add(&history, hour + lasts, kind, choice->undone);
	}
	qsort(history.events, (size_t)history.count, sizeof(history.events[0]), by_hour);
	return history;
}

static struct history without(const struct history *history, int first, int count)
{
	struct history shorter = *history;

	memmove(&shorter.events[first], &shorter.events[first + count],
		(size_t)(history->count - first - count) * sizeof(shorter.events[0]));
	shorter.count -= count;
	return shorter;
}

/* Is the story still about the same property? Then it ends where that broke. */
static bool adopt(struct history *history, const struct history *shorter, const char *broken)
{
	int hour;
	const char *found = world_run(shorter, &hour);

	if (!found || strcmp(found, broken) != 0)
		return false;
	*history = *shorter;
	history->days = hour / 24 + 1;
	return true;
}

static bool drop_events(struct history *history, const char *broken)
{
	bool dropped = false;

	for (int i = history->count - 1; i >= 0; i--) {
		struct history shorter = without(history, i, 1);

		if (i < history->count)
			dropped |= adopt(history, &shorter, broken);
	}
	for (int i = history->count - 1; i > 0; i--)
		for (int j = i - 1; j >= 0 && i < history->count; j--) {
			struct history shorter = without(history, i, 1);

			shorter = without(&shorter, j, 1);
			dropped |= adopt(history, &shorter, broken);
		}
	return dropped;
}

/* Events that happen closer together and sooner make a shorter story. */
static bool move_events(struct history *history, const char *broken)
{
	static const int steps[] = {24 * 64, 24 * 16, 24 * 4, 24, 6, 1};
	bool moved = false;

	for (int i = 0; i < history->count; i++)
		for (size_t step = 0; step < COUNT(steps); step++) {
			struct history shorter = *history;

			for (int j = i; j < shorter.count; j++)
				shorter.events[j].hour -= steps[step];
			if (shorter.events[i].hour < (i > 0 ? shorter.events[i - 1].hour : 0))
				continue;
			moved |= adopt(history, &shorter, broken);
			if (i >= history->count)
				break;
		}
	return moved;
}

static void shrink(struct history *history, const char *broken)
{
	for (int round = 0; round < 20; round++)
		if (!drop_events(history, broken) && !move_events(history, broken))
			return;
}

static void tell(const struct history *history)
{
	for (int i = 0; i < history->count; i++) {
		const struct event *event = &history->events[i];

		printf("  day %3d, %02d:00  ", event->hour / 24, event->hour % 24);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the table above */
		printf(choices[event->kind].text, (long long)event->value);
#pragma GCC diagnostic pop
		putchar('\n');
	}
}

static int report(uint64_t seed, struct history *history, const char *broken)
{
	int hour;

	shrink(history, broken);
	(void)world_run(history, &hour); /* it broke before; only the hour is wanted */
	printf("seed %llu: %s on day %d, %02d:00\n", (unsigned long long)seed, broken, hour / 24,
	       hour % 24);
	printf("  start: day 0 is %lld, last change 20 days before, digest %llu\n",
	       (long long)SEARCH_START, (unsigned long long)history->digest % 21);
	tell(history);
	return 1;
}

static int search(uint64_t first, uint64_t histories)
{
	for (uint64_t seed = first; seed < first + histories; seed++) {
		struct history history = imagine(seed);
		int hour;
		const char *broken = world_run(&history, &hour);

		if (broken)
			return report(seed, &history, broken);
	}
	printf("%llu histories from seed %llu: all properties hold\n",
	       (unsigned long long)histories, (unsigned long long)first);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t histories = HISTORIES, seed = SEED;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--histories") == 0)
			histories = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else
			return 2;
	}
	return search(seed, histories);
}
