#include "simulate_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

enum { COLUMN_PLACE, COLUMN_MODULE, COLUMN_ANSWER, COLUMN_EFFECT, COLUMNS };

#define CELL_SIZE 160 /* what is longer is cut: nobody names files so */
#define ARGUMENTS_SHOWN 16

struct row {
	char cells[COLUMNS][CELL_SIZE];
};

struct widths {
	int columns[COLUMNS];
};

/* Files may hold anything; a terminal shall not obey it. */
__attribute__((format(printf, 2, 3))) static void fill(char *ret_cell, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vsnprintf(ret_cell, CELL_SIZE, format, arguments) < 0)
		ret_cell[0] = '\0';
	va_end(arguments);
	for (char *c = ret_cell; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

static void fill_effect(const struct stack_visit *visit, const struct stack_line *line,
			char *ret_cell)
{
	const char *ends = line->level > 0 ? "ends its substack" : "ends here";

	switch (visit->action) {
	case STACK_ACTION_IGNORE:
		fill(ret_cell, "counts for nothing, goes on");
		break;
	case STACK_ACTION_OK:
		fill(ret_cell, "counts as good, goes on");
		break;
	case STACK_ACTION_DONE:
		fill(ret_cell, "counts as good, %s",
		     visit->ends ? ends : "goes on after a failure");
		break;
	case STACK_ACTION_BAD:
		fill(ret_cell, "counts as failure, goes on");
		break;
	case STACK_ACTION_DIE:
		fill(ret_cell, "counts as failure, %s", ends);
		break;
	case STACK_ACTION_RESET:
		fill(ret_cell, "forgets the answers so far, goes on");
		break;
	default:
		fill(ret_cell, "jumps over %d", visit->action);
		break;
	}
}

/* Long arguments would push the other columns away; ours are short, and matter. */
static void fill_module(const struct stack_line *line, char *ret_cell)
{
	if (line->kind == STACK_FAULT)
		fill(ret_cell, "(libpam can't use it)");
	else if (strlen(line->arguments) > ARGUMENTS_SHOWN)
		fill(ret_cell, "%s ...", line->module);
	else
		fill(ret_cell, "%s%s%s", line->module, line->arguments[0] ? " " : "",
		     line->arguments);
}

static void fill_row(const struct simulation *simulation, size_t place,
		     const struct stack_visit *visit, struct row *ret_row)
{
	const struct stack_line *line = &simulation->stack->lines[place];

	fill(ret_row->cells[COLUMN_PLACE], "%s:%u", line->file, line->number);
	fill_module(line, ret_row->cells[COLUMN_MODULE]);
	if (visit) {
		fill(ret_row->cells[COLUMN_ANSWER], "%s%s", stack_code_name(visit->code),
		     simulation->assumed[place] ? " (assumed)" : "");
		fill_effect(visit, line, ret_row->cells[COLUMN_EFFECT]);
		return;
	}
	fill(ret_row->cells[COLUMN_ANSWER], "-");
	fill(ret_row->cells[COLUMN_EFFECT], "not reached%s",
	     simulate_guards(line) ? ", and access is not checked" : "");
}

static void widen(const struct row *row, struct widths *widths)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		const int width = (int)strlen(row->cells[i]);

		if (width > widths->columns[i])
			widths->columns[i] = width;
	}
}

static void print_row(const struct row *row, const struct widths *widths)
{
	(void)printf("    ");
	for (size_t i = 0; i < COLUMN_EFFECT; i++)
		(void)printf("%-*s  ", widths->columns[i], row->cells[i]);
	(void)printf("%s\n", row->cells[COLUMN_EFFECT]);
}

/* Once to measure, once to print. Returns the number of lines. */
static size_t each_line(const struct simulation *simulation, enum stack_type type,
			const struct stack_trace *trace, struct widths *widths, bool print)
{
	const struct stack *stack = simulation->stack;
	size_t visited = 0, count = 0;

	for (size_t i = 0; i < stack->count; i++) {
		const bool reached = visited < trace->count && trace->visits[visited].line == i;
		struct row row;

		if (stack->lines[i].type != type || stack->lines[i].kind == STACK_SUBSTACK)
			continue;
		fill_row(simulation, i, reached ? &trace->visits[visited] : NULL, &row);
		visited += reached ? 1 : 0;
		if (print)
			print_row(&row, widths);
		else
			widen(&row, widths);
		count++;
	}
	return count;
}

void simulate_print(const struct simulation *simulation, enum stack_type type, const char *title,
		    const struct stack_trace *trace)
{
	struct widths widths = {{0}};

	(void)printf("  %s%s\n", title,
		     simulation->stack->other[type] ? " (the lines of \"other\")" : "");
	if (each_line(simulation, type, trace, &widths, false) == 0)
		(void)printf("    there is no such line, so libpam refuses\n");
	else
		(void)each_line(simulation, type, trace, &widths, true);
	(void)printf("    libpam's answer: %s\n", stack_code_name(trace->code));
}
