/*
 * What libmicrohttpd does with the bytes of one request, without a network: how 0.9.75 takes a head
 * apart where it lies, which handler functions it calls in which order, and what it is answered.
 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#define HTTPD_HEADERS_MAX 40

struct httpd_header {
	const char *name; /* of the program, which may keep it */
	char *value;
};

struct httpd_answer {
	unsigned status; /* 0: the connection was closed without one */
	struct httpd_header headers[HTTPD_HEADERS_MAX];
	size_t header_count;
	char *body;
	size_t body_size;
	bool refused; /* the library itself would have none of it */
};

/* Of struct handler, or of whoever takes its place. */
struct httpd_calls {
	void *context;
	void *(*see_target)(void *context, const char *target, struct MHD_Connection *connection);
	MHD_AccessHandlerCallback answer;
	MHD_RequestCompletedCallback complete;
};

/* One request from raw[0..size). Whoever calls clears ret_answer. */
void httpd_play(const struct httpd_calls *calls, const char *raw, size_t size,
		struct httpd_answer *ret_answer);
void httpd_clear(struct httpd_answer *answer);

/* The header's value, NULL where the answer has none. */
const char *httpd_header(const struct httpd_answer *answer, const char *name);
