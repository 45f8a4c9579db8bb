/* Who is at the other end of the socket. */
#pragma once

/*
 * 0: the process that connected ran as the local account called name. -EACCES: as another one;
 * -ENOENT: there is no such account; or another negative errno.
 */
int peer_check(int socket, const char *passwd_path, const char *name);
