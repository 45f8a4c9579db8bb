#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "map.h"
#include "store/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *language(const struct map_entry *entry)
{
	if (entry->language == MAP_LANGUAGE_NONE)
		return "";
	return entry->language == VSEE_LANGUAGE_DE ? " de" : " en";
}

/* What is taken can be written as a line, which is read alike. */
static void check(const struct map_entry *entry)
{
	struct map_entry again = {0};
	enum map_fault fault;
	autofree char *line = NULL;

	if (!vsee_name_valid(entry->name) ||
	    !vsee_syntax_address(entry->address, strlen(entry->address)) ||
	    asprintf(&line, "%s: %s%s", entry->name, entry->address, language(entry)) < 0 ||
	    map_line_parse(line, strlen(line), &again, &fault) < 0 || fault != MAP_OK ||
	    strcmp(again.name, entry->name) != 0 || strcmp(again.address, entry->address) != 0 ||
	    again.language != entry->language)
		abort();
	map_entry_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct map_entry entry = {0};
	enum map_fault fault = MAP_EMPTY;

	if (map_line_parse((const char *)data, size, &entry, &fault) < 0)
		return 0;
	if (fault == MAP_OK || fault == MAP_LANGUAGE)
		check(&entry);
	if (entry.name && (fault == MAP_ADDRESS || fault == MAP_MORE) && !entry.fault)
		abort();
	map_entry_clear(&entry);
	return 0;
}
