/* The throttle's file: fixed size, locked while in use, written in place. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/candidate.h"

#define THROTTLE_ENTRIES 8192
#define THROTTLE_KEY_SIZE 48  /* 43 characters of crypt(3) and NULs; none: a free entry */
#define THROTTLE_WAIT_MS 3000 /* for the lock */
#define THROTTLE_SECONDS_MAX 86400

/* Times are CLOCK_BOOTTIME. What an entry means: throttle.c. */
struct throttle_entry {
	char key[THROTTLE_KEY_SIZE];
	uint32_t charges, strikes;
	int64_t begin, end; /* end - begin: at most two days */
};

struct throttle_table {
	int fd;
	char setting[VSEE_SETTING_CHEAP_SIZE];
	struct throttle_entry *entries; /* a copy; throttle_table_write() writes one back */
};

void throttle_table_clear(struct throttle_table *table);
#define autothrottle CLEANUP(throttle_table_clear)

/*
 * Open and lock the table; it is made where there is none, and anew after a restart of the host.
 * 0; -EBUSY: no lock in THROTTLE_WAIT_MS; -EPERM: not a file that only we can write; -EBADMSG: it
 * was damaged and is empty now; other negative errno. ret_table: written on success only.
 */
int throttle_table_open(const char *path, struct throttle_table *ret_table);

/* The key that name has in this table. ret_key: THROTTLE_KEY_SIZE bytes. 0 or negative errno. */
int throttle_table_key(const struct throttle_table *table, const char *name, char *ret_key);

/* 0 or negative errno; then the file says what it said before. */
int throttle_table_write(const struct throttle_table *table, const struct throttle_entry *entry);
