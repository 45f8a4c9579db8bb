/* The command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct options {
	char *root;		    /* "" for the host itself, else an absolute path; owned */
	const char *state;	    /* NULL: the usual folder below root */
	const char *verb;	    /* NULL: none given */
	const char *config;	    /* NULL: the usual folder below root */
	const char *format;	    /* NULL: not given */
	const char *argument;	    /* what follows the verb; NULL: nothing */
	const char *language;	    /* NULL: not given */
	int64_t days, quota, stage; /* -1: not given */
	bool csv, dry_run, json, nagios, accept_clock, verbose;
	bool help, version;
	char used[32]; /* the letters of all that were given, once each */
};

/* 0, or -EINVAL after saying on standard error what is wrong. The caller clears in both cases. */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_clear(struct options *options);

/*
 * Whether each of those that were given is one of allowed (their letters in options.c; '*': an
 * argument), or --root, --state, which every verb has. 0, or -EINVAL after saying on standard error
 * which is not.
 */
int options_allowed(const struct options *options, const char *verb, const char *allowed);

/* One line an option. */
void options_print(FILE *stream);
