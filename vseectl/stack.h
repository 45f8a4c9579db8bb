/*
 * A service's PAM stack as libpam reads it, and what libpam makes of the modules' answers.
 * Source: pam.conf(5), and libpam 1.5.2 as Debian 12 has it, measured (tests/pam/test_dispatch.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum stack_type { STACK_AUTH, STACK_ACCOUNT, STACK_PASSWORD, STACK_SESSION, STACK_TYPE_COUNT };

/* The return codes by libpam's own numbers (_pam_types.h); those that we speak of have a name. */
enum {
	STACK_SUCCESS = 0,
	STACK_SERVICE_ERR = 3,
	STACK_PERM_DENIED = 6,
	STACK_AUTH_ERR = 7,
	STACK_NEW_AUTHTOK_REQD = 12,
	STACK_ACCT_EXPIRED = 13,
	STACK_AUTHTOK_ERR = 20,
	STACK_IGNORE = 25,
	STACK_ABORT = 26,
	STACK_AUTHTOK_EXPIRED = 27,
	STACK_MODULE_UNKNOWN = 28,
	STACK_INCOMPLETE = 31,
	STACK_CODE_COUNT = 32,
};

/* What a line says for a return code; above 0: jump over so many lines. */
enum {
	STACK_ACTION_IGNORE = 0,
	STACK_ACTION_OK = -1,
	STACK_ACTION_DONE = -2,
	STACK_ACTION_BAD = -3,
	STACK_ACTION_DIE = -4,
	STACK_ACTION_RESET = -5,
};

enum stack_kind {
	STACK_MODULE,
	STACK_SUBSTACK, /* the lines behind it with a greater level are its own */
	STACK_FAULT, /* a line libpam can't use: it answers STACK_PERM_DENIED, no module is called
		      */
};

struct stack_line {
	enum stack_type type;
	enum stack_kind kind;
	unsigned level; /* depth of substacks; an include adds none */
	bool quiet;	/* "-" before the type: no complaint where the module is missing */
	int actions[STACK_CODE_COUNT];
	char *file; /* as a person finds it: "/etc/pam.d/common-account" */
	unsigned number;
	char *control;	 /* as written: "requisite", "[success=1 default=ignore]" */
	char *module;	 /* as written, without its folder: "pam_unix.so"; a substack's file */
	char *arguments; /* as written; "" none */
};

struct stack {
	char *service;
	struct stack_line *lines; /* all types, in the order in which they are read */
	size_t count;
	bool fallback;		      /* the service has no file: these are those of "other" */
	bool other[STACK_TYPE_COUNT]; /* it has no line of this type: these are those of "other" */
	bool broken; /* libpam gives up while it reads: every phase fails with STACK_ABORT */
	char *fault; /* what libpam would complain of, the first such: "FILE:LINE: text"; or NULL */
};

/*
 * Read the stack of a service: root/etc/pam.d/SERVICE, else root/usr/lib/pam.d/SERVICE, else those
 * of "other"; root/etc/pam.conf where there is no pam.d folder at all. A type of which the service
 * has no line is taken from "other". Follows include, substack and @include as libpam does, with
 * its limit on depth. root: "" for the host.
 *
 * 0, also where a line is wrong (kind FAULT, or broken; stack->fault says which); -ENOENT: neither
 * the service nor "other" has a file; -EINVAL: no name of a service; or what open(2) says. The
 * caller calls stack_clear() in all cases.
 */
int stack_load(const char *root, const char *service, struct stack *ret_stack);
void stack_clear(struct stack *stack);
#define autostack CLEANUP(stack_clear)

/*
 * Parse one file's text as libpam would read it for one service; for tests and the fuzzer. There is
 * no other file: an include is a fault. The caller calls stack_clear() in all cases.
 */
int stack_parse(const char *file, const char *text, size_t size, struct stack *ret_stack);

/* One line that was reached: what its module answered, and what libpam did with that. */
struct stack_visit {
	size_t line; /* index into stack->lines */
	int code, action;
	bool ends; /* nothing behind it is reached: in its substack, or at all on level 0 */
};

struct stack_trace {
	struct stack_visit *visits;
	size_t count;
	int code; /* what the application gets */
};

/* What a module answers when libpam calls it. */
typedef int (*stack_answer)(void *context, const struct stack_line *line);

/*
 * Run one phase. STACK_PASSWORD is two runs, as in pam_chauthtok(3): the caller's answer knows
 * which. The second one goes its own way (measured with 1.5.2: only pam_setcred(3) and
 * pam_close_session(3) repeat the path of the run before). 0 or -ENOMEM. The caller calls
 * stack_trace_clear() when it was 0.
 */
int stack_run(const struct stack *stack, enum stack_type type, stack_answer answer, void *context,
	      struct stack_trace *ret_trace);
void stack_trace_clear(struct stack_trace *trace);

/* libpam's words: "success", "new_authtok_reqd"; "account". Never NULL. */
const char *stack_code_name(int code);
const char *stack_type_name(enum stack_type type);

/* Whether line is a call of that module, with this word among its arguments (NULL: any). */
bool stack_line_calls(const struct stack_line *line, const char *module, const char *argument);

/*
 * The services that have a file in root/etc/pam.d or root/usr/lib/pam.d, by name; without backups
 * ("x~", "x.dpkg-old") and without files that are there to be included ("common-account"; any that
 * two others include: su, which only su-l includes, is a service). 0 or negative errno; -ENOENT:
 * neither folder is there. The caller frees with stack_services_free().
 */
int stack_services(const char *root, char ***ret_services, size_t *ret_count);
void stack_services_free(char **services, size_t count);
