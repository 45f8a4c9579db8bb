/* Where a host keeps what we read; a program fills it once, tests and --root fill it otherwise. */
#pragma once

#include <limits.h>

#define VSEE_STATE_DIR "/var/lib/vsee-expire"
#define VSEE_CONFIG_DIR "/etc/vsee-expire"

struct vsee_paths {
	char passwd[PATH_MAX], shadow[PATH_MAX], group[PATH_MAX], login_defs[PATH_MAX];
	char machine_id[PATH_MAX];
	char config_dir[PATH_MAX]; /* holds vsee-expire.conf and vsee-expire.conf.d */
	char state[PATH_MAX];	   /* holds policy, scan, snapshot, lock and accounts/ */
	char mail[PATH_MAX];	   /* state with "-mail" behind it: send's own folder */
};

/*
 * The usual places below root ("" for the host itself). state: NULL for the usual folder, else
 * taken as it is. 0, or -ENAMETOOLONG.
 */
int vsee_paths_init(const char *root, const char *state, struct vsee_paths *ret_paths);
