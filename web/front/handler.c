#include "handler.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "errand.h"
#include "log.h"
#include "source.h"
#include "watch.h"

static atomic_uint busy;
static atomic_bool ending;

unsigned handler_busy(void)
{
	return atomic_load(&busy) + errand_count();
}

/*
 * A request is counted before it looks here: where nothing is busy after this, no connection is
 * suspended, and none will be.
 */
void handler_hurry(void)
{
	atomic_store(&ending, true);
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

/*
 * Faults of ours are for whoever watches the journal. Of what was sent only what the page itself
 * has: a query holds a link's token, and so does the path where the '?' was escaped on the link's
 * way; people type their password into the field of the name.
 */
static void log_errand(struct errand *errand)
{
	const struct visit *const visit = &errand->visit;
	const struct answer *const reply = &errand->answer;
	const char *const target = visit->request->target.text;
	const size_t size = visit->request->verdict.path_size;
	const bool ours = route_find(target, size, &visit->site) != ROUTE_NONE;
	const int priority = reply->status >= 500 ? LOG_WARNING
			     : reply->outcome	  ? LOG_NOTICE
						  : LOG_INFO;

	errand->told = true;
	if (errand->result < 0)
		log_error("request %s has no answer: %s", visit->request->id,
			  strerror(-errand->result));
	else
		log_line(priority, "%s %.*s %u from %s, request %s%s%s",
			 route_method_name(errand->method), ours ? (int)size : 1,
			 ours ? target : "-", reply->status, visit->source, visit->request->id,
			 reply->outcome ? ": " : "", reply->outcome ? reply->outcome : "");
}

void handler_complete(void *context, struct MHD_Connection *connection, void **state,
		      enum MHD_RequestTerminationCode code)
{
	struct request *const request = *state;

	(void)context;
	(void)code;
	if (request && request->errand && !request->errand->told)
		log_errand(request->errand); /* whoever asked is gone, what was done is not */
	if (request && request->judged)
		(void)atomic_fetch_sub(&busy, 1);
	request_end(request);
	*state = NULL;
	watch_allow(watch_of(connection), WATCH_REQUEST_SECONDS);
}

/* Fills in what the answer may depend on; head and site stay as they are while it is made. */
static struct errand *begin_errand(const struct handler *handler, struct MHD_Connection *connection,
				   const char *method, const char *version,
				   const struct request *request)
{
	struct errand *const errand = calloc(1, sizeof(*errand));
	const union MHD_ConnectionInfo *const info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	if (!errand)
		return NULL;
	errand->connection = connection;
	errand->method = route_method(method);
	errand->visit.request = request;
	errand->visit.client = handler->client;
	site_copy(&errand->visit.site);
	head_read(connection, method, version, &errand->visit.head);
	source_find(info ? info->client_addr : NULL, handler->is_proxied,
		    errand->visit.head.forwarded, errand->visit.source);
	return errand;
}

static enum MHD_Result finish(const struct handler *handler, struct errand *errand)
{
	struct answer *const reply = &errand->answer;

	watch_allow(watch_of(errand->connection), WATCH_REQUEST_SECONDS);
	log_errand(errand);
	if (errand->result < 0)
		return MHD_NO;
	/* With nothing behind it, an answer to a proxy or a form leaves nothing to smuggle in. */
	reply->closes = reply->closes || handler->is_proxied || errand->method == METHOD_POST;
	return answer_queue(reply, errand->connection, !handler->is_proxied);
}

static enum MHD_Result answer(const struct handler *handler, struct MHD_Connection *connection,
			      const char *method, const char *version, struct request *request)
{
	const struct gate_verdict *const verdict = &request->verdict;
	const bool may_wait = verdict->status == 0 && route_may_wait(verdict->route);

	if (request->errand)
		return finish(handler, request->errand);
	request->errand = begin_errand(handler, connection, method, version, request);
	if (!request->errand) {
		log_error("request %s has no answer: %s", request->id, strerror(ENOMEM));
		return MHD_NO;
	}
	watch_allow(watch_of(connection), WATCH_ANSWER_SECONDS);
	if (may_wait && !atomic_load(&ending)) {
		errand_send(request->errand);
		return MHD_YES;
	}
	if (may_wait)
		errand_refuse(request->errand);
	else
		errand_run(request->errand);
	return finish(handler, request->errand);
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
