#include "policy/link.h"

#include <errno.h>

#include "base/name.h"
#include "base/writer.h"

static void add_url(const char *url, const char *host, struct vsee_writer *writer)
{
	for (; url[0] != '\0'; url++) {
		if (url[0] != '%' || url[1] == '\0') {
			vsee_writer_add(writer, "%c", url[0]);
			continue;
		}
		url++; /* the reader allows %H and %% only */
		if (url[0] == 'H')
			vsee_writer_add(writer, "%s", host);
		else
			vsee_writer_add(writer, "%c", url[0]);
	}
}

static int finish(const struct vsee_writer *writer)
{
	if (!writer->overflow)
		return 0;
	writer->text[0] = '\0';
	return -ENOBUFS;
}

int vsee_link_expand(const char *url, const char *host, char *ret_link, size_t size)
{
	struct vsee_writer writer = {.text = ret_link, .size = size};

	ret_link[0] = '\0';
	add_url(url, host, &writer);
	return finish(&writer);
}

int vsee_link_format(const char *base_url, const char *host, const char *name, const char *token,
		     char *ret_link, size_t size)
{
	struct vsee_writer writer = {.text = ret_link, .size = size};
	char escaped[VSEE_FILE_NAME_SIZE];

	vsee_name_escape(name, escaped);
	add_url(base_url, host, &writer);
	if (!writer.overflow && writer.length > 0 && ret_link[writer.length - 1] == '/')
		writer.length--;
	vsee_writer_add(&writer, "/?user=%s", escaped);
	if (token)
		vsee_writer_add(&writer, "&token=%s", token);
	return finish(&writer);
}
