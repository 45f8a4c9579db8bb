/* Exit codes, as vseectl(8) documents them. `apply` hands on those of reminderd(8). */
#pragma once

enum exit_code {
	EXIT_GOOD = 0,
	EXIT_USAGE = 1,
	EXIT_CONFIG = 2,   /* the configuration is wrong */
	EXIT_UNKNOWN = 3,  /* no such user, code or section */
	EXIT_FILES = 4,	   /* files can't be read or written */
	EXIT_FOUND = 5,	   /* lint found warnings or errors */
	EXIT_CHANGED = 10, /* done, and something was changed; only with --detailed-exitcodes */
};
