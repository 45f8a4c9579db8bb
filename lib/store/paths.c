#include "store/paths.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

static bool join(char ret_path[PATH_MAX], const char *root, const char *path)
{
	const int length = snprintf(ret_path, PATH_MAX, "%s%s", root, path);

	return length >= 0 && length < PATH_MAX;
}

int vsee_paths_init(const char *root, const char *state, struct vsee_paths *ret_paths)
{
	struct vsee_paths paths;

	if (!join(paths.passwd, root, "/etc/passwd") || !join(paths.shadow, root, "/etc/shadow") ||
	    !join(paths.group, root, "/etc/group") ||
	    !join(paths.login_defs, root, "/etc/login.defs") ||
	    !join(paths.machine_id, root, "/etc/machine-id") ||
	    !join(paths.config_dir, root, VSEE_CONFIG_DIR) ||
	    !join(paths.state, state ? "" : root, state ? state : VSEE_STATE_DIR) ||
	    !join(paths.mail, paths.state, "-mail"))
		return -ENAMETOOLONG;
	*ret_paths = paths;
	return 0;
}
