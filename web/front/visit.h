/* A request that passed the gate, with all that an answer to it may depend on. */
#pragma once

#include "answer.h"
#include "client.h"
#include "cookie.h"
#include "form.h"
#include "head.h"
#include "page.h"
#include "request.h"

struct visit {
	const struct request *request;
	struct client *client;
	struct head head;
	struct site site;
	struct cookies cookies;
	struct form query;
	enum vsee_language language;
	bool language_wanted; /* query or form say which */
	char source[WIRE_SOURCE_SIZE];
	char form_token[COOKIE_FORM_SIZE]; /* "": the browser needs none */
};

/* A page of that kind in the visitor's language, without what only some kinds have. */
struct page visit_page(const struct visit *visit, enum page_kind kind);

/* What query or form say of the language ("": nothing), else the browser, else the host. */
void visit_speak(struct visit *visit, const char *wanted);

/* See Other: a page below the site's path, in the language that was wanted. */
void visit_redirect(const struct visit *visit, const char *below, struct answer *answer);

/* Answer with a page that has nothing but its kind. 0 or -ENOMEM. */
int visit_show(const struct visit *visit, enum page_kind kind, struct answer *answer);

/*
 * Answer with a page that has a form: browsers that send neither Origin nor Sec-Fetch-Site get a
 * form token with it, the one that they have already or a new one. 0 or negative errno.
 */
int visit_show_form(struct visit *visit, struct page *page, struct answer *answer);

/* Where the link cookie is good in form: the request for op, still without its own fields. 0, or
 * -EINVAL: there is no such cookie. The caller clears ret_request with autorequest. */
int visit_link_request(const struct visit *visit, enum wire_op op,
		       struct wire_request *ret_request);

/* A link is bad for good: its page, and the cookie goes. 0 or -ENOMEM. */
int visit_show_bad_link(const struct visit *visit, struct answer *answer);

/*
 * The routes; each 0 or negative errno: then there is no answer. GET of the site's page: the form,
 * the one of a link, or the first visit of a link.
 */
int home_answer(struct visit *visit, struct answer *answer);

/* GET of the page after a change. */
int done_answer(struct visit *visit, struct answer *answer);

/* POST of either form: is_link says of which. */
int change_answer(struct visit *visit, bool is_link, struct answer *answer);
