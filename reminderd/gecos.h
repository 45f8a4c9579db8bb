/* An address in passwd's GECOS field, some parts of which chfn(1) lets people write themselves. */
#pragma once

#include "reminder.h"

/*
 * The first part between commas that is an address, or that has one in <>. 0; -ENOENT: nothing
 * looks like one; -EINVAL: something does and is none that mail can go to (ret_why: static text).
 */
int gecos_find(const char *gecos, char ret_address[ADDRESS_SIZE], const char **ret_why);
