/* The date of a test: time(2) stands still. */
#pragma once

#include "base/day.h"

/* Noon of that day, for this program and every library in it. */
void clock_set(vsee_day today);
