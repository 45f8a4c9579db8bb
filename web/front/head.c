#include "head.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

enum repeat { REFUSED, FIRST_COUNTS, LAST_COUNTS };

static const struct row {
	const char *name;
	size_t place; /* in struct head */
	enum repeat repeat;
} rows[] = {
	/* clang-format off */
	{"Accept-Language", offsetof(struct head, accept_language), FIRST_COUNTS},
	{"Content-Length", offsetof(struct head, content_length), REFUSED},
	{"Content-Type", offsetof(struct head, content_type), REFUSED},
	{"Cookie", offsetof(struct head, cookie), REFUSED},
	{"Host", offsetof(struct head, host), REFUSED},
	{"Origin", offsetof(struct head, origin), REFUSED},
	{"Sec-Fetch-Site", offsetof(struct head, fetch_site), REFUSED},
	{"X-Forwarded-For", offsetof(struct head, forwarded), LAST_COUNTS},
	/* clang-format on */
};

static void take(const struct row *row, const char *value, struct head *head)
{
	const char **const place = (const char **)(void *)((char *)head + row->place);

	if (*place && row->repeat == REFUSED)
		head->doubled = true;
	if (!*place || row->repeat == LAST_COUNTS)
		*place = value;
}

/*
 * Before 1.0 the library takes bare LF and NUL for the end of a line, a line that begins with NUL
 * for the end of the head, and what is folded for more of the line's name: "X-Forwarded-: a" and
 * " For" become a header that no proxy has seen. Later ones refuse all that. What it read lies
 * where it was read to, with a NUL for each byte that ended something: so each line must begin
 * right behind the CRLF of the one before, and the last one must be the head's last. NUL and LF in
 * place of CRLF leave the same bytes, so these can't be told: proxies let no NUL through.
 */
static bool is_old_library(void)
{
	return strncmp(MHD_get_version(), "0.", 2) == 0;
}

static const char *behind(const char *text)
{
	return text + strlen(text) + strlen("\r\n");
}

static bool is_one_line(const char *name, const char *value)
{
	const char *between = name + strlen(name) + 1;

	if ((uintptr_t)value < (uintptr_t)between)
		return false;
	while (between < value && (*between == ' ' || *between == '\t'))
		between++;
	return between == value;
}

/* RFC 9110, 5.1: "Host " is no "Host", and others may take it for one. */
static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789!#$%&'*+-.^_`|~";

	return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

static bool is_value(const char *value)
{
	for (; *value; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') || *value == '\x7f')
			return false;
	return true;
}

bool head_is_cut(const char *target, size_t length, const char *version)
{
	return is_old_library() && target + length + 1 != version;
}

struct reading {
	struct head *head;
	const char *next; /* where the next line must begin */
};

static enum MHD_Result see_line(void *context, enum MHD_ValueKind kind, const char *name,
				const char *value)
{
	struct reading *const reading = context;
	struct head *const head = reading->head;

	(void)kind; /* headers are all that we asked for */
	if (!value || !is_name(name) || !is_value(value) ||
	    (is_old_library() && (name != reading->next || !is_one_line(name, value)))) {
		head->loose = true;
		return MHD_NO;
	}
	reading->next = behind(value);
	if (strcasecmp(name, "Transfer-Encoding") == 0)
		head->encoded = true;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcasecmp(name, rows[i].name) == 0)
			take(&rows[i], value, head);
	return MHD_YES;
}

void head_read(struct MHD_Connection *connection, const char *method, const char *version,
	       struct head *ret_head)
{
	const union MHD_ConnectionInfo *const info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct reading reading = {.head = ret_head, .next = behind(version)};

	*ret_head = (struct head){.size = info ? info->header_size : 0};
	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, see_line, &reading);
	if (is_old_library() && reading.next + strlen("\r\n") != method + ret_head->size)
		ret_head->loose = true;
}
