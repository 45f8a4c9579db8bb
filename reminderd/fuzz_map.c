#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "map.h"
#include "store/syntax.h"
#include "fuzz.h"

static const char *language(const struct map_entry *entry)
{
	if (entry->language == MAP_LANGUAGE_NONE)
		return "";
	return entry->language == VSEE_LANGUAGE_DE ? " de" : " en";
}

/* What is taken can be written as a line, which is read alike. */
static int check(const struct map_entry *entry)
{
	struct map_entry again = {0};
	enum map_fault fault;
	autofree char *line = NULL;

	int r;

	CHECK(vsee_name_valid(entry->name));
	CHECK(vsee_syntax_address(entry->address, strlen(entry->address)));
	if (asprintf(&line, "%s: %s%s", entry->name, entry->address, language(entry)) < 0)
		return -ENOMEM;
	r = map_line_parse(line, strlen(line), &again, &fault);
	if (r < 0)
		return r;
	CHECK(fault == MAP_OK && again.language == entry->language);
	CHECK(strcmp(again.name, entry->name) == 0 && strcmp(again.address, entry->address) == 0);
	map_entry_clear(&again);
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct map_entry entry = {0};
	enum map_fault fault = MAP_EMPTY;

	int r;

	r = map_line_parse((const char *)data, size, &entry, &fault);
	if (r < 0)
		return r;
	if (fault == MAP_OK || fault == MAP_LANGUAGE)
		r = check(&entry);
	if (entry.name && (fault == MAP_ADDRESS || fault == MAP_MORE) && !entry.fault)
		abort();
	map_entry_clear(&entry);
	return r;
}
