/* The command line. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct options {
	const char *root;	       /* "": the host itself */
	const char *state;	       /* NULL: the usual folder below root */
	const char *worker;	       /* socket of the worker */
	const char *certificate, *key; /* NULL: systemd's credentials */
	bool help, version;
};

/* 0, or -EINVAL after saying on standard error what is wrong. */
int options_parse(int argc, char **argv, struct options *ret_options);

void options_print(FILE *stream);
