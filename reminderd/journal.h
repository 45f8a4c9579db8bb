/* An entry of systemd's journal. Built without libsystemd, there is none. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "log.h"

#define JOURNAL_VALUE_SIZE 256

struct journal_entry {
	const char *message_id; /* NULL: none */
	size_t count;
	struct journal_field {
		const char *name;
		char value[JOURNAL_VALUE_SIZE];
	} fields[LOG_FIELDS_MAX];
};

/* Whether standard error leads to a journal in reach, as systemd tells its services. */
bool journal_is_stderr(void);

/* 0, or negative errno: it was not sent. */
int journal_send(const struct journal_entry *entry, unsigned priority, const char *message);
