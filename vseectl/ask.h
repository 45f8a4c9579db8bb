/* The one question that an administrator is asked. */
#pragma once

#include <stdbool.h>

/* "Go on? [y/N]". True without asking where standard input or output is no terminal. */
bool ask_go_on(void);
