/* What is sent: one of the two forms, on to the worker, and its reply as a page. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>

#include "origin.h"
#include "visit.h"
#include "wire/strength.h"

#define COMMON_FIELDS                                                                              \
	(FORM_BIT(FORM_USER) | FORM_BIT(FORM_NEW) | FORM_BIT(FORM_CONFIRM) |                       \
	 FORM_BIT(FORM_TOKEN) | FORM_BIT(FORM_LANG))

/* One of the two forms as it was sent. */
struct attempt {
	bool is_link;
	struct form form;
	struct wire_request request;
};

static void attempt_clear(struct attempt *attempt)
{
	form_clear(&attempt->form);
	wire_request_clear(&attempt->request);
}

static int show_again(struct visit *visit, const struct attempt *attempt, enum page_problem problem,
		      const struct wire_reply *reply, struct answer *answer)
{
	struct page page = visit_page(visit, attempt->is_link ? PAGE_LINK_FORM : PAGE_FORM);

	page.problem = problem;
	page.user = answer->user;
	page.unmet = reply->criteria;
	page.until = reply->until;
	page.retry_after = reply->retry_after;
	page.text = reply->text;
	return visit_show_form(visit, &page, answer);
}

static int show_done(const struct visit *visit, struct answer *answer)
{
	answer_cookie(answer, COOKIE_DONE, "1", COOKIE_DONE_SECONDS);
	answer_cookie(answer, COOKIE_LINK, NULL, 0);
	visit_redirect(visit, "done", answer);
	return 0;
}

static int show_throttled(const struct visit *visit, const struct wire_reply *reply,
			  struct answer *answer)
{
	struct page page = visit_page(visit, PAGE_THROTTLED);

	page.retry_after = reply->retry_after;
	return answer_page(answer, &page);
}

static int show_uncertain(const struct visit *visit, struct answer *answer)
{
	answer->outcome = "nobody knows whether it was changed";
	return visit_show(visit, PAGE_UNCERTAIN, answer);
}

/* For the log; what people are told is the page's. */
static const char *const outcomes[] = {
	/* clang-format off */
	[WIRE_CHANGED] = "changed",
	[WIRE_LINK_GOOD] = "no answer to a change",
	[WIRE_WRONG] = "refused: wrong, unknown or not allowed here",
	[WIRE_LINK_BAD] = "refused: the link is not good",
	[WIRE_UNMET] = "refused: criteria not met",
	[WIRE_REFUSED] = "refused by another module",
	[WIRE_TOO_SOON] = "refused: too soon",
	[WIRE_THROTTLED] = "refused: too many attempts",
	[WIRE_BUSY] = "not changed: another change was going on",
	[WIRE_FAULT] = "not changed: a fault on this host, see vsee-resetd in the journal",
	[WIRE_UNCERTAIN] = "nobody knows whether it was changed",
	/* clang-format on */
};

static int show_reply(struct visit *visit, const struct attempt *attempt,
		      const struct wire_reply *reply, struct answer *answer)
{
	answer->outcome = outcomes[reply->status];
	switch (reply->status) {
	case WIRE_CHANGED:
		return show_done(visit, answer);
	case WIRE_WRONG:
		if (!attempt->is_link)
			return show_again(visit, attempt, PROBLEM_WRONG, reply, answer);
		return visit_show_bad_link(visit, answer);
	case WIRE_LINK_BAD:
		return visit_show_bad_link(visit, answer);
	case WIRE_UNMET:
		return show_again(visit, attempt, PROBLEM_UNMET, reply, answer);
	case WIRE_REFUSED:
		return show_again(visit, attempt, PROBLEM_REFUSED, reply, answer);
	case WIRE_TOO_SOON:
		return show_again(visit, attempt, PROBLEM_TOO_SOON, reply, answer);
	case WIRE_BUSY:
		return show_again(visit, attempt, PROBLEM_BUSY, reply, answer);
	case WIRE_THROTTLED:
		return show_throttled(visit, reply, answer);
	case WIRE_FAULT:
		return visit_show(visit, PAGE_UNAVAILABLE, answer);
	case WIRE_LINK_GOOD:
	case WIRE_UNCERTAIN:
		break;
	}
	return show_uncertain(visit, answer);
}

static int ask(struct visit *visit, const struct attempt *attempt, struct answer *answer)
{
	struct wire_reply reply;

	switch (client_ask(visit->client, &attempt->request, &reply)) {
	case CLIENT_ANSWERED:
		return show_reply(visit, attempt, &reply, answer);
	case CLIENT_UNSENT:
		answer->outcome = "not changed: no worker took the request";
		return visit_show(visit, PAGE_UNAVAILABLE, answer);
	case CLIENT_UNCERTAIN:
		break;
	}
	return show_uncertain(visit, answer);
}

