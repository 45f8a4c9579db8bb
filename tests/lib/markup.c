#include "markup.h"

#include <string.h>

#include "base/cleanup.h"

#define DEPTH_MAX 32
#define NAME_SIZE 32

static const char *const elements[] = {
	"a",	"body",	 "button", "div", "footer", "form",  "h1",   "h2", "head",
	"html", "input", "label",  "li",  "link",   "main",  "meta", "p",  "script",
	"span", "style", "table",  "td",  "th",	    "title", "tr",   "ul"};
static const char *const empty_elements[] = {"input", "link", "meta"};
static const char *const attributes[] = {"action",
					 "aria-describedby",
					 "aria-hidden",
					 "aria-invalid",
					 "aria-labelledby",
					 "aria-live",
					 "aria-pressed",
					 "autocapitalize",
					 "autocomplete",
					 "autocorrect",
					 "autofocus",
					 "charset",
					 "class",
					 "content",
					 "dir",
					 "dirname",
					 "for",
					 "href",
					 "hreflang",
					 "id",
					 "lang",
					 "maxlength",
					 "method",
					 "minlength",
					 "name",
					 "passwordrules",
					 "rel",
					 "role",
					 "scope",
					 "spellcheck",
					 "src",
					 "style",
					 "tabindex",
					 "type",
					 "value"};
static const char *const flags[] = {"autofocus",  "defer",    "hidden",
				    "novalidate", "readonly", "required"};
static const char *const addresses[] = {"action", "href", "src"};
static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

struct reader {
	const char *at, *end;
	const char *open[DEPTH_MAX]; /* of elements */
	size_t depth;
};

static const char *find(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return list[i];
	return NULL;
}

#define FIND(list, name) find(list, COUNT(list), name)

static bool starts(const char *at, const char *end, const char *with)
{
	return (size_t)(end - at) >= strlen(with) && memcmp(at, with, strlen(with)) == 0;
}

static bool take(struct reader *reader, const char *text)
{
	if (!starts(reader->at, reader->end, text))
		return false;
	reader->at += strlen(text);
	return true;
}

static bool take_name(struct reader *reader, char *ret_name)
{
	size_t size = 0;

	while (reader->at < reader->end && size < NAME_SIZE - 1 &&
	       ((*reader->at >= 'a' && *reader->at <= 'z') || *reader->at == '-' ||
		(*reader->at >= '0' && *reader->at <= '9')))
		ret_name[size++] = *reader->at++;
	ret_name[size] = '\0';
	return size > 0;
}

/* Text up to the next of stop: nothing in it may be markup. */
static bool take_text(struct reader *reader, char stop)
{
	for (; reader->at < reader->end && *reader->at != stop; reader->at++) {
		bool known = *reader->at != '&';

		if (*reader->at == '<' || *reader->at == '>' || *reader->at == '\0')
			return false;
		for (size_t i = 0; i < COUNT(entities) && !known; i++)
			known = starts(reader->at, reader->end, entities[i]);
		if (!known)
			return false;
	}
	return true;
}

static bool address_good(const char *text, const char *end)
{
	static const char *const good[] = {"https://", "http://", "mailto:", "/", "#"};

	if (starts(text, end, "//"))
		return false;
	for (size_t i = 0; i < COUNT(good); i++)
		if (starts(text, end, good[i]))
			return true;
	return false;
}

static bool take_attribute(struct reader *reader)
{
	char name[NAME_SIZE];
	const char *value;

	if (!take_name(reader, name))
		return false;
	if (!take(reader, "=\""))
		return FIND(flags, name) != NULL;
	value = reader->at;
	if (!take_text(reader, '"') || (FIND(addresses, name) && !address_good(value, reader->at)))
		return false;
	return (FIND(attributes, name) || strncmp(name, "data-", 5) == 0) && take(reader, "\"");
}

static bool take_end_tag(struct reader *reader)
{
	char name[NAME_SIZE];

	return take_name(reader, name) && reader->depth > 0 &&
	       strcmp(reader->open[--reader->depth], name) == 0 && take(reader, ">");
}

/* What stands in it is ours alone, and no text. */
static bool take_style(struct reader *reader)
{
	const char *stop = memmem(reader->at, (size_t)(reader->end - reader->at), "<", 1);

	if (!stop)
		return false;
	reader->at = stop;
	return starts(stop, reader->end, "</style>");
}

static bool take_tag(struct reader *reader)
{
	char name[NAME_SIZE];
	const char *element;

	if (take(reader, "/"))
		return take_end_tag(reader);
	element = take_name(reader, name) ? FIND(elements, name) : NULL;
	if (!element)
		return false;
	while (take(reader, " "))
		if (!take_attribute(reader))
			return false;
	if (!take(reader, ">"))
		return false;
	if (FIND(empty_elements, name))
		return true;
	if (reader->depth == DEPTH_MAX)
		return false;
	reader->open[reader->depth++] = element;
	return strcmp(name, "style") != 0 || take_style(reader);
}

bool markup_good(const char *html, size_t size)
{
	struct reader reader = {.at = html, .end = html + size};

	if (!take(&reader, "<!DOCTYPE html>"))
		return false;
	while (reader.at < reader.end)
		if (!take_text(&reader, '<') || (take(&reader, "<") && !take_tag(&reader)))
			return false;
	return reader.depth == 0;
}
