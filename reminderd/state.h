/* The state folder of a run: found, made, locked. */
#pragma once

#include "scan.h"

/*
 * Who runs us decides whose folders are trusted; makes the folders that are missing, and takes the
 * host's lock. A dry run makes and locks nothing. EXIT_GOOD, or after a message another code.
 */
enum exit_code state_open(struct scan *scan);