/* What is not worth a call: nothing here depends on any account. */
static enum page_problem find_problem(const struct attempt *attempt, struct wire_reply *reply)
{
	const struct form *const form = &attempt->form;
	const struct vsee_secret *const fresh = &form->values[FORM_NEW];

	if (form_text(form, FORM_USER)[0] == '\0' || form_text(form, FORM_NEW)[0] == '\0' ||
	    form_text(form, FORM_CONFIRM)[0] == '\0' ||
	    (!attempt->is_link && form_text(form, FORM_CURRENT)[0] == '\0'))
		return PROBLEM_EMPTY;
	if (!vsee_name_valid(form_text(form, FORM_USER)) ||
	    form->values[FORM_CURRENT].length > WIRE_PASSWORD_MAX)
		return PROBLEM_WRONG;
	if (strcmp(form_text(form, FORM_NEW), form_text(form, FORM_CONFIRM)) != 0)
		return PROBLEM_MISMATCH;
	if (fresh->length <= WIRE_PASSWORD_MAX)
		return PROBLEM_NONE;
	reply->criteria = CRITERION_BIT(CRITERION_LONG);
	return PROBLEM_UNMET;
}

static void move_secret(struct vsee_secret *from, struct vsee_secret *to)
{
	*to = *from;
	*from = (struct vsee_secret){0};
}

static void fill_request(const struct visit *visit, struct attempt *attempt)
{
	struct wire_request *const request = &attempt->request;

	request->op = attempt->is_link ? WIRE_CHANGE_LINK : WIRE_CHANGE;
	(void)snprintf(request->user, sizeof(request->user), "%s",
		       form_text(&attempt->form, FORM_USER));
	memcpy(request->source, visit->source, sizeof(request->source));
	memcpy(request->id, visit->request->id, sizeof(request->id));
	move_secret(&attempt->form.values[FORM_CURRENT], &request->current);
	move_secret(&attempt->form.values[FORM_NEW], &request->fresh);
}

/* The two must be equal; whoever can set one of them for our page cannot read or set the other. */
static bool has_form_token(const struct visit *visit, const struct form *form)
{
	const struct cookie_value *const cookie = &visit->cookies.values[COOKIE_FORM];
	const struct vsee_secret *const field = &form->values[FORM_TOKEN];

	return cookie_form_valid(cookie) && field->length == cookie->size &&
	       gnutls_memcmp(field->text, cookie->text, cookie->size) == 0;
}

static int try_change(struct visit *visit, struct attempt *attempt, enum origin_verdict origin,
		      struct answer *answer)
{
	const char *const user = form_text(&attempt->form, FORM_USER);
	struct wire_reply reply = {0};
	enum page_problem problem;
	int r = 0;

	if (vsee_name_valid(user))
		(void)snprintf(answer->user, sizeof(answer->user), "%s", user);
	if (attempt->is_link)
		r = visit_link_request(visit, WIRE_CHANGE_LINK, &attempt->request);
	if (r < 0)
		return r == -EINVAL ? visit_show_bad_link(visit, answer) : r;
	/* Two links were opened: this form is the first one's, the cookie the second one's. */
	if (attempt->is_link && strcmp(attempt->request.user, user) != 0)
		return visit_show(visit, PAGE_LINK_BAD, answer);
	if (origin == ORIGIN_UNSAID && !has_form_token(visit, &attempt->form)) {
		answer->outcome = "refused: no good form token";
		return show_again(visit, attempt, PROBLEM_STALE, &reply, answer);
	}
	problem = find_problem(attempt, &reply);
	if (problem != PROBLEM_NONE) {
		answer->outcome = "not asked for: the form was not filled in right";
		return show_again(visit, attempt, problem, &reply, answer);
	}
	fill_request(visit, attempt);
	return ask(visit, attempt, answer);
}

int change_answer(struct visit *visit, bool is_link, struct answer *answer)
{
	CLEANUP(attempt_clear) struct attempt attempt = {.is_link = is_link};
	const struct vsee_secret *const body = &visit->request->body;
	const unsigned fields = COMMON_FIELDS | (is_link ? 0 : FORM_BIT(FORM_CURRENT));
	enum origin_verdict origin;
	int r;

	origin = origin_judge(visit->head.fetch_site, visit->head.origin, visit->site.origin);
	if (origin == ORIGIN_FOREIGN) {
		answer->outcome = "refused: sent from another site";
		return visit_show(visit, PAGE_FORBIDDEN, answer);
	}
	r = form_decode(body->text ? body->text : "", body->length, fields, &attempt.form);
	if (r < 0)
		return r == -EINVAL ? visit_show(visit, PAGE_BAD_REQUEST, answer) : r;
	visit_speak(visit, form_text(&attempt.form, FORM_LANG));
	return try_change(visit, &attempt, origin, answer);
}
