/* What a run of send says of single mails: who, and the server's code, but no address and no words
 * of the server, which often repeat it. */
#pragma once

#include "sending.h"

/* A row came to an end: count it, and say so where it was not sent. */
void batch_log(struct sending *sending, const struct reminder *row);

/* So many tries found no server: once a run. */
void batch_log_unreachable(const struct sending *sending, unsigned tries, const char *why);
