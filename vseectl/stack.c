/* The files of a PAM stack: where libpam looks for them, and what an include leads to. */
#include "stack.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "stack_parse.h"
#include "stack_text.h"

#define CONF "/etc/pam.conf"
#define OTHER "other"
#define FILE_SIZE_MAX ((off_t)1024 * 1024)

int stack_read_file(const char *path, char **ret_text, size_t *ret_size)
{
	autoclose int fd = vsee_file_open(path);
	autofree char *text = NULL;
	size_t size = 0;
	struct stat stat;

	if (fd < 0)
		return fd;
	if (fstat(fd, &stat) < 0)
		return -errno;
	if (stat.st_size > FILE_SIZE_MAX)
		return -EFBIG;
	text = malloc((size_t)stat.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (size < (size_t)stat.st_size) {
		const ssize_t more = read(fd, text + size, (size_t)stat.st_size - size);

		if (more < 0)
			return -errno;
		if (more == 0)
			break;
		size += (size_t)more;
	}
	*ret_text = text;
	text = NULL;
	*ret_size = size;
	return 0;
}

static bool is_open(const struct stack_loader *loader, const char *path)
{
	for (size_t i = 0; i < loader->open_count; i++)
		if (strcmp(loader->open[i], path) == 0)
			return true;
	return false;
}

/* Files within files, and levels of substacks, have one limit: libpam 1.6 counts both together. */
static int read_file(struct stack_loader *loader, const char *path, enum stack_type type,
		     unsigned level)
{
	autofree char *text = NULL;
	size_t size;
	int r;

	if (loader->open_count >= STACK_DEPTH_MAX || is_open(loader, path) ||
	    loader->file_count++ >= STACK_FILES_MAX)
		return -ELOOP;
	r = stack_read_file(path, &text, &size);
	if (r < 0)
		return r;
	loader->open[loader->open_count++] = path;
	r = stack_parse_text(loader, path, text, size, type, level);
	loader->open_count--;
	return r;
}

/* Debian's libpam looks for what a file includes in the first folder only. */
int stack_include(struct stack_loader *loader, const char *name, enum stack_type type,
		  unsigned level)
{
	const char *const wanted = loader->wanted;
	autofree char *path = NULL;
	int r;

	if (!loader->root)
		return -EOPNOTSUPP;
	if (asprintf(&path, "%s%s%s", loader->root, name[0] == '/' ? "" : STACK_FOLDER "/", name) <
	    0) {
		path = NULL;
		return -ENOMEM;
	}
	loader->wanted = NULL; /* only pam.conf itself has services in its first column */
	r = read_file(loader, path, type, level);
	loader->wanted = wanted;
	return r;
}

/* A service's own file. 0; -ENOENT: in neither folder; -EBADMSG: libpam gives up on it. */
static int load_service(struct stack_loader *loader, const char *service)
{
	static const char *const folders[] = {STACK_FOLDER, STACK_VENDOR_FOLDER};
	int r = -ENOENT;

	for (size_t i = 0; i < COUNT(folders) && r == -ENOENT; i++) {
		autofree char *path = NULL;

		if (asprintf(&path, "%s%s/%s", loader->root, folders[i], service) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		r = read_file(loader, path, STACK_TYPE_COUNT, 0);
	}
	return r;
}

static bool has_folder(const char *root)
{
	static const char *const folders[] = {STACK_FOLDER, STACK_VENDOR_FOLDER};

	for (size_t i = 0; i < COUNT(folders); i++) {
		autofree char *path = NULL;
		struct stat st;

		if (asprintf(&path, "%s%s", root, folders[i]) < 0)
			path = NULL;
		else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return true;
	}
	return false;
}

/* The lines of one service in the one file. -ENOENT also where it has none. */
static int load_conf(struct stack_loader *loader, const char *service)
{
	const size_t before = loader->stack->count;
	autofree char *path = NULL;
	int r;

	if (asprintf(&path, "%s%s", loader->root, CONF) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	loader->wanted = service;
	r = read_file(loader, path, STACK_TYPE_COUNT, 0);
	return r < 0 || loader->stack->count > before ? r : -ENOENT;
}

static bool valid_service(const char *service)
{
	return service[0] && service[0] != '.' && !strchr(service, '/') &&
	       strlen(service) < STACK_LINE_SIZE;
}

/* What libpam makes of a name: lower case. */
static int name_stack(struct stack *stack, const char *service)
{
	stack->service = strdup(service);
	if (!stack->service)
		return -ENOMEM;
	for (char *c = stack->service; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

/* Types that the service leaves out come from "other". */
static int add_other(struct stack_loader *loader,
		     int (*load)(struct stack_loader *loader, const char *service))
{
	struct stack *stack = loader->stack;
	const size_t own = stack->count;
	int r;

	for (size_t i = 0; i < own; i++)
		loader->skip[stack->lines[i].type] = true;
	r = load(loader, OTHER);
	for (size_t i = own; i < stack->count; i++)
		stack->other[stack->lines[i].type] = true;
	return r;
}

int stack_load(const char *root, const char *service, struct stack *ret_stack)
{
	struct stack_loader loader = {.stack = ret_stack, .root = root};
	int (*load)(struct stack_loader *, const char *) =
		has_folder(root) ? load_service : load_conf;
	int r;

	*ret_stack = (struct stack){0};
	if (!valid_service(service))
		return -EINVAL;
	r = name_stack(ret_stack, service);
	if (r < 0)
		return r;
	r = load(&loader, ret_stack->service);
	ret_stack->fallback = r == -ENOENT;
	if (r == 0 || r == -ENOENT) {
		const int found = r;

		r = add_other(&loader, load);
		if (r == -ENOENT)
			r = found;
	}
	if (r != -EBADMSG)
		return r;
	ret_stack->broken = true;
	return 0;
}

int stack_parse(const char *file, const char *text, size_t size, struct stack *ret_stack)
{
	struct stack_loader loader = {.stack = ret_stack};
	int r;

	*ret_stack = (struct stack){0};
	r = stack_parse_text(&loader, file, text, size, STACK_TYPE_COUNT, 0);
	if (r != -EBADMSG)
		return r;
	ret_stack->broken = true;
	return 0;
}

void stack_clear(struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		free(stack->lines[i].file);
		free(stack->lines[i].control);
		free(stack->lines[i].module);
		free(stack->lines[i].arguments);
	}
	free(stack->lines);
	free(stack->service);
	free(stack->fault);
	*stack = (struct stack){0};
}

bool stack_line_calls(const struct stack_line *line, const char *module, const char *argument)
{
	autofree char *arguments = NULL;
	char *rest;

	if (line->kind != STACK_MODULE || strcmp(line->module, module) != 0)
		return false;
	if (!argument)
		return true;
	arguments = rest = strdup(line->arguments);
	for (const char *word = stack_word_next(&rest); word; word = stack_word_next(&rest))
		if (strcmp(word, argument) == 0)
			return true;
	return false;
}
