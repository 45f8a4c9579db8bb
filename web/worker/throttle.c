#include "throttle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "throttle_table.h"

#define PHRASE_SIZE 320 /* "account " and a name of 255 bytes */

/* One of the two that an attempt is charged to. */
struct debtor {
	struct throttle_entry *entry; /* of the table; a new one until it is written */
	unsigned limit;
	bool grows; /* whether its wait does: a source may be a whole office, an account is one */
};

/* IPv6 by its network: a host draws addresses of its /64 as it likes. */
static int phrase_of_source(const char *source, char *phrase)
{
	struct in6_addr six;
	struct in_addr four;
	const unsigned char *const b = six.s6_addr;

	if (strcmp(source, "unix") == 0)
		return snprintf(phrase, PHRASE_SIZE, "source unix") < 0 ? -EINVAL : 0;
	if (inet_pton(AF_INET, source, &four) != 1) {
		if (inet_pton(AF_INET6, source, &six) != 1)
			return -EINVAL;
		if (!IN6_IS_ADDR_V4MAPPED(&six)) {
			(void)snprintf(phrase, PHRASE_SIZE,
				       "source %02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
				       b[3], b[4], b[5], b[6], b[7]);
			return 0;
		}
		memcpy(&four, &b[12], sizeof(four));
	}
	(void)snprintf(phrase, PHRASE_SIZE, "source %08x", ntohl(four.s_addr));
	return 0;
}

/*
 * An entry lives to its end, and a window more where the limit was met. Whose charges were all
 * given back is free at once: right passwords from many addresses must not push failures out.
 */
static bool is_over(const struct throttle_entry *entry, int64_t window, int64_t now)
{
	if (entry->key[0] == '\0' || (entry->charges == 0 && entry->strikes == 0))
		return true;
	return now >= entry->end + (entry->strikes > 0 ? window : 0);
}

/*
 * The entry of key, else a free one, else that which ends first: new, without charges. taken: the
 * one it must not be.
 */
static struct throttle_entry *find(const struct throttle_table *table, const char *key,
				   int64_t window, int64_t now, const struct throttle_entry *taken)
{
	struct throttle_entry *place = NULL;

	for (size_t i = 0; i < THROTTLE_ENTRIES; i++) {
		struct throttle_entry *entry = &table->entries[i];

		if (memcmp(entry->key, key, THROTTLE_KEY_SIZE) == 0)
			return entry;
		if (entry == taken || (place && is_over(place, window, now)))
			continue;
		if (!place || is_over(entry, window, now) || entry->end < place->end)
			place = entry;
	}
	*place = (struct throttle_entry){.begin = now, .end = now + window};
	memcpy(place->key, key, THROTTLE_KEY_SIZE);
	return place;
}

/* Bring an entry to the present: what has passed is forgotten, what lies ahead is drawn here. */
static void renew(struct throttle_entry *entry, int64_t window, int64_t now)
{
	if (now < entry->begin) { /* the clock was set back: nobody waits longer for it */
		entry->end -= entry->begin - now;
		entry->begin = now;
	}
	if (now < entry->end)
		return;
	if (is_over(entry, window, now))
		entry->strikes = 0;
	entry->charges = 0;
	entry->begin = now;
	entry->end = now + window;
}

static int seconds_refused(const struct debtor *debtor, int64_t now)
{
	const int64_t left = debtor->entry->end - now;

	if (debtor->entry->charges < debtor->limit)
		return 0;
	return left < THROTTLE_SECONDS_MAX ? (int)left : THROTTLE_SECONDS_MAX;
}

static void charge(const struct debtor *debtor, int64_t window, int64_t now)
{
	struct throttle_entry *entry = debtor->entry;
	int64_t wait = window;

	if (++entry->charges < debtor->limit)
		return;
	for (uint32_t i = 0; debtor->grows && i < entry->strikes && wait < THROTTLE_SECONDS_MAX;
	     i++)
		wait *= 2;
	entry->strikes++;
	entry->end = now + (wait < THROTTLE_SECONDS_MAX ? wait : THROTTLE_SECONDS_MAX);
}

