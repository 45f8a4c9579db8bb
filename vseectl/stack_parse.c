/* The columns of pam.conf(5). What can't be read becomes a line that fails, as libpam has it. */
#include "stack_parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "stack_control.h"
#include "stack_text.h"

static const char *const types[STACK_TYPE_COUNT] = {
	[STACK_AUTH] = "auth",
	[STACK_ACCOUNT] = "account",
	[STACK_PASSWORD] = "password",
	[STACK_SESSION] = "session",
};

/* Where we are, for lines and complaints. */
struct place {
	const char *file;
	unsigned number;
	enum stack_type wanted; /* STACK_TYPE_COUNT: all */
	unsigned level;
};

const char *stack_type_name(enum stack_type type)
{
	return (size_t)type < COUNT(types) ? types[type] : "all";
}

int stack_note(struct stack *stack, const char *file, unsigned number, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (stack->fault)
		return 0;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments); /* a long one may be cut */
	va_end(arguments);
	if (asprintf(&stack->fault, "%s:%u: %s", file, number, text) >= 0)
		return 0;
	stack->fault = NULL;
	return -ENOMEM;
}

static int grow(struct stack_loader *loader)
{
	struct stack *stack = loader->stack;
	const size_t capacity = loader->capacity > 0 ? loader->capacity * 2 : 32;
	struct stack_line *lines;

	if (stack->count < loader->capacity)
		return 0;
	lines = reallocarray(stack->lines, capacity, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	stack->lines = lines;
	loader->capacity = capacity;
	return 0;
}

/* What stands behind the module, without blanks around it. */
static char *copy_arguments(const char *rest)
{
	size_t size;

	if (!rest)
		return strdup("");
	rest += strspn(rest, " \t\n");
	for (size = strlen(rest); size > 0 && strchr(" \t\n", rest[size - 1]); size--)
		;
	return strndup(rest, size);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Takes over line->control; NULL there: no memory. */
static int add(struct stack_loader *loader, const struct place *place, struct stack_line *line,
	       const char *module, const char *rest)
{
	int r = -ENOMEM;

	line->level = place->level;
	line->number = place->number;
	line->file = strdup(place->file);
	line->module = strdup(line->kind == STACK_SUBSTACK ? module : base_name(module));
	line->arguments = copy_arguments(rest);
	if (loader->stack->count >= STACK_LINES_MAX)
		r = -EBADMSG;
	else if (line->file && line->module && line->arguments && line->control)
		r = grow(loader);
	if (r == 0) {
		loader->stack->lines[loader->stack->count++] = *line;
		return 0;
	}
	free(line->file);
	free(line->module);
	free(line->arguments);
	free(line->control);
	return r == -EBADMSG && stack_note(loader->stack, place->file, place->number,
					   "more than %d lines in all, by includes that include "
					   "each other",
					   STACK_LINES_MAX) == 0
		       ? -EBADMSG
		       : -ENOMEM;
}

static const char *include_error(int error)
{
	switch (-error) {
	case EBADMSG:
		return "it ends in the middle of a line";
	case ELOOP:
		return "it includes itself, or too many files include each other";
	case EOPNOTSUPP:
		return "there are no other files here";
	default:
		return strerror(-error);
	}
}

/* An include that failed is a line that fails; without a type, libpam gives up on the file. */
static int fail_include(struct stack_loader *loader, const struct place *place,
			struct stack_line *line, const char *control, const char *name, int error)
{
	const int r = stack_note(loader->stack, place->file, place->number,
				 "%s can't be included: %s", name ? name : "a file without a name",
				 name ? include_error(error) : "Debian's libpam crashes here");

	if (r < 0)
		return r;
	if (line->type == STACK_TYPE_COUNT)
		return -EBADMSG;
	line->kind = STACK_FAULT;
	stack_control_fill(line->actions, STACK_ACTION_BAD);
	line->control = strdup(control);
	return add(loader, place, line, name ? name : "", NULL);
}

static int parse_include(struct stack_loader *loader, const struct place *place,
			 struct stack_line *line, const char *control, char *rest)
{
	const bool substack = strcasecmp(control, "substack") == 0;
	const char *name = stack_word_next(&rest);
	int r;

	stack_control_fill(line->actions, STACK_ACTION_BAD);
	if (substack && name) {
		struct stack_line head = *line;

		head.kind = STACK_SUBSTACK;
		head.control = strdup(control);
		r = add(loader, place, &head, name, NULL);
		if (r < 0)
			return r;
	}
	r = name ? stack_include(loader, name, line->type, place->level + (substack ? 1 : 0))
		 : -ENOENT;
	if (r == 0 || r == -ENOMEM)
		return r;
	return fail_include(loader, place, line, control, name, r);
}

/* The text of a control column as it was written: brackets belong to it. */
static char *copy_control(const char *control, bool bracket)
{
	char *text;

	return asprintf(&text, bracket ? "[%s]" : "%s", control) < 0 ? NULL : text;
}

static int parse_module(struct stack_loader *loader, const struct place *place,
			struct stack_line *line, char *rest)
{
	const bool bracket = rest && rest[strspn(rest, " \t\n")] == '[';
	const char *control = stack_word_next(&rest), *module;
	int r = 0;

	if (control && !bracket &&
	    (strcasecmp(control, "include") == 0 || strcasecmp(control, "substack") == 0))
		return parse_include(loader, place, line, control, rest);
	if (!control) {
		stack_control_fill(line->actions, STACK_ACTION_BAD);
		line->kind = STACK_FAULT;
		r = stack_note(loader->stack, place->file, place->number, "no control word");
	} else if (!stack_control_parse(control, line->actions)) {
		r = stack_note(loader->stack, place->file, place->number,
			       "control \"%s\" can't be read: libpam counts every answer as a "
			       "failure",
			       control);
	}
	module = stack_word_next(&rest);
	if (!module && r == 0) {
		line->kind = STACK_FAULT;
		r = stack_note(loader->stack, place->file, place->number, "no module");
	}
	if (r < 0)
		return r;
	line->control = copy_control(control ? control : "", bracket);
	return add(loader, place, line, module ? module : "", rest);
}

/* The first column. STACK_TYPE_COUNT: none of the four. */
static enum stack_type find_type(const char *word)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcasecmp(types[i], word) == 0)
			return (enum stack_type)i;
	return STACK_TYPE_COUNT;
}

