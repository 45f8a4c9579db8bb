#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool put(const char *path, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Our own uid becomes 0 of a user namespace, the only one in it. */
static bool become_root(void)
{
	char uid_map[32], gid_map[32];

	(void)snprintf(uid_map, sizeof(uid_map), "0 %u 1\n", (unsigned)getuid());
	(void)snprintf(gid_map, sizeof(gid_map), "0 %u 1\n", (unsigned)getgid());
	return unshare(CLONE_NEWUSER) == 0 && put("/proc/self/setgroups", "deny") &&
	       put("/proc/self/uid_map", uid_map) && put("/proc/self/gid_map", gid_map);
}

bool sandbox_enter(const char *folder)
{
	if (geteuid() != 0 && !become_root())
		return false;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	if (folder)
		return mount(folder, "/etc", NULL, MS_BIND, NULL) == 0;
	return mount("tmpfs", "/etc", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0;
}

bool sandbox_has_uids(void)
{
	autofree char *map = sandbox_read("/proc/self/uid_map");

	return strtoul(map, NULL, 10) == 0 && strstr(map, "4294967295");
}

int sandbox_skip(void)
{
	(void)printf("skipped: no private mount namespace: %s\n", strerror(errno));
	return SANDBOX_SKIPPED;
}

_Noreturn void sandbox_fail(const char *what)
{
	(void)fprintf(stderr, "sandbox: %s: %s\n", what, strerror(errno));
	exit(99); /* meson: an error of the test itself */
}

void sandbox_write(const char *path, mode_t mode, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fchmod(fd, mode) < 0 ||
	    write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		sandbox_fail(path);
}

char *sandbox_read(const char *path)
{
	autofile FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		sandbox_fail(path);
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	return text;
}

void sandbox_mkdir(const char *path, mode_t mode)
{
	if ((mkdir(path, 0700) < 0 && errno != EEXIST) || chmod(path, mode) < 0)
		sandbox_fail(path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st;
	(void)kind;
	(void)walk;
	return remove(path);
}

void sandbox_remove(const char *path)
{
	if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
		sandbox_fail(path);
}

void sandbox_mount(const char *path, size_t size)
{
	char options[64];

	(void)snprintf(options, sizeof(options), "mode=0755,size=%zu", size);
	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		sandbox_fail(path);
}

void sandbox_freeze(const char *path)
{
	if (mount(path, path, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) <
		    0)
		sandbox_fail(path);
}

void sandbox_replace(const char *from, const char *path)
{
	if (mount(from, path, NULL, MS_BIND, NULL) < 0)
		sandbox_fail(path);
}

void sandbox_umount(const char *path)
{
	if (umount(path) < 0)
		sandbox_fail(path);
}
