/* The snapshot: what scan found, one JSON object a line, for the programs that send and report. */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

struct scan;
struct target;

#define SNAPSHOT_NAME "snapshot"
#define SNAPSHOT_FORMAT 1

struct snapshot {
	FILE *stream;	/* the temporary file, until it is published */
	uint64_t count; /* accounts in it */
};

/* Start a new one beside the old one: the caller holds the host's lock. 0 or negative errno. */
int snapshot_open(struct scan *scan);

/* Append a covered account. 0 or negative errno. */
int snapshot_add(struct scan *scan, const struct target *target);

/* Put it in the old one's place. 0 or negative errno; then the old one stands. */
int snapshot_publish(struct scan *scan);

/* Close and forget an unpublished one. */
void snapshot_clear(struct scan *scan);

/* One account as an object (the caller releases it), NULL without memory. */
json_t *snapshot_object(const struct target *target);
