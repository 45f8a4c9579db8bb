/* A pam.d file's lines put into a stack; for stack.c, which opens the files. */
#pragma once

#include "stack.h"

#define STACK_FOLDER "/etc/pam.d"
#define STACK_VENDOR_FOLDER "/usr/lib/pam.d" /* the files that packages bring, newer ones */

/* Source: libpam 1.5.2, measured: level 16 is refused. 1.6 and later count includes, too. */
#define STACK_DEPTH_MAX 16
/* Files that include others twice could grow without end. */
#define STACK_LINES_MAX 8192
#define STACK_FILES_MAX 1024

struct stack_loader {
	struct stack *stack;
	size_t capacity;
	const char *root;	     /* NULL: there are no other files */
	const char *wanted;	     /* the service whose lines count in pam.conf; NULL: in pam.d */
	bool skip[STACK_TYPE_COUNT]; /* types of which no line is kept */
	const char *open[STACK_DEPTH_MAX]; /* files that are being read: a loop comes back to one */
	size_t open_count, file_count;	   /* now, and in all */
};

/*
 * Add the lines of one file's text. type: the only one wanted, or STACK_TYPE_COUNT for all.
 * 0; -EBADMSG: libpam gives up on this file (noted as the stack's fault); -ENOMEM.
 */
int stack_parse_text(struct stack_loader *loader, const char *file, const char *text, size_t size,
		     enum stack_type type, unsigned level);

/*
 * In stack.c: add the lines of the file that an include names. 0; -ENOMEM; or negative errno: it
 * can't be read, and the caller says so (-EBADMSG: libpam gives up on it, -ELOOP: it is being read
 * already, or there are too many levels).
 */
int stack_include(struct stack_loader *loader, const char *name, enum stack_type type,
		  unsigned level);

/* A file's text, not NUL-terminated; the caller frees it. 0 or negative errno. */
int stack_read_file(const char *path, char **ret_text, size_t *ret_size);

/* Note what libpam would complain of, if it is the first such. 0 or -ENOMEM. */
__attribute__((format(printf, 4, 5))) int stack_note(struct stack *stack, const char *file,
						     unsigned number, const char *format, ...);
