/*
 * Any values in a reminder: either there is no mail, or one that says what was asked for. Its lines
 * are those of RFC 5322, its headers ours and no others, its one recipient the address, its page
 * without markup that is not ours. The values stand in the input one after another, a NUL between.
 */
#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "compose.h"
#include "fuzz.h"
#include "mail_texts.h"
#include "markup.h"
#include "store/syntax.h"

#define LINE_MAX_BYTES 998 /* RFC 5322, 2.1.1 */

enum value { PRODUCT, HOST, NAME, ADDRESS, FROM, REPLY_TO, BASE_URL, SUPPORT, MESSAGE_ID, VALUES };

struct input {
	char values[VALUES][VSEE_NAME_SIZE];
	unsigned days_left;
};

static void read_input(const uint8_t *data, size_t size, struct input *ret_input)
{
	const char *text = (const char *)data + 1;

	*ret_input = (struct input){0};
	if (size == 0)
		return;
	ret_input->days_left = data[0];
	for (size_t i = 0, left = size - 1; i < VALUES && left > 0; i++) {
		const size_t length = strnlen(text, left);
		const size_t kept = length < sizeof(ret_input->values[0])
					    ? length
					    : sizeof(ret_input->values[0]) - 1;

		memcpy(ret_input->values[i], text, kept);
		left -= length < left ? length + 1 : length;
		text += length + 1;
	}
}

/* The words are read once: they are the same for each mail. */
static const struct vsee_texts *english(void)
{
	static struct vsee_texts *texts;
	const char *const paths[] = {NULL};
	struct vsee_text_errors errors = {0};

	if (!texts && vsee_texts_load(mail_text_keys, mail_text_key_count, mail_texts_english,
				      strlen(mail_texts_english), paths, 0, &texts, &errors) < 0)
		texts = NULL;
	vsee_text_errors_clear(&errors);
	return texts;
}

static int write_mail(struct input *input, char **ret_text, size_t *ret_size)
{
	struct vsee_policy policy = {
		.product = input->values[PRODUCT],
		.base_url = input->values[BASE_URL],
		.support = input->values[SUPPORT],
		.delivery.from = input->values[FROM],
		.delivery.reply_to = input->values[REPLY_TO],
	};
	const struct vsee_texts *const texts = english();
	const struct compose compose = {&policy, {texts, texts}, input->values[HOST], 1795687200};
	struct reminder row = {.deadline = 20790};

	if (!texts)
		return -ENOMEM;
	(void)snprintf(row.name, sizeof(row.name), "%s", input->values[NAME]);
	(void)snprintf(row.address, sizeof(row.address), "%s", input->values[ADDRESS]);
	(void)snprintf(row.message_id, sizeof(row.message_id), "%s", input->values[MESSAGE_ID]);
	return compose_reminder(&compose, &row, input->days_left, ret_text, ret_size);
}

static void check_lines(const char *text, size_t size)
{
	const char *line = text;

	CHECK(size > 2 && memcmp(text + size - 2, "\r\n", 2) == 0);
	for (const char *c = text; c < text + size; c++) {
		CHECK((*c >= ' ' && *c <= '~') || *c == '\t' || *c == '\r' || *c == '\n');
		CHECK((*c == '\r') == (c + 1 < text + size && c[1] == '\n'));
		if (*c != '\n')
			continue;
		CHECK(c - 1 - line <= LINE_MAX_BYTES);
		line = c + 1;
	}
}

static void check_names(const char *text)
{
	static const char *const names[] = {
		"From",
		"Reply-To",
		"To",
		"Subject",
		"Date",
		"Message-Id",
		"Auto-Submitted",
		"X-Auto-Response-Suppress",
		"Content-Language",
		"MIME-Version",
		"Content-Type",
	};
	unsigned seen[COUNT(names)] = {0};

	for (const char *line = text; strncmp(line, "\r\n", 2) != 0;
	     line = strstr(line, "\r\n") + 2) {
		bool known = *line == ' ' || *line == '\t'; /* folded */

		for (size_t i = 0; i < COUNT(names) && !known; i++) {
			const size_t size = strlen(names[i]);

			known = strncasecmp(line, names[i], size) == 0 && line[size] == ':';
			seen[i] += known;
		}
		CHECK(known);
	}
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(seen[i] == 1 || (seen[i] == 0 && i == 1));
}

static void check_mailbox(InternetAddressList *list, const char *text)
{
	const char *const open = strrchr(text, '<');
	InternetAddress *only;
	const char *address;

	CHECK(internet_address_list_length(list) == 1);
	only = internet_address_list_get_address(list, 0);
	CHECK(INTERNET_ADDRESS_IS_MAILBOX(only));
	address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(only));
	if (strcasestr(text, "xn--")) /* read as the letters it stands for */
		return;
	if (open)
		CHECK(strncmp(address, open + 1, strlen(open) - 2) == 0 &&
		      strlen(address) == strlen(open) - 2);
	else
		CHECK(strcmp(address, text) == 0);
}

/* Blanks at an end or side by side are no part of what a header says. */
static bool says(const char *subject, const char *word)
{
	const size_t size = strlen(word);

	return word[0] == ' ' || word[size - 1] == ' ' || strstr(word, "  ") ||
	       strstr(subject, word);
}

static void check_part(GMimeObject *object, bool is_page, const char *name)
{
	char *const text = g_mime_text_part_get_text(GMIME_TEXT_PART(object));

	CHECK(text);
	if (is_page)
		CHECK(markup_good(text, strlen(text)));
	else
		CHECK(says(text, name));
	g_free(text);
}

/* Read back by who reads mail. */
static void check_message(GMimeMessage *message, const struct input *input)
{
	GMimeObject *const body = g_mime_message_get_mime_part(message);

	check_mailbox(g_mime_message_get_to(message), input->values[ADDRESS]);
	check_mailbox(g_mime_message_get_from(message), input->values[FROM]);
	if (input->values[REPLY_TO][0] != '\0')
		check_mailbox(g_mime_message_get_reply_to(message), input->values[REPLY_TO]);
	CHECK(says(g_mime_message_get_subject(message), input->values[PRODUCT]));
	CHECK(GMIME_IS_MULTIPART(body) && g_mime_multipart_get_count(GMIME_MULTIPART(body)) == 2);
	for (int i = 0; i < 2; i++)
		check_part(g_mime_multipart_get_part(GMIME_MULTIPART(body), i), i == 1,
			   input->values[NAME]);
}

static void check(const char *text, size_t size, const struct input *input)
{
	GMimeStream *const stream = g_mime_stream_mem_new_with_buffer(text, size);
	GMimeParser *const parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *const message = g_mime_parser_construct_message(parser, NULL);

	for (enum value i = PRODUCT; i <= NAME; i++)
		CHECK(vsee_syntax_text(input->values[i], strlen(input->values[i])));
	CHECK(vsee_syntax_address(input->values[ADDRESS], strlen(input->values[ADDRESS])));
	check_lines(text, size);
	check_names(text);
	CHECK(message);
	check_message(message, input);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *text = NULL;
	struct input input;
	size_t length = 0;
	int r;

	read_input(data, size, &input);
	for (enum value url = BASE_URL; url <= SUPPORT; url++) /* the configuration sees to it */
		if (!vsee_syntax_url(input.values[url], strlen(input.values[url])))
			input.values[url][0] = '\0';
	r = write_mail(&input, &text, &length);
	CHECK(r == 0 || r == -EINVAL || r == -ENOMEM);
	if (r == 0)
		check(text, length, &input);
	return r;
}
