#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "line.h"
#include "store/config_draft.h"

struct word {
	const char *text;
	size_t size;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of text, which shrinks. Size 0: none is left. */
static struct word next_word(struct word *text)
{
	struct word word;

	while (text->size > 0 && is_blank(text->text[0])) {
		text->text++;
		text->size--;
	}
	word = (struct word){text->text, 0};
	while (word.size < text->size && !is_blank(word.text[word.size]))
		word.size++;
	text->text += word.size;
	text->size -= word.size;
	return word;
}

void map_entry_clear(struct map_entry *entry)
{
	free(entry->name);
	free(entry->address);
	*entry = (struct map_entry){0};
}

static int set_entry(struct word name, struct word address, const char *fault,
		     struct map_entry *ret_entry)
{
	struct map_entry entry = {
		.name = strndup(name.text, name.size),
		.address = fault ? strdup("") : strndup(address.text, address.size),
		.fault = fault,
		.language = MAP_LANGUAGE_NONE,
	};

	if (!entry.name || !entry.address) {
		map_entry_clear(&entry);
		return -ENOMEM;
	}
	*ret_entry = entry;
	return 0;
}

/* What stands behind "name:". */
static int take_rest(struct word name, struct word rest, struct map_entry *ret_entry,
		     enum map_fault *ret_fault)
{
	const struct word address = next_word(&rest), language = next_word(&rest);
	const char *fault = address_fault(address.text, address.size);
	int r;

	*ret_fault = fault ? MAP_ADDRESS : MAP_OK;
	if (next_word(&rest).size > 0) {
		*ret_fault = MAP_MORE;
		fault = "more than address and language";
	}
	r = set_entry(name, address, fault, ret_entry);
	if (r < 0 || fault || language.size == 0)
		return r;
	if (!address_language(language.text, language.size, &ret_entry->language))
		*ret_fault = MAP_LANGUAGE;
	return 0;
}

int map_line_parse(const char *text, size_t size, struct map_entry *ret_entry,
		   enum map_fault *ret_fault)
{
	const char *const colon = memchr(text, ':', size);
	struct word before = {text, colon ? (size_t)(colon - text) : size};
	const struct word name = next_word(&before);

	if ((!colon && name.size == 0) || (name.size > 0 && name.text[0] == '#')) {
		*ret_fault = MAP_EMPTY;
		return 0;
	}
	if (!colon) {
		*ret_fault = MAP_COLON;
		return 0;
	}
	if (!vsee_name_valid_sized(name.text, name.size) || next_word(&before).size > 0) {
		*ret_fault = MAP_NAME;
		return 0;
	}
	return take_rest(name, (struct word){colon + 1, size - (size_t)(colon + 1 - text)},
			 ret_entry, ret_fault);
}

struct loading {
	struct map *map;
	struct line_log log;
	uint64_t bad;
};

__attribute__((format(printf, 3, 4))) static void warn(struct loading *loading, uint64_t line,
						       const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		text[0] = '\0';
	va_end(arguments);
	loading->bad++;
	line_warn(&loading->log, line, text);
}

static int add(struct map *map, struct map_entry *entry)
{
	if (map->count == map->capacity) {
		const size_t capacity = map->capacity > 0 ? 2 * map->capacity : 64;
		struct map_entry *entries =
			reallocarray(map->entries, capacity, sizeof(map->entries[0]));

		if (!entries)
			return -ENOMEM;
		map->entries = entries;
		map->capacity = capacity;
	}
	map->entries[map->count++] = *entry;
	*entry = (struct map_entry){0}; /* the map's now */
	return 0;
}

static void complain(struct loading *loading, const struct vsee_line *line, enum map_fault fault,
		     const struct map_entry *entry)
{
	char text[MAP_LINE_MAX + 1], shown[VSEE_SHOWN_SIZE];
	const char *why = "";

	switch (fault) {
	case MAP_OK:
	case MAP_EMPTY:
		return;
	case MAP_COLON:
		why = "no colon behind a user's name; the line is passed over";
		break;
	case MAP_NAME:
		why = "this is no user's name; the line is passed over";
		break;
	case MAP_ADDRESS:
	case MAP_MORE:
		why = entry->fault;
		break;
	case MAP_LANGUAGE:
		why = "no language of ours (en, de); the address counts";
		break;
	}
	(void)snprintf(text, sizeof(text), "%.*s", (int)line->size, line->text);
	vsee_value_show(text, shown);
	warn(loading, line->number, "%s: %s", shown, why);
}

static int take_line(struct loading *loading, const struct vsee_line *line)
{
	CLEANUP(map_entry_clear) struct map_entry entry = {0};
	enum map_fault fault = MAP_OK;
	int r;

	if (line->fault == VSEE_LINE_LONG || line->fault == VSEE_LINE_NUL) {
		loading->bad++;
		line_warn(&loading->log, line->number, line_fault_text(VSEE_RECORD_LINE, line));
		return 0;
	}
	r = map_line_parse(line->text, line->size, &entry, &fault);
	if (r < 0)
		return r;
	complain(loading, line, fault, &entry);
	if (!entry.name)
		return 0;
	entry.line = line->number;
	return add(loading->map, &entry);
}

static int compare(const void *left, const void *right)
{
	const struct map_entry *a = left, *b = right;
	const int by_name = strcmp(a->name, b->name);

	return by_name != 0 ? by_name : (a->line > b->line) - (a->line < b->line);
}

/* Which of two lines is meant nobody knows, so neither counts; and no other source stands in. */
static void join_duplicates(struct loading *loading)
{
	struct map *map = loading->map;
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++) {
		struct map_entry *entry = &map->entries[i];
		struct map_entry *last = kept > 0 ? &map->entries[kept - 1] : NULL;

		if (!last || strcmp(last->name, entry->name) != 0) {
			map->entries[kept++] = *entry;
			continue;
		}
		warn(loading, entry->line,
		     "%s: line %" PRIu64 " names this user, too; neither "
		     "counts",
		     entry->name, last->line);
		last->fault = "more than one line names this user";
		last->line = entry->line;
		map_entry_clear(entry);
	}
	map->count = kept;
}

static int read_lines(struct loading *loading, int fd)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	struct vsee_line line;
	int r, taken = 0;

	r = vsee_lines_open(fd, MAP_LINE_MAX, &lines);
	while (r >= 0 && taken == 0 && (r = vsee_lines_next(&lines, &line)) > 0)
		taken = take_line(loading, &line);
	return taken < 0 ? taken : r;
}

int map_load(const char *path, uid_t owner, struct map *ret_map, uint64_t *ret_bad)
{
	struct loading loading = {.map = ret_map, .log = {.path = path}};
	autoclose int fd = vsee_file_open_trusted(AT_FDCWD, path, owner);
	int r;

	*ret_map = (struct map){0};
	*ret_bad = 0;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = read_lines(&loading, fd);
	if (r < 0)
		return r;
	if (ret_map->count > 0)
		qsort(ret_map->entries, ret_map->count, sizeof(ret_map->entries[0]), compare);
	join_duplicates(&loading);
	*ret_bad = loading.bad;
	return 0;
}

void map_clear(struct map *map)
{
	for (size_t i = 0; i < map->count; i++)
		map_entry_clear(&map->entries[i]);
	free(map->entries);
	*map = (struct map){0};
}

static int compare_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct map_entry *)entry)->name);
}

const struct map_entry *map_find(const struct map *map, const char *name)
{
	return map->count == 0 ? NULL
			       : bsearch(name, map->entries, map->count, sizeof(map->entries[0]),
					 compare_name);
}