static int parse_line(struct stack_loader *loader, const struct place *place, char *rest, bool cut)
{
	/* As an editor of Windows ends lines. */
	const bool foreign = rest && strchr(rest, '\r');
	const char *word = stack_word_next(&rest);
	struct stack_line line = {.kind = cut ? STACK_FAULT : STACK_MODULE};
	int r = 0;

	if (foreign)
		r = stack_note(loader->stack, place->file, place->number,
			       "a carriage return, which libpam takes for a part of the word");
	if (r < 0)
		return r;
	line.quiet = word && word[0] == '-';
	word = word ? word + (line.quiet ? 1 : 0) : "";
	if (strcasecmp(word, "@include") == 0) {
		line.type = place->wanted;
		return parse_include(loader, place, &line, "@include", rest);
	}
	line.type = find_type(word);
	if (cut)
		r = stack_note(loader->stack, place->file, place->number,
			       "the line is longer than %d bytes", STACK_LINE_SIZE - 1);
	if (line.type == STACK_TYPE_COUNT) {
		/* It can't be told for which phase it was meant: the most sensitive one fails. */
		line.type = place->wanted < STACK_TYPE_COUNT ? place->wanted : STACK_AUTH;
		line.kind = STACK_FAULT;
		r = stack_note(loader->stack, place->file, place->number,
			       "\"%s\" is none of auth, account, password, session", word);
	}
	if (r < 0)
		return r;
	if ((place->wanted < STACK_TYPE_COUNT && line.type != place->wanted) ||
	    loader->skip[line.type])
		return 0;
	return parse_module(loader, place, &line, rest);
}

/* In pam.conf the service comes first. */
static bool is_wanted(const struct stack_loader *loader, char **rest)
{
	const char *service;

	if (!loader->wanted)
		return true;
	service = stack_word_next(rest);
	return service && strcasecmp(service, loader->wanted) == 0;
}

int stack_parse_text(struct stack_loader *loader, const char *file, const char *text, size_t size,
		     enum stack_type type, unsigned level)
{
	struct stack_reader reader = {.text = text, .size = size};
	struct stack_text line;
	int r;

	while ((r = stack_text_next(&reader, &line)) > 0) {
		const struct place place = {file, line.number, type, level};
		char *rest = line.line;

		if (!is_wanted(loader, &rest))
			continue;
		r = parse_line(loader, &place, rest, line.cut);
		if (r < 0)
			return r;
	}
	if (r < 0 && stack_note(loader->stack, file, line.number,
				"the file ends in the middle of this line: libpam gives up") < 0)
		return -ENOMEM;
	return r;
}
