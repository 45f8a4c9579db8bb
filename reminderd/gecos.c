#include "gecos.h"

#include <errno.h>
#include <string.h>

#include "address.h"

struct part {
	const char *text;
	size_t size;
};

static struct part trim(struct part part)
{
	while (part.size > 0 && part.text[0] == ' ') {
		part.text++;
		part.size--;
	}
	while (part.size > 0 && part.text[part.size - 1] == ' ')
		part.size--;
	return part;
}

/* What stands in <>, else all of it. */
static struct part inner(struct part part)
{
	const char *open = part.size > 0 ? memchr(part.text, '<', part.size) : NULL;

	if (!open || part.text[part.size - 1] != '>')
		return part;
	return (struct part){open + 1, (size_t)(part.text + part.size - 1 - (open + 1))};
}

static bool looks_like_one(struct part part)
{
	return memchr(part.text, '@', part.size) && !memchr(part.text, ' ', part.size);
}

int gecos_find(const char *gecos, char ret_address[ADDRESS_SIZE], const char **ret_why)
{
	const char *why = NULL;

	for (const char *text = gecos; text; text = strchr(text, ',')) {
		text += text > gecos || *text == ',' ? 1 : 0;

		const struct part part = inner(trim((struct part){text, strcspn(text, ",")}));
		const char *fault;

		if (!looks_like_one(part))
			continue;
		fault = address_fault(part.text, part.size);
		if (!fault) {
			memcpy(ret_address, part.text, part.size);
			ret_address[part.size] = '\0';
			return 0;
		}
		why = why ? why : fault;
	}
	if (!why)
		return -ENOENT;
	*ret_why = why;
	return -EINVAL;
}
