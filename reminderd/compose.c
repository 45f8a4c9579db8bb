#include "compose.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/writer.h"
#include "compose_letter.h"
#include "compose_words.h"
#include "store/syntax.h"

static void object_clear(void *pointer)
{
	if (*(void **)pointer)
		g_object_unref(*(void **)pointer);
}
#define autoobject CLEANUP(object_clear)

/* A checked mailbox taken apart: "Help desk" <help@example.com>. */
struct mailbox {
	char *name; /* NULL: none */
	char *address;
};

static void mailbox_clear(struct mailbox *mailbox)
{
	free(mailbox->name);
	free(mailbox->address);
}
#define automailbox CLEANUP(mailbox_clear)

static int mailbox_read(const char *text, struct mailbox *ret_mailbox)
{
	size_t size = strlen(text);
	const char *open = strrchr(text, '<');
	size_t name = open ? (size_t)(open - text) : 0;

	if (!vsee_syntax_mailbox(text, size))
		return -EINVAL;
	while (name > 0 && text[name - 1] == ' ')
		name--;
	if (name > 1 && text[0] == '"') {
		text++;
		name -= 2;
	}
	ret_mailbox->address = open ? strndup(open + 1, strlen(open) - 2) : strdup(text);
	ret_mailbox->name = name > 0 ? strndup(text, name) : NULL;
	return ret_mailbox->address && (ret_mailbox->name || name == 0) ? 0 : -ENOMEM;
}

/* A header that is folded and encoded already. */
static void header_set_raw(GMimeMessage *message, const char *name, const char *value)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));

	g_mime_header_list_set(list, name, "", NULL);
	g_mime_header_set_raw_value(g_mime_header_list_get_header(list, name), value);
}

/* GMime would write the letters that a label in Punycode stands for, which few servers take. */
static bool international(const char *address)
{
	return strcasestr(address, "xn--");
}

static int mailbox_print(const struct mailbox *mailbox, char **ret_value)
{
	autofree char *words = NULL;

	if (!mailbox->name)
		return asprintf(ret_value, " %s\n", mailbox->address) < 0 ? -ENOMEM : 0;
	words = words_encode(mailbox->name);
	return !words || asprintf(ret_value, " %s\n <%s>\n", words, mailbox->address) < 0 ? -ENOMEM
											  : 0;
}

static int mailbox_set(GMimeMessage *message, const char *header, GMimeAddressType type,
		       const char *text)
{
	automailbox struct mailbox mailbox = {0};
	autofree char *value = NULL;
	int r = mailbox_read(text, &mailbox);

	if (r < 0)
		return r;
	if ((!mailbox.name || words_plain(mailbox.name)) && !international(mailbox.address)) {
		g_mime_message_add_mailbox(message, type, mailbox.name, mailbox.address);
		return 0;
	}
	r = mailbox_print(&mailbox, &value);
	if (r == 0)
		header_set_raw(message, header, value);
	return r;
}

static int subject_set(GMimeMessage *message, const char *subject)
{
	autofree char *words = NULL, *value = NULL;

	if (words_plain(subject)) {
		g_mime_message_set_subject(message, subject, "utf-8");
		return 0;
	}
	words = words_encode(subject);
	if (!words || asprintf(&value, " %s\n", words) < 0)
		return -ENOMEM;
	header_set_raw(message, "Subject", value);
	return 0;
}

static void header_set(GMimeMessage *message, const char *name, const char *value)
{
	g_mime_object_set_header(GMIME_OBJECT(message), name, value, NULL);
}

/* GLib's own local time reads the zone's file anew for each message. */
static int date_set(GMimeMessage *message, int64_t now)
{
	const time_t seconds = (time_t)now;
	struct tm local;
	GTimeZone *zone;
	GDateTime *date;

	if (!localtime_r(&seconds, &local))
		return -EINVAL;
	zone = g_time_zone_new_offset((gint32)local.tm_gmtoff);
	date = g_date_time_new(zone, local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
			       local.tm_hour, local.tm_min, local.tm_sec);
	g_time_zone_unref(zone);
	if (!date)
		return -EINVAL;
	g_mime_message_set_date(message, date);
	g_date_time_unref(date);
	return 0;
}

/* What RFC 5322 calls a msg-id, as compose_message_id() makes them. */
static bool message_id_good(const char *id)
{
	size_t size = strlen(id);

	return size > 2 && size < MESSAGE_ID_SIZE && id[0] == '<' && id[size - 1] == '>' &&
	       vsee_syntax_address(id + 1, size - 2);
}

