/* The socket that systemd passes. */
#pragma once

#include <stdbool.h>

/*
 * The one listening stream socket (sd_listen_fds(3)). Returns the descriptor, or a negative errno
 * after saying on standard error what is wrong. ret_is_unix: it lies in the file system, so only a
 * proxy comes that way; every other one must speak TLS.
 */
int listen_take(bool *ret_is_unix);
