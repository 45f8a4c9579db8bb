/* What can be read: the form, the form of a link, and the page after a change. */
#include <errno.h>
#include <string.h>

#include "store/token.h"
#include "visit.h"

/*
 * Nothing is used up and nobody is asked: mail scanners fetch links. The token leaves the address
 * line, where history and Referer would keep it.
 */
static int follow_link(const struct visit *visit, struct answer *answer)
{
	const struct form *const query = &visit->query;
	const struct vsee_secret *const token = &query->values[FORM_LINK];
	char value[COOKIE_LINK_SIZE];

	if (!vsee_token_valid(token->text, token->length) ||
	    !vsee_name_valid(form_text(query, FORM_USER)))
		return visit_show_bad_link(visit, answer);
	cookie_link_print(token->text, form_text(query, FORM_USER), value);
	answer_cookie(answer, COOKIE_LINK, value, COOKIE_DAY_SECONDS);
	explicit_bzero(value, sizeof(value));
	visit_redirect(visit, "", answer);
	return 0;
}

static int show_link_form(struct visit *visit, struct answer *answer)
{
	autorequest struct wire_request request = {0};
	struct wire_reply reply;
	struct page page;
	int r;

	r = visit_link_request(visit, WIRE_PEEK_LINK, &request);
	if (r == -EINVAL)
		return visit_show_bad_link(visit, answer);
	if (r < 0)
		return r;
	if (client_ask(visit->client, &request, &reply) != CLIENT_ANSWERED)
		reply.status = WIRE_FAULT;
	if (reply.status == WIRE_LINK_BAD)
		return visit_show_bad_link(visit, answer);
	page = visit_page(visit, PAGE_UNAVAILABLE);
	if (reply.status == WIRE_LINK_GOOD) {
		page.kind = PAGE_LINK_FORM;
		page.user = request.user;
		return visit_show_form(visit, &page, answer);
	}
	if (reply.status == WIRE_THROTTLED) {
		page.kind = PAGE_THROTTLED;
		page.retry_after = reply.retry_after;
	}
	return answer_page(answer, &page);
}

static int show_form(struct visit *visit, struct answer *answer)
{
	const char *const user = form_text(&visit->query, FORM_USER);
	struct page page = visit_page(visit, PAGE_FORM);

	if (vsee_name_valid(user))
		page.user = user;
	if (visit->cookies.values[COOKIE_LINK].text)
		answer_cookie(answer, COOKIE_LINK, NULL, 0);
	return visit_show_form(visit, &page, answer);
}

int home_answer(struct visit *visit, struct answer *answer)
{
	if (visit->query.values[FORM_LINK].text)
		return follow_link(visit, answer);
	if (!visit->query.values[FORM_USER].text && visit->cookies.values[COOKIE_LINK].text)
		return show_link_form(visit, answer);
	return show_form(visit, answer);
}

int done_answer(struct visit *visit, struct answer *answer)
{
	const struct cookie_value *const done = &visit->cookies.values[COOKIE_DONE];

	if (!done->text || done->size != 1 || done->text[0] != '1') {
		visit_redirect(visit, "", answer);
		return 0;
	}
	answer->clears_cache = true;
	return visit_show(visit, PAGE_DONE, answer);
}
