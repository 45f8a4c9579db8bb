#include "visit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "entropy.h"
#include "language.h"

struct page visit_page(const struct visit *visit, enum page_kind kind)
{
	return (struct page){
		.kind = kind,
		.language = visit->language,
		.site = &visit->site,
		.user = "",
		.form_token = "",
		.text = "",
		.reference = visit->request->id,
	};
}

void visit_speak(struct visit *visit, const char *wanted)
{
	visit->language =
		language_choose(wanted, visit->head.accept_language, visit->site.language);
	visit->language_wanted = strcmp(wanted, language_tag(visit->language)) == 0;
}

/* A path, not a whole URL: nothing in it can come from a Host header. */
void visit_redirect(const struct visit *visit, const char *below, struct answer *answer)
{
	answer->status = MHD_HTTP_SEE_OTHER;
	(void)snprintf(answer->location, sizeof(answer->location), "%s/%s%s%s", visit->site.path,
		       below, visit->language_wanted ? "?lang=" : "",
		       visit->language_wanted ? language_tag(visit->language) : "");
}

int visit_show(const struct visit *visit, enum page_kind kind, struct answer *answer)
{
	const struct page page = visit_page(visit, kind);

	return answer_page(answer, &page);
}

int visit_show_bad_link(const struct visit *visit, struct answer *answer)
{
	answer_cookie(answer, COOKIE_LINK, NULL, 0);
	return visit_show(visit, PAGE_LINK_BAD, answer);
}

/* The same one again, so that a form in another tab stays good. */
static int choose_token(struct visit *visit)
{
	const struct cookie_value *const cookie = &visit->cookies.values[COOKIE_FORM];

	if (visit->head.fetch_site)
		return 0;
	if (!cookie_form_valid(cookie))
		return entropy_hex(16, visit->form_token);
	memcpy(visit->form_token, cookie->text, cookie->size);
	visit->form_token[cookie->size] = '\0';
	return 0;
}

int visit_show_form(struct visit *visit, struct page *page, struct answer *answer)
{
	int r;

	r = choose_token(visit);
	if (r < 0)
		return r;
	page->form_token = visit->form_token;
	if (visit->form_token[0] != '\0')
		answer_cookie(answer, COOKIE_FORM, visit->form_token, COOKIE_DAY_SECONDS);
	return answer_page(answer, page);
}

int visit_link_request(const struct visit *visit, enum wire_op op, struct wire_request *ret_request)
{
	autorequest struct wire_request request = {.op = op};
	int r;

	r = vsee_secret_alloc(COOKIE_TOKEN_SIZE, &request.token);
	if (r < 0)
		return r;
	r = cookie_link_parse(&visit->cookies.values[COOKIE_LINK], request.token.text,
			      request.user);
	if (r < 0)
		return r;
	request.token.length = strlen(request.token.text);
	memcpy(request.source, visit->source, sizeof(request.source));
	memcpy(request.id, visit->request->id, sizeof(request.id));
	*ret_request = request;
	request = (struct wire_request){0};
	return 0;
}
