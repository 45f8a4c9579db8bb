/* Which files of pam.d are services. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "stack.h"
#include "stack_parse.h"
#include "stack_text.h"

/* Where both have a file of one name, libpam reads the first one. */
static const char *const folders[] = {STACK_FOLDER, STACK_VENDOR_FOLDER};

struct service {
	char *name;
	const char *folder;
	unsigned included; /* by so many other files of the folder */
};

struct services {
	struct service *list;
	size_t count;
};

static void clear(struct services *services)
{
	for (size_t i = 0; i < services->count; i++)
		free(services->list[i].name);
	free(services->list);
}

/* What editors, dpkg, rpm, ucf and pam-auth-update leave beside a file. */
static bool is_backup(const char *name)
{
	static const char *const parts[] = {
		".dpkg-", ".pam-new", ".pam-old", ".rpmnew", ".rpmorig", ".rpmsave",
		".ucf-",  ".bak",     ".orig",	  ".old",    ".save",	 ".swp",
	};
	const size_t length = strlen(name);

	if (name[0] == '.' || name[0] == '#' || length == 0 || name[length - 1] == '~')
		return true;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

static int add(struct services *services, const char *folder, const char *name)
{
	struct service *list = reallocarray(services->list, services->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	services->list = list;
	list[services->count] = (struct service){.name = strdup(name), .folder = folder};
	if (!list[services->count].name)
		return -ENOMEM;
	services->count++;
	return 0;
}

static bool is_known(const struct services *services, const char *name)
{
	for (size_t i = 0; i < services->count; i++)
		if (strcmp(services->list[i].name, name) == 0)
			return true;
	return false;
}

static int list_files(DIR *dir, const char *folder, struct services *services)
{
	const struct dirent *entry;
	int r;

	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		struct stat st;

		if (is_backup(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &st, 0) < 0 ||
		    !S_ISREG(st.st_mode) || is_known(services, entry->d_name))
			continue;
		r = add(services, folder, entry->d_name);
		if (r < 0)
			return r;
	}
	return -errno;
}

static int list_folder(const char *root, const char *folder, struct services *services)
{
	autofree char *path = NULL;
	DIR *dir;
	int r;

	if (asprintf(&path, "%s%s", root, folder) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	if (!dir)
		return -errno;
	r = list_files(dir, folder, services);
	(void)closedir(dir); /* only read */
	return r;
}

/* The file a line includes, or NULL. */
static const char *included_by(char *rest)
{
	const char *word = stack_word_next(&rest);

	if (!word)
		return NULL;
	if (strcasecmp(word, "@include") == 0)
		return stack_word_next(&rest);
	word = stack_word_next(&rest);
	return word && (strcasecmp(word, "include") == 0 || strcasecmp(word, "substack") == 0)
		       ? stack_word_next(&rest)
		       : NULL;
}

/* Each file that this one includes counts once, however often it does. */
static void count_includes(struct services *services, const char *text, size_t size)
{
	struct stack_reader reader = {.text = text, .size = size};
	struct stack_text line;
	autofree bool *seen = calloc(services->count + 1, sizeof(*seen));

	while (seen && stack_text_next(&reader, &line) > 0) {
		const char *name = included_by(line.line);

		for (size_t i = 0; name && i < services->count; i++)
			if (strcmp(services->list[i].name, name) == 0 && !seen[i]) {
				services->list[i].included++;
				seen[i] = true;
			}
	}
}

static int count_all(const char *root, struct services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		autofree char *path = NULL, *text = NULL;
		size_t size;

		if (asprintf(&path, "%s%s/%s", root, services->list[i].folder,
			     services->list[i].name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		/* What can't be read is said where its service is loaded. */
		if (stack_read_file(path, &text, &size) == 0)
			count_includes(services, text, size);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct service *)a)->name, ((const struct service *)b)->name);
}

static int hand_out(struct services *services, char ***ret_services, size_t *ret_count)
{
	char **names = calloc(services->count + 1, sizeof(*names));
	size_t count = 0;

	if (!names)
		return -ENOMEM;
	if (services->count > 0)
		qsort(services->list, services->count, sizeof(*services->list), compare);
	for (size_t i = 0; i < services->count; i++) {
		struct service *service = &services->list[i];

		if (strncmp(service->name, "common-", strlen("common-")) == 0 ||
		    service->included > 1)
			continue;
		names[count++] = service->name;
		service->name = NULL;
	}
	*ret_services = names;
	*ret_count = count;
	return 0;
}

int stack_services(const char *root, char ***ret_services, size_t *ret_count)
{
	CLEANUP(clear) struct services services = {0};
	int r = -ENOENT;

	for (size_t i = 0; i < COUNT(folders); i++) {
		const int found = list_folder(root, folders[i], &services);

		if (found < 0 && found != -ENOENT)
			return found;
		r = found == 0 ? 0 : r;
	}
	if (r == 0)
		r = count_all(root, &services);
	return r < 0 ? r : hand_out(&services, ret_services, ret_count);
}

void stack_services_free(char **services, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(services[i]);
	free(services);
}
