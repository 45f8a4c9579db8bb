#include "lint_install.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/writer.h"

#define MODULE "security/pam_vsee_expire.so"
#define LINE_MAX_BYTES ((size_t)4096)

#define autofolder CLEANUP(folder_close)
#define autolines CLEANUP(vsee_lines_clear)

static void folder_close(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

__attribute__((format(printf, 1, 2))) static bool exists(const char *format, ...)
{
	char path[PATH_MAX];
	struct stat st;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	/* Not followed: below another root an absolute link leads astray. */
	return length >= 0 && (size_t)length < sizeof(path) && lstat(path, &st) == 0;
}

static DIR *open_folder(const char *root, const char *folder)
{
	char path[PATH_MAX];
	const int length = snprintf(path, sizeof(path), "%s%s", root, folder);

	return length >= 0 && (size_t)length < sizeof(path) ? opendir(path) : NULL;
}

static bool module_below(const char *root, const char *base)
{
	autofolder DIR *folder = open_folder(root, base);
	const struct dirent *entry;

	if (exists("%s%s/" MODULE, root, base))
		return true;
	while (folder && (entry = readdir(folder)) != NULL)
		if (exists("%s%s/%s/" MODULE, root, base, entry->d_name))
			return true;
	return false;
}

bool lint_has_module(const char *root)
{
	static const char *const bases[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64",
					    "/usr/local/lib"};

	for (size_t i = 0; i < COUNT(bases); i++)
		if (module_below(root, bases[i]))
			return true;
	return false;
}

static bool piece_in(const struct vsee_line *line, const char *piece)
{
	return memmem(line->text, line->size, piece, strlen(piece)) != NULL;
}

/* A line that holds piece and is no comment. whole: the line is piece. */
static bool file_says(const char *path, const char *piece, bool whole)
{
	autoclose int fd = vsee_file_open(path);
	autolines struct vsee_lines lines = {0};
	struct vsee_line line;

	if (fd < 0 || vsee_lines_open(fd, LINE_MAX_BYTES, &lines) < 0)
		return false;
	while (vsee_lines_next(&lines, &line) > 0) {
		if (line.size > 0 && line.text[0] == '#')
			continue;
		if (whole ? line.size == strlen(piece) && piece_in(&line, piece)
			  : piece_in(&line, piece))
			return true;
	}
	return false;
}

static bool profile_written(const char *root, const char *line)
{
	static const char *const types[] = {"auth", "account", "password"};
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(types); i++) {
		const int length =
			snprintf(path, sizeof(path), "%s/var/lib/pam/%s", root, types[i]);

		if (length >= 0 && (size_t)length < sizeof(path) && file_says(path, line, true))
			return true;
	}
	return false;
}

enum lint_profiles lint_profiles(const char *root)
{
	const bool first = profile_written(root, "Module: vsee-expire");
	const bool bind = profile_written(root, "Module: vsee-expire-bind");

	if (first && bind)
		return LINT_PROFILES_BOTH;
	return first || bind ? LINT_PROFILES_ONE : LINT_PROFILES_NONE;
}

bool lint_has_profiles(const char *root)
{
	return exists("%s/usr/share/pam-configs/vsee-expire", root) &&
	       exists("%s/usr/share/pam-configs/vsee-expire-bind", root);
}

static bool place_says(const char *root, const char *place, const char *word)
{
	char path[PATH_MAX];
	const int length = snprintf(path, sizeof(path), "%s%s", root, place);

	return length >= 0 && (size_t)length < sizeof(path) && file_says(path, word, false);
}

static bool folder_says(const char *root, const char *place, const char *word,
			char ret_path[PATH_MAX])
{
	autofolder DIR *folder = open_folder(root, place);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (folder && (entry = readdir(folder)) != NULL) {
		const int length = snprintf(path, sizeof(path), "%s/%s", place, entry->d_name);

		if (length < 0 || (size_t)length >= sizeof(path) || !place_says(root, path, word))
			continue;
		memcpy(ret_path, path, sizeof(path));
		return true;
	}
	return false;
}

/* The first file of cron's that says word; its path without root goes to ret_path. */
static bool cron_says(const char *root, const char *word, char ret_path[PATH_MAX])
{
	static const char *const folders[] = {"/etc/cron.d",	  "/etc/cron.daily",
					      "/etc/cron.hourly", "/etc/cron.weekly",
					      "/var/spool/cron",  "/var/spool/cron/crontabs"};

	for (size_t i = 0; i < COUNT(folders); i++)
		if (folder_says(root, folders[i], word, ret_path))
			return true;
	if (!place_says(root, "/etc/crontab", word))
		return false;
	(void)snprintf(ret_path, PATH_MAX, "/etc/crontab");
	return true;
}

void lint_managers(const char *root, char ret_names[LINT_MANAGERS_SIZE])
{
	static const struct {
		const char *path, *name;
	} managers[] = {
		{"/etc/puppet",		"puppet"	},
		{"/etc/puppetlabs",	    "puppet"	    },
		{"/etc/chef",	      "chef-client"},
		{"/etc/salt",	      "salt-minion"},
		{"/var/lib/cfengine3",   "cfengine"	 },
		{"/var/cfengine",	  "cfengine"   },
		{"/etc/cloud/cloud.cfg", "cloud-init" },
	};
	static const char *const words[] = {"ansible-pull", "chage"};
	struct vsee_writer writer = {.text = ret_names, .size = LINT_MANAGERS_SIZE};
	char path[PATH_MAX];

	ret_names[0] = '\0';
	for (size_t i = 0; i < COUNT(managers); i++)
		if (exists("%s%s", root, managers[i].path))
			vsee_writer_add(&writer, "%s%s (%s)", writer.length > 0 ? ", " : "",
					managers[i].name, managers[i].path);
	for (size_t i = 0; i < COUNT(words); i++)
		if (cron_says(root, words[i], path))
			vsee_writer_add(&writer, "%s%s in %s", writer.length > 0 ? ", " : "",
					words[i], path);
}

bool lint_has_timer(const char *root)
{
	char path[PATH_MAX];

	return exists("%s/etc/systemd/system/timers.target.wants/reminderd-scan.timer", root) ||
	       cron_says(root, "reminderd", path);
}
