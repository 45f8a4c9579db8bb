/* A throw-away folder with configuration files, for the tests of the configuration. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "store/config.h"

#define A17 "aaaaaaaaaaaaaaaaa"
#define A60 "# aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct host {
	char root[32];
	char folder[PATH_MAX + 32]; /* vsee-expire.conf.d */
	struct vsee_paths paths;
};

static inline void host_write(const char *path, const char *text, size_t size)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), (ssize_t)size);
	assert_int_equal(close(fd), 0);
}

static inline void host_write_in(const struct host *host, const char *name, const char *text)
{
	autofree char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", host->folder, name) > 0);
	host_write(path, text, strlen(text));
}

/* main: vsee-expire.conf; first, second: 10-a.conf and 20-b.conf; NULL: no such file. */
static inline struct host host_make(const char *main, const char *first, const char *second)
{
	struct host host = {.root = "/tmp/vsee-config-XXXXXX"};
	autofree char *path = NULL;

	assert_non_null(mkdtemp(host.root));
	(void)snprintf(host.paths.config_dir, PATH_MAX, "%s/etc", host.root);
	(void)snprintf(host.paths.login_defs, PATH_MAX, "%s/login.defs", host.root);
	(void)snprintf(host.folder, sizeof(host.folder), "%s/etc/vsee-expire.conf.d", host.root);
	assert_int_equal(mkdir(host.paths.config_dir, 0700), 0);
	assert_int_equal(mkdir(host.folder, 0700), 0);
	assert_true(asprintf(&path, "%s/vsee-expire.conf", host.paths.config_dir) > 0);
	if (main)
		host_write(path, main, strlen(main));
	if (first)
		host_write_in(&host, "10-a.conf", first);
	if (second)
		host_write_in(&host, "20-b.conf", second);
	return host;
}

static inline int host_remove_one(const char *path, const struct stat *st, int kind,
				  struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void host_clear(struct host *host)
{
	(void)nftw(host->root, host_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
#define autohost CLEANUP(host_clear)

static inline int host_read(const struct host *host, struct vsee_config *ret_config)
{
	return vsee_config_read(&host->paths, getuid(), ret_config);
}

static inline void replace(char *text, const char *from, const char *to)
{
	for (char *at = strstr(text, from); at; at = strstr(at, from)) {
		memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
		memcpy(at, to, strlen(to));
	}
}

/* A copy in which the files are called D/main, D/10-a.conf and D/20-b.conf. */
static inline char *host_shorten(const struct host *host, const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	replace(copy, host->folder, "D");
	replace(copy, host->paths.config_dir, "D");
	replace(copy, "D/vsee-expire.conf", "D/main");
	return copy;
}
