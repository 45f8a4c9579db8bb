#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "headers.h"
#include "language.h"

#define BUSY_SECONDS 30 /* until another try is worth it, where nobody knows better */

void answer_clear(struct answer *answer)
{
	free(answer->html);
	explicit_bzero(answer, sizeof(*answer));
}

static unsigned seconds_until_retry(const struct page *page, unsigned status)
{
	if (page->retry_after > 0)
		return page->retry_after;
	return status == MHD_HTTP_SERVICE_UNAVAILABLE ? BUSY_SECONDS : 0;
}

int answer_page(struct answer *answer, const struct page *page)
{
	char *html;
	size_t size;
	int r;

	r = page_render(page, &html, &size);
	if (r < 0)
		return r;
	free(answer->html);
	answer->html = html;
	answer->html_size = size;
	answer->status = page_status(page);
	answer->language = page->language;
	answer->retry_after = seconds_until_retry(page, answer->status);
	return 0;
}

void answer_cookie(struct answer *answer, enum cookie cookie, const char *value, unsigned seconds)
{
	if (cookie_print(cookie, value, seconds, answer->cookies[cookie]) < 0)
		answer->cookies[cookie][0] = '\0';
}

/* The library copies what it is given only where it is told so. */
static struct MHD_Response *make_body(struct answer *answer)
{
	struct MHD_Response *response;

	if (answer->asset)
		return MHD_create_response_from_buffer(answer->asset->size,
						       (void *)(size_t)answer->asset->text,
						       MHD_RESPMEM_PERSISTENT);
	if (!answer->html)
		return MHD_create_response_from_buffer(0, (void *)(size_t) "",
						       MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer(answer->html_size, answer->html,
						   MHD_RESPMEM_MUST_FREE);
	if (response)
		answer->html = NULL; /* it is the response's now */
	return response;
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
	return !value || value[0] == '\0' ||
	       MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_content(struct MHD_Response *response, const struct answer *answer, bool html)
{
	if (answer->asset)
		return add(response, "Content-Type", answer->asset->type);
	return !html || (add(response, "Content-Type", "text/html; charset=utf-8") &&
			 add(response, "Content-Language", language_tag(answer->language)));
}

static bool add_own(struct MHD_Response *response, const struct answer *answer)
{
	char seconds[16] = "";

	if (answer->retry_after > 0)
		(void)snprintf(seconds, sizeof(seconds), "%u", answer->retry_after);
	for (size_t i = 0; i < COOKIES; i++)
		if (!add(response, "Set-Cookie", answer->cookies[i]))
			return false;
	return add(response, "Location", answer->location) &&
	       add(response, "Allow", answer->allow) && add(response, "Retry-After", seconds) &&
	       add(response, "Clear-Site-Data", answer->clears_cache ? "\"cache\"" : NULL) &&
	       add(response, "Connection", answer->closes ? "close" : NULL);
}

enum MHD_Result answer_queue(struct answer *answer, struct MHD_Connection *connection, bool is_tls)
{
	const bool html = answer->html;
	struct MHD_Response *const response = make_body(answer);
	enum MHD_Result result = MHD_NO;

	if (!response)
		return MHD_NO;
	if (headers_add(response, is_tls, answer->asset) == MHD_YES &&
	    add_content(response, answer, html) && add_own(response, answer))
		result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}
