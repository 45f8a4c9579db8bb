#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

void identity_hide(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none); /* lowering is always allowed */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Whether all three ids are these, and the way back is shut. */
static bool is_final(uid_t uid, gid_t gid)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (getresuid(&real, &effective, &saved) < 0 ||
	    getresgid(&real_group, &effective_group, &saved_group) < 0)
		return false;
	if (real != uid || effective != uid || saved != uid || real_group != gid ||
	    effective_group != gid || saved_group != gid)
		return false;
	return setuid(0) < 0 && setgid(0) < 0;
}

/* Groups first: a user who is not root may not give them up any more. */
static int become(uid_t uid, gid_t gid)
{
	if (gid == 0)
		return -EPERM;
	if (setgroups(1, &gid) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	identity_hide(); /* a change of ids sets both anew */
	return is_final(uid, gid) ? 0 : -EPERM;
}

int identity_become(const char *folder, bool on_host)
{
	struct stat stat;
	int r = lstat(folder, &stat) < 0 ? -errno : 0;

	if (r == 0 && !S_ISDIR(stat.st_mode))
		r = -ENOTDIR;
	if (r < 0) {
		log_error("%s: %s. It is made with the package, for the user vsee-expire, "
			  "mode 2771",
			  folder, strerror(-r));
		return r;
	}
	if (!on_host || geteuid() != 0 || stat.st_uid == 0)
		return 0;
	r = become(stat.st_uid, stat.st_gid);
	if (r < 0)
		log_error("root could not become the owner of %s for good (%s): nothing was sent",
			  folder, strerror(-r));
	return r;
}
