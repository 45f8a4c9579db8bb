/* What a dry run prints on standard output, as a table or as JSON. */
#pragma once

#include "scan.h"

/* One row an account; its section is NULL where none covers it and shadow is to be restored. */
extern struct view table_view;
