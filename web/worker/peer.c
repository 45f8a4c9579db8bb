#include "peer.h"

#include <errno.h>
#include <sys/socket.h>

#include "store/records.h"

int peer_check(int socket, const char *passwd_path, const char *name)
{
	struct ucred peer;
	struct vsee_passwd passwd;
	socklen_t size = sizeof(peer);
	int r;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	r = vsee_passwd_find(passwd_path, name, &passwd, NULL, NULL);
	if (r < 0)
		return r;
	return peer.uid == passwd.uid ? 0 : -EACCES;
}
