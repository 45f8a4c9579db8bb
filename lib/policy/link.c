#include "policy/link.h"

#include <errno.h>

#include "base/name.h"
#include "base/writer.h"

static void add_base(const char *url, const char *host, struct vsee_writer *writer)
{
	for (; url[0] && !(url[0] == '/' && url[1] == '\0'); url++) {
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

int vsee_link_format(const char *base_url, const char *host, const char *name, const char *token,
		     char *ret_link, size_t size)
{
	struct vsee_writer writer = {.text = ret_link, .size = size};
	char escaped[VSEE_FILE_NAME_SIZE];

	vsee_name_escape(name, escaped);
	add_base(base_url, host, &writer);
	vsee_writer_add(&writer, "/?user=%s", escaped);
	if (token)
		vsee_writer_add(&writer, "&token=%s", token);
	if (!writer.overflow)
		return 0;
	ret_link[0] = '\0';
	return -ENOBUFS;
}
