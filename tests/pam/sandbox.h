/*
 * A private /etc for this process: the real pam_unix writes a passwd and a shadow file that nobody
 * else sees. Works as root and, where the kernel permits user namespaces, as anybody.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SANDBOX_SKIPPED 77 /* meson counts a program that exits so as skipped */

/*
 * Enter it, once. folder: what shall stand for /etc (it survives the process); NULL: a new tmpfs
 * that ends with the process. False: the kernel does not permit it; errno says why.
 */
bool sandbox_enter(const char *folder);

/* Whether other uids than 0 exist in here: not where a user namespace maps only one. */
bool sandbox_has_uids(void);

/* The members below end the test program with a message when they fail: they are no tests. */
void sandbox_write(const char *path, mode_t mode, const char *text);
/* The whole file; the caller frees it. */
char *sandbox_read(const char *path);
void sandbox_mkdir(const char *path, mode_t mode);
/* Remove path and all below it, on this file system. Nothing there: fine. */
void sandbox_remove(const char *path);
/* A file system of size bytes, in memory, over the folder path. */
void sandbox_mount(const char *path, size_t size);
/* All below path becomes read-only. */
void sandbox_freeze(const char *path);
/* The file from stands for the file path. */
void sandbox_replace(const char *from, const char *path);
/* Take back the one before. */
void sandbox_umount(const char *path);
/* Say why the program can't run here; returns SANDBOX_SKIPPED. */
int sandbox_skip(void);
_Noreturn void sandbox_fail(const char *what);
