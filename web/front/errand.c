#include "errand.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "visit.h"

#define STACK_BYTES ((size_t)512 * 1024)
#define WIPE_BYTES ((size_t)16 * 1024)

static atomic_uint abroad;

unsigned errand_count(void)
{
	return atomic_load(&abroad);
}

static int answer_asset(const struct asset *asset, struct answer *answer)
{
	answer->status = MHD_HTTP_OK;
	answer->asset = asset;
	return 0;
}

static int answer_route(struct visit *visit, struct answer *answer)
{
	switch (visit->request->verdict.route) {
	case ROUTE_HOME:
		return home_answer(visit, answer);
	case ROUTE_CHANGE:
		return change_answer(visit, false, answer);
	case ROUTE_LINK:
		return change_answer(visit, true, answer);
	case ROUTE_DONE:
		return done_answer(visit, answer);
	case ROUTE_STYLE:
		return answer_asset(&asset_style, answer);
	case ROUTE_SCRIPT:
		return answer_asset(&asset_script, answer);
	case ROUTE_WELL_KNOWN:
		visit_redirect(visit, "", answer);
		return 0;
	case ROUTE_NONE:
		break;
	}
	return -EINVAL;
}

static int answer_refusal(const struct visit *visit, struct answer *answer)
{
	const struct gate_verdict *const verdict = &visit->request->verdict;
	int r;

	r = visit_show(visit, verdict->kind, answer);
	if (r < 0)
		return r;
	answer->status = verdict->status;
	answer->closes = true;
	if (verdict->kind == PAGE_NOT_ALLOWED)
		answer->allow = route_allow(verdict->route);
	return 0;
}

static int read_query(struct visit *visit)
{
	const size_t path_size = visit->request->verdict.path_size;
	const struct vsee_secret *const target = &visit->request->target;

	if (path_size >= target->length)
		return 0;
	return form_decode(target->text + path_size + 1, target->length - path_size - 1,
			   route_query(visit->request->verdict.route), &visit->query);
}

static int answer_visit(struct visit *visit, struct answer *answer)
{
	int r;

	visit_speak(visit, "");
	if (visit->request->verdict.status != 0)
		return answer_refusal(visit, answer);
	r = cookie_parse(visit->head.cookie, &visit->cookies);
	if (r == 0)
		r = read_query(visit);
	if (r == -EINVAL)
		return visit_show(visit, PAGE_BAD_REQUEST, answer);
	if (r < 0)
		return r;
	visit_speak(visit, form_text(&visit->query, FORM_LANG));
	return answer_route(visit, answer);
}

void errand_run(struct errand *errand)
{
	errand->result = answer_visit(&errand->visit, &errand->answer);
}

void errand_refuse(struct errand *errand)
{
	visit_speak(&errand->visit, "");
	errand->answer.outcome = "not asked for: this process ends";
	errand->answer.closes = true;
	errand->result = visit_show(&errand->visit, PAGE_UNAVAILABLE, &errand->answer);
}

/*
 * People type passwords into the field of the name, and pages show the name. Of a thread's stack
 * glibc gives back all but the page where it ends, and keeps it for the next thread.
 */
__attribute__((noinline)) static void wipe_stack(void)
{
	char frames[WIPE_BYTES];

	explicit_bzero(frames, sizeof(frames));
}

static void *run_abroad(void *pointer)
{
	struct errand *const errand = pointer;
	struct MHD_Connection *const connection = errand->connection;

	errand_run(errand);
	wipe_stack();
	MHD_resume_connection(connection); /* errand may be gone from here on */
	(void)atomic_fetch_sub(&abroad, 1);
	return NULL;
}

static int begin_thread(struct errand *errand)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int r;

	r = pthread_attr_init(&attributes);
	if (r != 0)
		return -r;
	r = pthread_attr_setstacksize(&attributes, STACK_BYTES);
	if (r == 0)
		r = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (r == 0)
		r = pthread_create(&thread, &attributes, run_abroad, errand);
	(void)pthread_attr_destroy(&attributes); /* glibc: cannot fail */
	return -r;
}

void errand_send(struct errand *errand)
{
	int r;

	(void)atomic_fetch_add(&abroad, 1);
	MHD_suspend_connection(errand->connection);
	r = begin_thread(errand);
	if (r == 0)
		return; /* the rest is the thread's */
	errand->result = r;
	MHD_resume_connection(errand->connection);
	(void)atomic_fetch_sub(&abroad, 1);
}

void errand_end(struct errand *errand)
{
	if (!errand)
		return;
	form_clear(&errand->visit.query);
	answer_clear(&errand->answer);
	free(errand);
}
