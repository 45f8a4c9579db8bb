/* libpam's dispatcher: which line is called, and what comes of all the answers. */
#include "stack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "stack_parse.h"

/* Of all lines so far: nothing said yet, good, or failed. */
enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct standing {
	enum impression impression;
	int status;
};

struct play {
	const struct stack *stack;
	enum stack_type type;
	struct standing now;
	struct standing before[STACK_DEPTH_MAX + 1]; /* at the begin of each level's substack */
};

/* The next line of this type behind place; stack->count: none. */
static size_t next_line(const struct play *play, size_t place)
{
	while (++place < play->stack->count)
		if (play->stack->lines[place].type == play->type)
			break;
	return place;
}

static bool has_level(const struct play *play, size_t place, unsigned level)
{
	return place < play->stack->count && play->stack->lines[place].level >= level;
}

/* Over the next line of this level, and all of it where it is a substack. */
static size_t skip_one(const struct play *play, size_t place, unsigned level)
{
	do {
		place = next_line(play, place);
	} while (has_level(play, next_line(play, place), level + 1));
	return place;
}

/* A decision ends the substack it falls in, or the whole stack. */
static size_t skip_rest(const struct play *play, size_t place, unsigned level)
{
	while (has_level(play, next_line(play, place), level))
		place = next_line(play, place);
	return place;
}

static size_t jump(struct play *play, size_t place, unsigned level, int count)
{
	for (; count > 0 && has_level(play, next_line(play, place), level); count--)
		place = skip_one(play, place, level);
	if (count > 0) /* over more lines than there are: counts as a failure */
		play->now = (struct standing){NEGATIVE, STACK_PERM_DENIED};
	return place;
}

static void accept_code(struct play *play, int code)
{
	if (play->now.impression == UNDECIDED ||
	    (play->now.impression == POSITIVE && play->now.status == STACK_SUCCESS))
		play->now = (struct standing){POSITIVE, code};
}

/* The first failure is the one the application gets; never an "ignore". */
static void fail_code(struct play *play, int code)
{
	if (play->now.impression != NEGATIVE)
		play->now = (struct standing){NEGATIVE,
					      code == STACK_IGNORE ? STACK_PERM_DENIED : code};
}

/* Do what the line says for this answer. Returns the last place that is done with. */
static size_t act(struct play *play, size_t place, struct stack_visit *visit)
{
	const unsigned level = play->stack->lines[place].level;

	switch (visit->action) {
	case STACK_ACTION_IGNORE:
		break;
	case STACK_ACTION_RESET:
		play->now = play->before[level];
		break;
	case STACK_ACTION_OK:
	case STACK_ACTION_DONE:
		accept_code(play, visit->code);
		/* Behind a failure, "done" ends nothing. */
		visit->ends =
			visit->action == STACK_ACTION_DONE && play->now.impression == POSITIVE;
		break;
	case STACK_ACTION_BAD:
	case STACK_ACTION_DIE:
		fail_code(play, visit->code);
		visit->ends = visit->action == STACK_ACTION_DIE;
		break;
	default:
		return jump(play, place, level, visit->action);
	}
	return visit->ends ? skip_rest(play, place, level) : place;
}

static struct stack_visit visit(const struct play *play, size_t place, stack_answer answer,
				void *context)
{
	const struct stack_line *line = &play->stack->lines[place];
	int code = line->kind == STACK_FAULT ? STACK_PERM_DENIED : answer(context, line);

	if (code < 0 || code >= STACK_CODE_COUNT)
		return (struct stack_visit){place, STACK_PERM_DENIED, STACK_ACTION_BAD, false};
	return (struct stack_visit){place, code, line->actions[code], false};
}

static int walk(struct play *play, stack_answer answer, void *context, struct stack_trace *trace)
{
	unsigned level = 0;

	for (size_t i = next_line(play, SIZE_MAX); i < play->stack->count; i = next_line(play, i)) {
		const struct stack_line *line = &play->stack->lines[i];

		if (level < line->level)
			play->before[line->level] = play->now;
		level = line->level;
		if (line->kind == STACK_SUBSTACK)
			continue;

		struct stack_visit *now = &trace->visits[trace->count++];

		*now = visit(play, i, answer, context);
		if (now->code == STACK_INCOMPLETE)
			return STACK_INCOMPLETE; /* the application would call again */
		i = act(play, i, now);
	}
	/* A success that a line calls a failure is none. */
	return play->now.status == STACK_SUCCESS && play->now.impression != POSITIVE
		       ? STACK_PERM_DENIED
		       : play->now.status;
}

int stack_run(const struct stack *stack, enum stack_type type, stack_answer answer, void *context,
	      struct stack_trace *ret_trace)
{
	struct play play = {
		.stack = stack,
		.type = type,
		.now = {UNDECIDED, STACK_PERM_DENIED},
	};
	struct stack_trace trace = {.code = STACK_ABORT};

	play.before[0] = play.now;
	trace.visits = calloc(stack->count + 1, sizeof(*trace.visits));
	if (!trace.visits)
		return -ENOMEM;
	if (!stack->broken)
		trace.code = walk(&play, answer, context, &trace);
	*ret_trace = trace;
	return 0;
}

void stack_trace_clear(struct stack_trace *trace)
{
	free(trace->visits);
	*trace = (struct stack_trace){0};
}
