#include "store/config.h"

#include <fcntl.h>

#include "base/file.h"
#include "store/config_draft.h"
#include "store/records.h"

#define CONFIG_BYTES_MAX ((size_t)1024 * 1024)
#define CONFIG_FILE "vsee-expire.conf"
#define CONFIG_FOLDER "vsee-expire.conf.d"

struct names {
	char **list;
	size_t count;
};

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct names){0};
}

const char *vsee_config_fault(int fault)
{
	switch (fault) {
	case -EPERM:
		return "not trusted: it must belong to root, and nobody else may write to it";
	case -ELOOP:
		return "a symbolic link, which is not followed";
	case -EINVAL:
		return "not a regular file";
	case -EFBIG:
		return "larger than 1 MiB";
	default:
		return strerrordesc_np(-fault);
	}
}

static void read_file(struct vsee_draft *draft, int dir_fd, const char *folder, const char *name,
		      uid_t owner, bool must_exist)
{
	autosecret struct vsee_secret text = {0};
	autofree char *path = NULL;
	char shown[VSEE_SHOWN_SIZE];
	int r;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL;
		draft->no_memory = true;
		return;
	}
	for (const char *c = name; *c != '\0'; c++) {
		if ((unsigned char)*c >= ' ' && *c != 0x7f)
			continue;
		vsee_value_show(name, shown);
		vsee_draft_error(draft, folder, 0, "%s: a control character in a file's name",
				 shown);
		return;
	}
	r = vsee_file_read(dir_fd, name, owner, CONFIG_BYTES_MAX, &text);
	if (r == -ENOMEM)
		draft->no_memory = true;
	else if (r == 0)
		vsee_draft_read(draft, path, text.text, text.length);
	else if (r != -ENOENT || must_exist)
		vsee_draft_error(draft, path, 0, "%s", vsee_config_fault(r));
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool name_counts(const char *name)
{
	size_t size = strlen(name);

	return name[0] != '.' && size > 5 && strcmp(name + size - 5, ".conf") == 0;
}

static int names_add(struct names *names, const char *name)
{
	char **list = reallocarray(names->list, names->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	names->list = list;
	list[names->count] = strdup(name);
	return list[names->count++] ? 0 : -ENOMEM;
}

static int names_read(int dir_fd, struct names *names)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r = dir ? 0 : -errno;

	if (!dir && fd >= 0)
		(void)close(fd); /* nothing was written */
	while (dir && r == 0) {
		errno = 0;

		const struct dirent *entry = readdir(dir);

		if (!entry) {
			r = -errno;
			break;
		}
		if (name_counts(entry->d_name))
			r = names_add(names, entry->d_name);
	}
	if (dir)
		(void)closedir(dir); /* opened for reading */
	if (r == 0 && names->count > 1)
		qsort(names->list, names->count, sizeof(*names->list), name_compare);
	return r;
}

static void read_folder(struct vsee_draft *draft, int config_fd, const char *config_dir,
			uid_t owner)
{
	CLEANUP(names_clear) struct names names = {0};
	autofree char *path = NULL;
	autoclose int fd = vsee_dir_open(config_fd, CONFIG_FOLDER, owner);
	int r = fd < 0 ? fd : names_read(fd, &names);

	if (asprintf(&path, "%s/" CONFIG_FOLDER, config_dir) < 0) {
		path = NULL;
		r = -ENOMEM;
	}
	if (r == -ENOMEM)
		draft->no_memory = true;
	else if (r < 0 && r != -ENOENT)
		vsee_draft_error(draft, path, 0, "%s", vsee_config_fault(r));
	for (size_t i = 0; i < names.count && r == 0; i++)
		read_file(draft, fd, path, names.list[i], owner, true);
}

static void read_login_defs(struct vsee_draft *draft, const char *path)
{
	uint64_t line = 0;
	int r = vsee_login_defs_read(path, &draft->uid_min, &draft->uid_max, &line);

	if (r == -ENOMEM)
		draft->no_memory = true;
	else if (r == -EBADMSG)
		vsee_draft_error(draft, path, (unsigned)line, "UID_MIN or UID_MAX is no number");
	else if (r < 0)
		vsee_draft_error(draft, path, 0, "%s", vsee_config_fault(r));
	else if (draft->uid_min > draft->uid_max)
		vsee_draft_error(draft, path, 0, "UID_MIN is larger than UID_MAX");
}

int vsee_config_read(const struct vsee_paths *paths, uid_t owner, struct vsee_config *ret_config)
{
	autodraft struct vsee_draft draft = {0};
	autoclose int fd = -1;
	int r;

	*ret_config = (struct vsee_config){0};
	r = vsee_draft_init(&draft);
	if (r < 0)
		return r;
	fd = vsee_dir_open(AT_FDCWD, paths->config_dir, owner);
	if (fd >= 0) {
		read_file(&draft, fd, paths->config_dir, CONFIG_FILE, owner, false);
		read_folder(&draft, fd, paths->config_dir, owner);
	} else if (fd != -ENOENT) {
		vsee_draft_error(&draft, paths->config_dir, 0, "%s", vsee_config_fault(fd));
	}
	read_login_defs(&draft, paths->login_defs);
	return vsee_draft_build(&draft, ret_config);
}

void vsee_config_clear(struct vsee_config *config)
{
	vsee_policy_clear(&config->policy);
	for (size_t i = 0; i < config->error_count; i++) {
		free(config->errors[i].file);
		free(config->errors[i].text);
	}
	free(config->errors);
	for (size_t i = 0; i < config->value_count; i++) {
		free(config->values[i].section);
		free(config->values[i].value);
		free(config->values[i].source.file);
	}
	free(config->values);
	*config = (struct vsee_config){0};
}
