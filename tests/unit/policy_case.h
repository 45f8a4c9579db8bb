/*
 * Facts for the table tests of lib/policy: an ordinary account, of which a row names only what
 * differs. Its password was changed on day 20000, 60 days are allowed, everybody was told.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/enrolment.h"

#pragma GCC diagnostic ignored "-Woverride-init" /* what a row names replaces the default */

#define CHANGED INT64_C(20000)
#define UNSET VSEE_UNSET
#define NEVER VSEE_NEVER

#define RULES(...)                                                                                 \
	{                                                                                          \
		.mode = VSEE_MODE_ENFORCE, .max_days = 60, .inactive_days = UNSET,                 \
		.warn_days = 10, .notice_days = 10, .stages = {10, 3, 1}, .stage_count = 3,        \
		__VA_ARGS__                                                                        \
	}
#define SHADOW(...)                                                                                \
	{                                                                                          \
		.last_change = CHANGED, .min_days = 0, .max_days = 99999, .warn_days = 7,          \
		.inactive_days = UNSET, .expire = UNSET, __VA_ARGS__                               \
	}
#define STATE(...)                                                                                 \
	{                                                                                          \
		.enrolled = true, .known_change = CHANGED, .known_ahead = UNSET,                   \
		.disbelieved = VSEE_NONE, .lifetime = 60, .deadline = CHANGED + 60,                \
		.reason = VSEE_REASON_LIFETIME, .floor = UNSET, .floor_change = UNSET,             \
		.floor_lifetime = UNSET, .floor_ahead = UNSET, .told = CHANGED + 60,               \
		.extension = UNSET, .mirror_max = UNSET, .mirror_warn = UNSET,                     \
		.before_max = UNSET, .before_warn = UNSET, .mirror_old = VSEE_NONE,                \
		.before_change = UNSET, __VA_ARGS__                                                \
	}
/* Never seen by scan. */
#define NO_STATE                                                                                   \
	STATE(.enrolled = false, .known_change = UNSET, .lifetime = UNSET, .deadline = UNSET,      \
	      .reason = VSEE_REASON_NEVER, .told = UNSET)
#define MIRRORED(...)                                                                              \
	STATE(.mirror = VSEE_MIRROR_DONE, .mirror_max = 60, .mirror_warn = 10,                     \
	      .before_max = 99999, .before_warn = 7, __VA_ARGS__)
#define OURS(...) SHADOW(.max_days = 60, .warn_days = 10, __VA_ARGS__)

/* A cmocka test for each row: rows[i].name names the rule. */
#define RUN_ROWS(rows, check)                                                                      \
	run_rows(sizeof(rows) / sizeof((rows)[0]), sizeof((rows)[0]), &(rows)[0], &(rows)[0].name, \
		 check)

static inline int run_rows(size_t count, size_t size, const void *first, const char *const *name,
			   CMUnitTestFunction check)
{
	struct CMUnitTest tests[256];

	if (count > COUNT(tests))
		return 1;
	for (size_t i = 0; i < count; i++) {
		union {
			const void *given;
			void *wanted;
		} row = {.given = (const char *)first + i * size};

		tests[i] = (struct CMUnitTest){
			.name = *(const char *const *)((const char *)name + i * size),
			.test_func = check,
			.initial_state = row.wanted};
	}
	return _cmocka_run_group_tests("rows", tests, count, NULL, NULL);
}
