/* Rows out of a damaged ledger into a whole one. */
#pragma once

#include <sqlite3.h>

#include "ledger_salvage.h"

/* 0 or negative errno of the new one; whatever the old one says is counted in salvage. */
int ledger_copy(const char *old_path, const char *new_path, struct ledger_salvage *salvage);

/* PRAGMA integrity_check, which looks at indexes too. 0; -EBADMSG: damaged; or other. */
int ledger_index_check(sqlite3 *db);