static int headers_set(GMimeMessage *message, const struct compose *compose,
		       const struct reminder *row, const struct letter *letter)
{
	const struct vsee_delivery *delivery = &compose->policy->delivery;
	int r = mailbox_set(message, "From", GMIME_ADDRESS_TYPE_FROM, delivery->from);

	if (r == 0 && delivery->reply_to[0] != '\0')
		r = mailbox_set(message, "Reply-To", GMIME_ADDRESS_TYPE_REPLY_TO,
				delivery->reply_to);
	if (r == 0)
		r = mailbox_set(message, "To", GMIME_ADDRESS_TYPE_TO, row->address);
	if (r == 0)
		r = subject_set(message, letter->subject);
	if (r == 0)
		r = date_set(message, compose->now);
	if (r < 0)
		return r;
	header_set(message, "Message-ID", row->message_id);
	header_set(message, "Auto-Submitted", "auto-generated"); /* RFC 3834 */
	header_set(message, "X-Auto-Response-Suppress", "All");	 /* Exchange */
	header_set(message, "Content-Language", letter->language);
	return 0;
}

static void part_add(GMimeMultipart *multipart, const char *subtype, const char *text, size_t size)
{
	autoobject GMimePart *part = g_mime_part_new_with_type("text", subtype);
	autoobject GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, size);
	autoobject GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_multipart_add(multipart, GMIME_OBJECT(part));
}

/* "=_" never stands in quoted-printable, so no line of a part can be taken for the boundary. */
static int bodies_set(GMimeMessage *message, const struct reminder *row,
		      const struct letter *letter)
{
	autoobject GMimeMultipart *multipart = g_mime_multipart_new_with_subtype("alternative");
	autofree char *text = NULL, *html = NULL;
	char boundary[40];
	size_t text_size, html_size;
	int r = letter_text(letter, &text, &text_size);

	if (r == 0)
		r = letter_html(letter, &html, &html_size);
	if (r < 0)
		return r;
	(void)snprintf(boundary, sizeof(boundary), "=_%016" PRIx64,
		       vsee_digest(row->message_id, strlen(row->message_id)));
	g_mime_multipart_set_boundary(multipart, boundary);
	part_add(multipart, "plain", text, text_size);
	part_add(multipart, "html", html, html_size);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(multipart));
	return 0;
}

/*
 * As bytes for SMTP. "From " at the start of a line goes out encoded, so that no mailbox of old
 * puts a '>' before it.
 */
static int message_write(GMimeMessage *message, char **ret_text, size_t *ret_size)
{
	autoobject GMimeStream *memory = g_mime_stream_mem_new();
	autoobject GMimeStream *stream = g_mime_stream_filter_new(memory);
	autoobject GMimeFilter *from = g_mime_filter_from_new(GMIME_FILTER_FROM_MODE_ARMOR);
	autoobject GMimeFilter *crlf = g_mime_filter_unix2dos_new(TRUE);

	(void)g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), from);
	(void)g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), crlf);
	if (g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream) < 0 ||
	    g_mime_stream_flush(stream) < 0)
		return -ENOMEM;

	const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	char *text = malloc((size_t)bytes->len + 1);

	if (!text)
		return -ENOMEM;
	memcpy(text, bytes->data, bytes->len);
	text[bytes->len] = '\0';
	*ret_text = text;
	*ret_size = bytes->len;
	return 0;
}

int compose_reminder(const struct compose *compose, const struct reminder *row, vsee_day days_left,
		     char **ret_text, size_t *ret_size)
{
	static bool ready;
	autoobject GMimeMessage *message = NULL;
	autoletter struct letter letter = {0};
	int r;

	if (!message_id_good(row->message_id) ||
	    !vsee_syntax_address(row->address, strlen(row->address)))
		return -EINVAL;
	r = letter_write(compose, row, days_left, &letter);
	if (r < 0)
		return r;
	if (!ready)
		g_mime_init();
	ready = true;
	message = g_mime_message_new(FALSE);
	r = headers_set(message, compose, row, &letter);
	if (r == 0)
		r = bodies_set(message, row, &letter);
	return r < 0 ? r : message_write(message, ret_text, ret_size);
}

int compose_message_id(const char *domain, char ret_id[MESSAGE_ID_SIZE])
{
	unsigned char random[16];
	char text[MESSAGE_ID_SIZE];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	if (!vsee_syntax_host(domain, strlen(domain)))
		return -EINVAL;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	vsee_writer_add(&writer, "<");
	for (size_t i = 0; i < sizeof(random); i++)
		vsee_writer_add(&writer, "%02x", random[i]);
	vsee_writer_add(&writer, "@%s>", domain);
	if (writer.overflow)
		return -EINVAL;
	memcpy(ret_id, text, sizeof(text));
	return 0;
}
