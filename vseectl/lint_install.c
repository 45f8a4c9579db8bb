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
#include "store/mention.h"

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

/* Whether the file has this very line. */
static bool has_line(const char *path, const char *text)
{
	autoclose int fd = vsee_file_open(path);
	autolines struct vsee_lines lines = {0};
	struct vsee_line line;

	if (fd < 0 || vsee_lines_open(fd, LINE_MAX_BYTES, &lines) < 0)
		return false;
	while (vsee_lines_next(&lines, &line) > 0)
		if (line.size == strlen(text) && memcmp(line.text, text, line.size) == 0)
			return true;
	return false;
}

static bool profile_written(const char *root, const char *line)
{
	static const char *const types[] = {"auth", "account", "password"};
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(types); i++) {
		const int length =
			snprintf(path, sizeof(path), "%s/var/lib/pam/%s", root, types[i]);

		if (length >= 0 && (size_t)length < sizeof(path) && has_line(path, line))
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

static bool first_is_enough(void *context, const char *path)
{
	(void)path;
	*(bool *)context = true;
	return false;
}

static bool cron_names(const char *root, const char *word)
{
	bool found = false;

	(void)vsee_mention_cron(root, word, first_is_enough, &found);
	return found;
}

static bool is_enabled(const char *root)
{
	return exists("%s/etc/systemd/system/timers.target.wants/reminderd-scan.timer", root);
}

bool lint_has_timer(const char *root)
{
	return is_enabled(root) || cron_names(root, "reminderd");
}

static bool is_masked(const char *root, const char *unit)
{
	char path[PATH_MAX], target[sizeof("/dev/null")];
	ssize_t length;

	if (snprintf(path, sizeof(path), "%s/etc/systemd/system/%s", root, unit) >=
	    (int)sizeof(path))
		return false;
	length = readlink(path, target, sizeof(target));
	return length == (ssize_t)strlen("/dev/null") &&
	       memcmp(target, "/dev/null", (size_t)length) == 0;
}

/* The daily run's timer brings send's with it. */
bool lint_has_sender(const char *root)
{
	if (is_enabled(root) && !is_masked(root, "reminderd-send.timer") &&
	    !is_masked(root, "reminderd-send.service"))
		return true;
	return cron_names(root, "reminderd send") ||
	       (cron_names(root, "reminderd") && !cron_names(root, "reminderd scan"));
}

bool lint_has_page(const char *root)
{
	static const char *const bases[] = {"/usr/libexec", "/usr/local/libexec"};

	for (size_t i = 0; i < COUNT(bases); i++)
		if (exists("%s%s/vsee-expire/vsee-resetd", root, bases[i]))
			return true;
	return false;
}

bool lint_has_pam_file(const char *root, const char *service)
{
	return exists("%s/etc/pam.d/%s", root, service) ||
	       exists("%s/usr/lib/pam.d/%s", root, service);
}

bool lint_has_page_socket(const char *root)
{
	return exists("%s/etc/systemd/system/sockets.target.wants/vsee-web.socket", root);
}
