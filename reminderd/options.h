/* The command line. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct options {
	char *root;	   /* "" for the host itself, else an absolute path; owned */
	const char *state; /* NULL: the usual folder below root */
	const char *verb;  /* NULL: none given */
	bool dry_run, json, accept_clock, verbose;
	bool help, version;
};

/* 0, or -EINVAL after saying on standard error what is wrong. The caller clears in both cases. */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_clear(struct options *options);

/* One line an option. */
void options_print(FILE *stream);
