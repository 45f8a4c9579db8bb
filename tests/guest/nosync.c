/*
 * Preloaded, for proofs of the proof: files of which fsync(2) and fdatasync(2) do nothing.
 * LEFT_OUT_STATE: those of the accounts' state, and its folders; LEFT_OUT_FOLDER: every folder;
 * LEFT_OUT_LEDGER: the ledger.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool left_out(int fd)
{
	char link[64], path[4096] = "";
	struct stat status;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0 || fstat(fd, &status) < 0)
		return false;
#if defined(LEFT_OUT_STATE)
	return strncmp(path, "/var/lib/vsee-expire/", 21) == 0;
#elif defined(LEFT_OUT_LEDGER)
	return strncmp(path, "/var/lib/vsee-expire-mail", 25) == 0;
#else
	return S_ISDIR(status.st_mode);
#endif
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	return left_out(fd) ? 0 : (int)syscall(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	return left_out(fd) ? 0 : (int)syscall(SYS_fdatasync, fd);
}
