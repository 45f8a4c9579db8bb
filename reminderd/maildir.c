/* A Maildir instead of a server, for trial runs; the octets are those that a server would get. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "log.h"
#include "way.h"

#define HOST_MAX 16 /* the name is our queue id, which has a limit */

struct maildir {
	int folder, fresh; /* tmp and new */
	unsigned count;
	char host[HOST_MAX + 1];
};

/* A folder of our own below dir_fd, made if missing. The fd, or negative errno. */
static int open_folder(int dir_fd, const char *path)
{
	if (mkdirat(dir_fd, path, 0700) < 0 && errno != EEXIST)
		return -errno;

	const int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void maildir_close(void *pointer)
{
	struct maildir *maildir = pointer;

	vsee_cleanup_close(&maildir->folder);
	vsee_cleanup_close(&maildir->fresh);
	free(maildir);
}

/* A name of the host that can stand in a file's name: others would need escapes. */
static void set_host(struct maildir *maildir, const char *host)
{
	(void)snprintf(maildir->host, sizeof(maildir->host), "%s", host);
	for (char *c = maildir->host; *c; c++)
		if (*c == '/' || *c == ':' || *c <= ' ')
			*c = '-';
}

static int open_all(struct maildir *maildir, const char *path)
{
	autoclose int fd = open_folder(AT_FDCWD, path);
	autoclose int seen = fd < 0 ? -1 : open_folder(fd, "cur");

	if (fd < 0 || seen < 0)
		return fd < 0 ? fd : seen;
	maildir->folder = open_folder(fd, "tmp");
	maildir->fresh = open_folder(fd, "new");
	return maildir->folder < 0 ? maildir->folder : maildir->fresh < 0 ? maildir->fresh : 0;
}

static int maildir_open(const struct way_setting *setting, void **ret_line)
{
	struct maildir *maildir = calloc(1, sizeof(*maildir));
	const char *named = setting->delivery->smtp + strlen("maildir:");
	autofree char *path = NULL;
	int r;

	if (!maildir) {
		log_error("[mail] smtp: maildir: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	maildir->folder = maildir->fresh = -1;
	set_host(maildir, setting->host);
	if (asprintf(&path, "%s%s", setting->root, named) < 0)
		path = NULL;
	r = path ? open_all(maildir, path) : -ENOMEM;
	if (r < 0) {
		log_error("[mail] smtp: %s: %s", path ? path : "maildir", strerror(-r));
		maildir_close(maildir);
		return r;
	}
	*ret_line = maildir;
	return 0;
}

/* Into tmp, then a second name in new, which must not exist yet. */
static int store(const struct maildir *maildir, const char *name, const struct parcel *parcel)
{
	autoclose int fd =
		openat(maildir->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = vsee_file_write(fd, parcel->text, parcel->size);
	if (r == 0 && linkat(maildir->folder, name, maildir->fresh, name, 0) < 0)
		r = -errno;
	if (unlinkat(maildir->folder, name, 0) < 0 && r == 0)
		r = -errno;
	return r == 0 && fsync(maildir->fresh) < 0 ? -errno : r;
}

static void maildir_carry(void *pointer, const struct parcel *parcel, struct result *result)
{
	struct maildir *maildir = pointer;
	struct timespec now;
	char name[QUEUE_ID_SIZE];
	int r;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	(void)snprintf(name, sizeof(name), "%lld.M%06ldP%ldQ%u.%s", (long long)now.tv_sec,
		       now.tv_nsec / 1000, (long)getpid(), ++maildir->count, maildir->host);
	r = store(maildir, name, parcel);
	if (r < 0) {
		result->outcome = OUTCOME_UNREACHABLE;
		(void)snprintf(result->answer, sizeof(result->answer), "%s: %s", name,
			       strerror(-r));
		return;
	}
	result->outcome = OUTCOME_TAKEN;
	(void)snprintf(result->answer, sizeof(result->answer), "written to new/%s", name);
	(void)snprintf(result->queue_id, sizeof(result->queue_id), "%s", name);
}

const struct way maildir_way = {maildir_open, maildir_carry, maildir_close};
