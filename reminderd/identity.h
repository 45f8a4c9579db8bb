/* Who a run of send is: nothing of the network or the ledger is touched by root. */
#pragma once

#include <stdbool.h>

/* No core dump, and nobody but root may look into this process: it holds the server's password. */
void identity_hide(void);

/*
 * Become the owner of the folder for good, where we are root and it is somebody else's. on_host:
 * whether this is the host itself; below --root we stay who we are.
 * 0, or negative errno after a message.
 */
int identity_become(const char *folder, bool on_host);
