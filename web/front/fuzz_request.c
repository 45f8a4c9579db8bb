/*
 * Any bytes as a request, through all that the front does with one: the first byte says how it
 * came and what the worker answers, the rest is what a client sends. What two programs could read
 * differently is refused; no change is asked for but by our own page; and what goes back is
 * well-formed, whatever was sent.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "entropy.h"
#include "fuzz.h"
#include "handler.h"
#include "httpd.h"
#include "log.h"
#include "markup.h"
#include "page_case.h"
#include "visit.h"
#include "watch.h"

#define CHOICE_NO_THREAD 127

static struct {
	unsigned choice;
	unsigned changes; /* asked of the worker */
	bool is_threadless;
} play;

/* What stands around the handler's functions in vsee-web. */

void site_copy(struct site *ret_site)
{
	*ret_site = page_case_site();
}

int entropy_hex(size_t size, char *ret_text)
{
	memset(ret_text, 'e', 2 * size);
	ret_text[2 * size] = '\0';
	return 0;
}

void log_line(int priority, const char *format, ...)
{
	(void)priority;
	(void)format;
}

/* A thread that is there and gone, or none is to be had. The linker leads here. */
int __wrap_pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes,
			  void *(*begin)(void *), void *argument);
int __wrap_pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes,
			  void *(*begin)(void *), void *argument)
{
	(void)ret_thread;
	(void)attributes;
	play.is_threadless = play.choice == CHOICE_NO_THREAD;
	if (play.is_threadless)
		return EAGAIN;
	(void)begin(argument);
	return 0;
}

void watch_allow(struct watch *watch, int seconds_more)
{
	(void)watch;
	(void)seconds_more;
}

struct watch *watch_add(int fd, const char *source)
{
	(void)fd;
	(void)source;
	return NULL;
}

void watch_remove(struct watch *watch)
{
	(void)watch;
}

enum client_outcome client_ask(struct client *client, const struct wire_request *request,
			       struct wire_reply *ret_reply)
{
	unsigned char packet[WIRE_BYTES_MAX];

	(void)client;
	CHECK(wire_request_print(request, packet) > 0); /* the worker takes it */
	play.changes += request->op != WIRE_PEEK_LINK;
	*ret_reply = (struct wire_reply){.status = (enum wire_status)(play.choice % 13)};
	if (ret_reply->status < WIRE_CHANGED || ret_reply->status > WIRE_UNCERTAIN)
		return ret_reply->status == 0 ? CLIENT_UNSENT : CLIENT_UNCERTAIN;
	if (ret_reply->status == WIRE_UNMET)
		ret_reply->criteria = play.choice * 2654435761U;
	if (ret_reply->status == WIRE_THROTTLED)
		ret_reply->retry_after = 1 + play.choice * 300;
	if (ret_reply->status == WIRE_TOO_SOON)
		ret_reply->until = play.choice % 2 ? 1795687200 : 0;
	if (ret_reply->status == WIRE_REFUSED)
		(void)snprintf(ret_reply->text, sizeof(ret_reply->text),
			       "<b onclick=\"x\">'no' & %%s \xc3\xa4");
	return CLIENT_ANSWERED;
}

/* What RFC 9112 allows: the reference that our own refusals are held against. */

static bool line_good(const char *line, size_t size)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789!#$%&'*+-.^_`|~";
	const char *const colon = memchr(line, ':', size);

	if (!colon || colon == line)
		return false;
	for (const char *c = line; c < colon; c++)
		if (*c == '\0' || !strchr(names, *c))
			return false;
	for (const char *c = colon; c < line + size; c++)
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == '\x7f')
			return false;
	return true;
}

/* The method apart: what is none of ours is refused whatever stands in it. */
static bool first_good(const char *line, size_t size)
{
	const char *const target = memchr(line, ' ', size);

	for (const char *c = target; c && c < line + size; c++)
		if (*c == '\0' || *c == '\n' || *c == '\r')
			return false;
	return target;
}

/* Every line of the head ends with CRLF, and none holds what could be taken for an end. */
static bool head_good(const char *raw, size_t size)
{
	bool first = true;

	for (const char *end = raw + size; raw < end; first = false) {
		const char *const stop = memmem(raw, (size_t)(end - raw), "\r\n", 2);

		if (!stop)
			return false;
		if (stop == raw)
			return !first;
		if (!(first ? first_good : line_good)(raw, (size_t)(stop - raw)))
			return false;
		raw = stop + 2;
	}
	return false;
}

static unsigned count(const char *raw, size_t size, const char *name)
{
	const char *const end = raw + size;
	const char *const head = memmem(raw, size, "\r\n\r\n", 4);
	unsigned found = 0;

	for (const char *line = raw; line && line < head && line < end;) {
		found += line > raw && strncasecmp(line, name, strlen(name)) == 0;
		line = memmem(line, (size_t)(end - line), "\r\n", 2);
		line = line ? line + 2 : NULL;
	}
	return found;
}

