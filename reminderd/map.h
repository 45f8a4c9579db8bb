/* The map file: which address an administrator gave to whom, "user: address [language]". */
#pragma once

#include <stdint.h>

#include "reminder.h"

#define MAP_LINE_MAX 1024
#define MAP_LANGUAGE_NONE ((enum vsee_language) - 1) /* the line names none */

enum map_fault {
	MAP_OK,
	MAP_EMPTY,    /* nothing, or a comment */
	MAP_COLON,    /* no "user:" */
	MAP_NAME,     /* that can't be an account's name */
	MAP_ADDRESS,  /* no mail can go there; entry is set */
	MAP_MORE,     /* something behind address and language; entry is set */
	MAP_LANGUAGE, /* no language of ours; entry is set, and its address good */
};

struct map_entry {
	char *name, *address; /* owned; address "": see fault */
	enum vsee_language language;
	const char *fault; /* NULL: the address is good; static text */
	uint64_t line;
};

/* One line without its newline. ret_entry is written where the fault says so, and for MAP_OK; its
 * strings are owned by the caller. -ENOMEM, or 0 and ret_fault. */
int map_line_parse(const char *text, size_t size, struct map_entry *ret_entry,
		   enum map_fault *ret_fault);
void map_entry_clear(struct map_entry *entry);

struct map {
	struct map_entry *entries; /* sorted by name, each once */
	size_t count, capacity;
};

/*
 * Read the file at path, trusted as vsee_file_open_trusted() says. ret_bad counts lines warned of.
 * 0, also where there is no file; or negative errno. The caller clears in all cases.
 */
int map_load(const char *path, uid_t owner, struct map *ret_map, uint64_t *ret_bad);
void map_clear(struct map *map);

/* NULL: no line for the name counts. */
const struct map_entry *map_find(const struct map *map, const char *name);
