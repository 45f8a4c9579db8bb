/* Whatever a pam.d file holds: lines are whole, faults are told, and a run comes to an end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "stack.h"
#include "fuzz.h"

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_line(const struct stack *stack, const struct stack_line *line)
{
	check(line->file && line->control && line->module && line->arguments);
	check(line->number > 0 && (size_t)line->type < STACK_TYPE_COUNT);
	check(line->kind != STACK_FAULT || stack->fault);
	check(line->kind == STACK_SUBSTACK || !strchr(line->module, '/'));
	for (size_t i = 0; i < STACK_CODE_COUNT; i++)
		check(line->actions[i] >= STACK_ACTION_RESET);
}

/* Some code for each line, the same in each run. */
static int answer(void *context, const struct stack_line *line)
{
	const unsigned *salt = context;

	return (int)((line->number * 7 + *salt) % (STACK_CODE_COUNT + 2)) - 1;
}

static int check_run(const struct stack *stack, enum stack_type type, unsigned salt)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};

	const int r = stack_run(stack, type, answer, &salt, &trace);

	if (r < 0)
		return r;
	check(trace.code >= 0 && trace.code < STACK_CODE_COUNT);
	for (size_t i = 0; i < trace.count; i++) {
		check(trace.visits[i].line < stack->count);
		check(stack->lines[trace.visits[i].line].type == type);
		check(i == 0 || trace.visits[i - 1].line < trace.visits[i].line);
	}
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autostack struct stack stack = {0};

	int r;

	r = stack_parse("file", (const char *)data, size, &stack);
	if (r < 0)
		return r;
	check(!stack.broken || stack.fault);
	for (size_t i = 0; i < stack.count; i++) {
		check_line(&stack, &stack.lines[i]);
		(void)stack_line_calls(&stack.lines[i], "pam_unix.so", "nullok");
	}
	for (unsigned type = 0; type < STACK_TYPE_COUNT; type++)
		for (unsigned salt = 0; salt < 4; salt++)
			if (r == 0)
				r = check_run(&stack, (enum stack_type)type, salt);
	return r;
}