static void give_back(const struct debtor *debtor, int64_t window, int64_t now)
{
	struct throttle_entry *entry = debtor->entry;

	if (entry->charges == debtor->limit && entry->strikes > 0) {
		entry->strikes--;
		entry->end = entry->begin + window; /* it may be over: then the next begins anew */
		if (entry->end < now)
			entry->end = now;
	}
	if (entry->charges > 0)
		entry->charges--;
}

static int find_debtor(const struct throttle_table *table, const char *phrase, unsigned limit,
		       int64_t window, int64_t now, const struct throttle_entry *taken,
		       struct debtor *ret_debtor)
{
	char key[THROTTLE_KEY_SIZE];
	const int r = throttle_table_key(table, phrase, key);

	if (r < 0)
		return r;
	*ret_debtor = (struct debtor){find(table, key, window, now, taken), limit, false};
	renew(ret_debtor->entry, window, now);
	return 0;
}

/* The source first, then the account, where there is one. Returns how many. */
static int find_debtors(const struct throttle_table *table, const struct throttle_limits *limits,
			const char *name, const char *source, int64_t now,
			struct debtor ret_debtors[2])
{
	char phrase[PHRASE_SIZE];
	int r = phrase_of_source(source, phrase);

	if (r == 0)
		r = find_debtor(table, phrase, limits->source_failures, limits->window_seconds, now,
				NULL, &ret_debtors[0]);
	if (r < 0 || !name)
		return r < 0 ? r : 1;
	r = snprintf(phrase, sizeof(phrase), "account %s", name);
	if (r < 0 || (size_t)r >= sizeof(phrase))
		return -EINVAL;
	r = find_debtor(table, phrase, limits->account_failures, limits->window_seconds, now,
			ret_debtors[0].entry, &ret_debtors[1]);
	if (r < 0)
		return r;
	ret_debtors[1].grows = true;
	return 2;
}

static int open_for(const char *path, const struct throttle_limits *limits, int64_t now,
		    struct throttle_table *ret_table)
{
	if (limits->account_failures == 0 || limits->source_failures == 0 ||
	    limits->window_seconds <= 0 || limits->window_seconds > THROTTLE_SECONDS_MAX || now < 0)
		return -EINVAL;
	return throttle_table_open(path, ret_table);
}

int throttle_charge(const char *path, const struct throttle_limits *limits, const char *name,
		    const char *source, int64_t now)
{
	autothrottle struct throttle_table table = {.fd = -1};
	struct debtor debtors[2];
	int r = open_for(path, limits, now, &table);
	int refused = 0;
	int count;

	if (r < 0)
		return r;
	count = find_debtors(&table, limits, name, source, now, debtors);
	for (int i = 0; i < count; i++) {
		const int seconds = seconds_refused(&debtors[i], now);

		refused = seconds > refused ? seconds : refused;
	}
	if (count < 0 || refused > 0)
		return count < 0 ? count : refused;
	for (int i = 0; i < count && r == 0; i++) {
		charge(&debtors[i], limits->window_seconds, now);
		r = throttle_table_write(&table, debtors[i].entry);
	}
	return r;
}

int throttle_return(const char *path, const struct throttle_limits *limits, const char *name,
		    const char *source, int64_t now, bool right)
{
	autothrottle struct throttle_table table = {.fd = -1};
	struct debtor debtors[2];
	int r = open_for(path, limits, now, &table);
	int count;

	if (r < 0)
		return r;
	count = find_debtors(&table, limits, name, source, now, debtors);
	for (int i = 0; i < count && r == 0; i++) {
		if (debtors[i].entry->charges == 0 && debtors[i].entry->strikes == 0)
			continue; /* nothing to give, and another's entry may stand there */
		if (i == 1 && right)
			*debtors[i].entry = (struct throttle_entry){0}; /* the account's own */
		else
			give_back(&debtors[i], limits->window_seconds, now);
		r = throttle_table_write(&table, debtors[i].entry);
	}
	return count < 0 ? count : r;
}
