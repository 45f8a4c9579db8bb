#include "ask.h"

#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define ANSWER_SIZE 16

bool ask_go_on(void)
{
	char answer[ANSWER_SIZE];

	/* Configuration management has no terminal: it has decided before it called us. */
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return true;
	(void)printf("Go on? [y/N] ");
	(void)fflush(stdout); /* main() tells of a broken standard output */
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return strcasecmp(answer, "y\n") == 0 || strcasecmp(answer, "yes\n") == 0;
}