static void check_frame(const char *raw, size_t size, const struct httpd_answer *answer)
{
	static const char *const once[] = {"Host:",   "Cookie:",       "Content-Length:",
					   "Origin:", "Content-Type:", "Sec-Fetch-Site:"};

	if (answer->status == 0 || answer->status == 400)
		return;
	if (memchr(raw, '\0', size)) /* more ways to write what is left of a CRLF */
		return;
	CHECK(head_good(raw, size));
	for (size_t i = 0; i < COUNT(once); i++)
		CHECK(count(raw, size, once[i]) <= 1);
	CHECK(count(raw, size, "Transfer-Encoding:") == 0);
}

static void check_change(const char *raw, size_t size)
{
	const char *const body = memmem(raw, size, "\r\n\r\n", 4);
	const size_t head = body ? (size_t)(body - raw) : size;
	const bool said = count(raw, size, "Origin: https://clinic-3.example.com") == 1 ||
			  count(raw, size, "Origin:\thttps://clinic-3.example.com") == 1 ||
			  count(raw, size, "Sec-Fetch-Site:") == 1 ||
			  count(raw, size, "Origin:") == 1;

	if (play.changes == 0)
		return;
	CHECK(play.changes == 1 && strncmp(raw, "POST /reset/", 12) == 0);
	CHECK(count(raw, size, "Content-Length:") == 1 && count(raw, size, "Host:") == 1);
	CHECK(said || (count(raw, size, "Cookie:") == 1 && memmem(raw, size, "form=", 5)));
	CHECK(!memmem(raw, head, "Sec-Fetch-Site: cross", 21));
	CHECK(!memmem(raw, head, "\r\nOrigin: https://evil", 22));
}

static void check_headers(const struct httpd_answer *answer)
{
	const char *const location = httpd_header(answer, "Location");

	for (size_t i = 0; i < answer->header_count; i++)
		for (const char *c = answer->headers[i].value; *c != '\0'; c++)
			CHECK(*c >= ' ' && *c <= '~');
	CHECK(httpd_header(answer, "Content-Security-Policy"));
	CHECK(!location || (strncmp(location, "/reset/", 7) == 0 && !strstr(location, "//")));
	CHECK((answer->status == 303) == (location != NULL));
}

static void check_page(const struct httpd_answer *answer, const struct vsee_secret *password)
{
	const char *const type = httpd_header(answer, "Content-Type");

	if (!type || strncmp(type, "text/html", 9) != 0)
		return;
	CHECK(markup_good(answer->body, answer->body_size));
	if (password->text && strncmp(password->text, "pw-", 3) == 0)
		CHECK(!memmem(answer->body, answer->body_size, password->text, password->length));
}

/* No password that was sent comes back; a name may, so it must not be the same. */
static void check_body(const char *raw, size_t size, const struct httpd_answer *answer)
{
	const char *const head = memmem(raw, size, "\r\n\r\n", 4);
	autoform struct form form = {0};

	if (head && form_decode(head + 4, size - (size_t)(head + 4 - raw),
				FORM_BIT(FORM_FIELDS) - 1, &form) < 0)
		form = (struct form){0};
	if (strstr(form_text(&form, FORM_USER), "pw-"))
		form_clear(&form);
	check_page(answer, &form.values[FORM_NEW]);
	check_page(answer, &form.values[FORM_CURRENT]);
}

/* The same answer to the byte, or none. */
static int sum(const struct httpd_answer *answer)
{
	uint64_t digest = vsee_digest(answer->body, answer->body_size) + answer->status;

	for (size_t i = 0; i < answer->header_count; i++)
		digest = digest * 31 +
			 vsee_digest(answer->headers[i].value, strlen(answer->headers[i].value));
	return (int)(digest & INT32_MAX);
}

/* Before 1.0 the library leaves the same bytes behind for NUL and LF as for CRLF: see head.c. */
static void see(const uint8_t *data, size_t size, char *ret_seen)
{
	memcpy(ret_seen, data, size);
	for (char *c = ret_seen; c + 1 < ret_seen + size; c++)
		if (c[0] == '\0' && c[1] == '\n')
			c[0] = '\r';
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct client client = {.path = ""};
	struct handler handler = {.client = &client, .is_proxied = size > 0 && data[0] & 128};
	const struct httpd_calls calls = {&handler, handler_see_target, handler_answer,
					  handler_complete};
	static char seen[64 * 1024];
	CLEANUP(httpd_clear) struct httpd_answer answer = {0};

	if (size < 2 || size > sizeof(seen))
		return 0;
	see(data + 1, --size, seen);
	play.choice = data[0] & 127;
	play.changes = 0;
	play.is_threadless = false;
	httpd_play(&calls, (const char *)data + 1, size, &answer);
	CHECK(handler_busy() == 0);
	check_change(seen, size);
	if (answer.status == 0)
		return answer.refused || play.is_threadless ? 0 : -ENOMEM;
	check_frame(seen, size, &answer);
	check_headers(&answer);
	check_body(seen, size, &answer);
	return sum(&answer);
}
