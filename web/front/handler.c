#include "handler.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "log.h"
#include "source.h"
#include "visit.h"
#include "watch.h"

static atomic_uint busy;

unsigned handler_busy(void)
{
	return atomic_load(&busy);
}

static struct watch *watch_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *const info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void handler_see_connection(void *context, struct MHD_Connection *connection, void **state,
			    enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	char source[WIRE_SOURCE_SIZE];

	(void)context;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		watch_remove(*state);
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	source_find(info ? info->client_addr : NULL, false, NULL, source);
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*state = info ? watch_add(info->connect_fd, source) : NULL;
}

void *handler_see_target(void *context, const char *target, struct MHD_Connection *connection)
{
	(void)context;
	(void)connection;
	return request_begin(target);
}

void handler_complete(void *context, struct MHD_Connection *connection, void **state,
		      enum MHD_RequestTerminationCode code)
{
	struct request *const request = *state;

	(void)context;
	(void)code; /* however it ended, its answer is logged already */
	if (request && request->judged)
		(void)atomic_fetch_sub(&busy, 1);
	request_end(request);
	*state = NULL;
	watch_allow(watch_of(connection), WATCH_REQUEST_SECONDS);
}

static void find_source(const struct handler *handler, struct MHD_Connection *connection,
			struct visit *visit)
{
	const union MHD_ConnectionInfo *const info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	source_find(info ? info->client_addr : NULL, handler->is_proxied, visit->head.forwarded,
		    visit->source);
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

/*
 * Faults of ours are for whoever watches the journal. Of what was sent only what the page itself
 * has: a query holds a link's token, and so does the path where the '?' was escaped on the link's
 * way; people type their password into the field of the name.
 */
static void log_answer(const struct visit *visit, const char *method, const struct answer *answer)
{
	const char *const target = visit->request->target.text;
	const size_t size = visit->request->verdict.path_size;
	const bool ours = route_find(target, size, &visit->site) != ROUTE_NONE;
	const int priority = answer->status >= 500 ? LOG_WARNING
			     : answer->outcome	   ? LOG_NOTICE
						   : LOG_INFO;

	log_line(priority, "%s %.*s %u from %s, request %s%s%s",
		 route_method(method) == METHOD_OTHER ? "-" : method, ours ? (int)size : 1,
		 ours ? target : "-", answer->status, visit->source, visit->request->id,
		 answer->outcome ? ": " : "", answer->outcome ? answer->outcome : "");
}

static enum MHD_Result answer(const struct handler *handler, struct MHD_Connection *connection,
			      const char *method, const char *version,
			      const struct request *request)
{
	struct visit visit = {.request = request, .client = handler->client};
	autoanswer struct answer reply = {0};
	enum MHD_Result result = MHD_NO;
	int r;

	watch_allow(watch_of(connection), WATCH_ANSWER_SECONDS);
	site_copy(&visit.site);
	head_read(connection, method, version, &visit.head);
	find_source(handler, connection, &visit);
	r = answer_visit(&visit, &reply);
	if (r < 0) {
		log_error("request %s has no answer: %s", request->id, strerror(-r));
	} else {
		/* With nothing behind it, an answer to a proxy or a form leaves nothing to
		 * smuggle in. */
		reply.closes =
			reply.closes || handler->is_proxied || route_method(method) == METHOD_POST;
		log_answer(&visit, method, &reply);
		result = answer_queue(&reply, connection, !handler->is_proxied);
	}
	form_clear(&visit.query);
	watch_allow(watch_of(connection), WATCH_REQUEST_SECONDS);
	return result;
}

static void judge(struct MHD_Connection *connection, const char *method, const char *version,
		  struct request *request)
{
	struct head head;
	struct site site;
	const struct gate_request question = {
		.method = route_method(method),
		.target = request->target.text,
		.target_size = request->target.length,
		.cut = head_is_cut(request->line, request->target.length, version),
		.head = &head,
	};

	head_read(connection, method, version, &head);
	site_copy(&site);
	request->verdict = gate_judge(&question, &site);
	request->judged = true;
	(void)atomic_fetch_add(&busy, 1);
}

/* The library's bytes are not const in truth; ours are wiped as soon as they are read. */
static enum MHD_Result take_body(struct request *request, const char *upload, size_t *upload_size)
{
	char *const bytes = (char *)(size_t)upload;
	int r = 0;

	if (request->verdict.status == 0)
		r = request_take(request, bytes, *upload_size);
	else
		explicit_bzero(bytes, *upload_size);
	*upload_size = 0;
	return r < 0 ? MHD_NO : MHD_YES;
}

enum MHD_Result handler_answer(void *context, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload,
			       size_t *upload_size, void **state)
{
	struct request *const request = *state;

	(void)url; /* decoded, and cut at a NUL: we go by what was sent */
	if (!request)
		return MHD_NO;
	if (!request->judged) {
		judge(connection, method, version, request);
		if (request->verdict.at_once)
			return answer(context, connection, method, version, request);
		return MHD_YES;
	}
	if (*upload_size > 0)
		return take_body(request, upload, upload_size);
	return answer(context, connection, method, version, request);
}
