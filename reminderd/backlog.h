/* Whether the mails of the coming days fit into what may leave on a day. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct backlog_day {
	uint64_t due, sent, waiting; /* waiting: left over when the day ends */
	uint64_t late_days;	     /* how late the last of its mails is */
};

/*
 * due: mails that fall due on each of count days. per_day: how many can leave on one; 0: all. Those
 * that fell due first leave first.
 */
void backlog_run(const uint64_t *due, size_t count, uint64_t per_day, struct backlog_day *ret_days);
