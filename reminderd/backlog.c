#include "backlog.h"

void backlog_run(const uint64_t *due, size_t count, uint64_t per_day, struct backlog_day *ret_days)
{
	uint64_t waiting = 0;

	for (size_t i = 0; i < count; i++) {
		const uint64_t all = waiting + due[i];
		const uint64_t sent = per_day > 0 && all > per_day ? per_day : all;

		waiting = all - sent;
		ret_days[i] = (struct backlog_day){
			.due = due[i],
			.sent = sent,
			.waiting = waiting,
			.late_days = waiting > 0 ? (waiting + per_day - 1) / per_day : 0,
		};
	}
}
