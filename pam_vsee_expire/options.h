/* The arguments of a pam.d line. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "policy/rules.h"

struct options {
	const char *state; /* state=DIR, or NULL for the usual folder */
	bool expired_set;  /* expired= was given; it overrules the policy */
	enum vsee_expired expired;
	int retry; /* 0: not given */
	bool debug, enforce_for_root, use_authtok, again, bind;
};

/* Read argv. What can't be used is logged and passed over: a typing error must not lock out. */
struct options options_read(pam_handle_t *pamh, int argc, const char **argv);
