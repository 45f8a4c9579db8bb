/* Exit codes, as reminderd(8) documents them. */
#pragma once

enum exit_code {
	EXIT_GOOD = 0,
	EXIT_USAGE = 1,
	EXIT_CONFIG = 2,	 /* the configuration is wrong; the last good policy goes on */
	EXIT_SOME = 3,		 /* some accounts could not be handled */
	EXIT_FILES = 4,		 /* files can't be read or written, or another scan runs */
	EXIT_CLOCK_NOTED = 75,	 /* run again an hour later (EX_TEMPFAIL) */
	EXIT_CLOCK_REFUSED = 78, /* an administrator must accept the date (EX_CONFIG) */
};
