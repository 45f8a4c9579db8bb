#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "log.h"

static int look_at(int fd, int option)
{
	socklen_t size = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? -errno : value;
}

int listen_take(bool *ret_is_unix)
{
	const int fd = SD_LISTEN_FDS_START, count = sd_listen_fds(1);
	int family;

	if (count <= 0) {
		log_error("no socket was passed: vsee-web.socket starts this program; try "
			  "systemctl enable --now vsee-web.socket");
		return -ENOTCONN;
	}
	if (count > 1) {
		log_error("%d sockets were passed, one is wanted: leave one Listen line in "
			  "vsee-web.socket",
			  count);
		return -E2BIG;
	}
	family = look_at(fd, SO_DOMAIN);
	if (look_at(fd, SO_TYPE) != SOCK_STREAM || look_at(fd, SO_ACCEPTCONN) != 1 ||
	    (family != AF_UNIX && family != AF_INET && family != AF_INET6)) {
		log_error("what was passed is no listening TCP or AF_UNIX stream socket: "
			  "vsee-web.socket wants ListenStream= and Accept=no");
		return -EPROTOTYPE;
	}
	/* Who was gone when accept(2) looks would make everybody wait. */
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) {
		log_error("the socket that was passed: %s", strerror(errno));
		return -errno;
	}
	*ret_is_unix = family == AF_UNIX;
	return fd;
}
