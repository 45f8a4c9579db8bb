/*
 * The guest's first program, alone in its initramfs: loads the modules, mounts the disks, and
 * becomes what the environment (the kernel's command line) says: VSEE_INIT=agent for the rig's own
 * program as process 1, else systemd. VSEE_MOUNT: options of the disk that is written to.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 2000
#define PORT "/dev/vport0p1"
#define AGENT "/mnt/vsee/source/tests/guest/agent.py"

static void must(int result, const char *what)
{
	if (result == 0)
		return;
	perror(what);
	exit(1); /* the kernel panics, and the machine ends */
}

/* In the order of their names. What the machine has no device for does no harm. */
static void load_modules(void)
{
	struct dirent **entries;
	const int count = scandir("/modules", &entries, NULL, alphasort);

	must(chdir("/modules"), "modules");
	for (int i = 0; i < count; i++) {
		const int fd = open(entries[i]->d_name, O_RDONLY | O_CLOEXEC);

		if (entries[i]->d_name[0] != '.')
			must((int)syscall(SYS_finit_module, fd, "", 0), entries[i]->d_name);
		(void)close(fd);
	}
}

static void await(const char *path)
{
	for (int i = 0; i < TRIES && access(path, F_OK) < 0; i++)
		(void)usleep(5000);
}

static void mount_disks(void)
{
	(void)mkdir("/root", 0755);
	await("/dev/vda");
	await("/dev/vdb");
	await(PORT);
	must(mount("/dev/vda", "/root", "ext4", MS_NOATIME, getenv("VSEE_MOUNT")), "the disk");
	(void)mkdir("/root/mnt/vsee", 0755);
	must(mount("/dev/vdb", "/root/mnt/vsee", "ext4", MS_RDONLY, NULL), "the programs");
	must(mount("/dev", "/root/dev", NULL, MS_MOVE, NULL), "dev");
	must(chdir("/root"), "root");
	must(mount(".", "/", NULL, MS_MOVE, NULL), "move");
	must(chroot("."), "chroot");
	must(chdir("/"), "root");
}

/* What systemd would mount. */
static void mount_system(void)
{
	(void)mkdir("/dev/pts", 0755);
	(void)mkdir("/dev/shm", 0755);
	must(mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666,mode=620,gid=5"), "pts");
	must(mount("tmpfs", "/dev/shm", "tmpfs", 0, NULL), "shm");
	must(mount("proc", "/proc", "proc", 0, NULL), "proc");
	must(mount("sysfs", "/sys", "sysfs", 0, NULL), "sys");
	must(mount("tmpfs", "/run", "tmpfs", 0, "mode=755"), "run");
	must(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777"), "tmp");
	(void)symlink("/proc/self/fd", "/dev/fd");
}

int main(void)
{
	const char *init = getenv("VSEE_INIT");

	(void)mkdir("/dev", 0755);
	must(mount("dev", "/dev", "devtmpfs", 0, "mode=755"), "devices");
	for (int fd = open("/dev/console", O_RDWR); fd >= 0 && fd < 2;)
		fd = dup(fd);
	load_modules();
	mount_disks();
	if (!init || strcmp(init, "agent") != 0) {
		(void)execl("/sbin/init", "init", NULL);
		return 1;
	}
	mount_system();
	(void)setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	(void)execl("/usr/bin/python3", "python3", AGENT, NULL);
	return 1;
}
