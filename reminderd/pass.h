/* The one streaming pass over shadow: each covered account is enrolled where its line stands. */
#pragma once

#include "scan.h"

/* 0, or negative errno after a message: the pass could not be finished. */
int pass_run(struct scan *scan);
