#include "gate.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "origin.h"

static struct gate_verdict refuse(unsigned status, enum page_kind kind,
				  const struct gate_verdict *so_far)
{
	struct gate_verdict verdict = *so_far;

	verdict.status = status;
	verdict.kind = kind;
	return verdict;
}

static struct gate_verdict refuse_frame(unsigned status, const struct gate_verdict *so_far)
{
	struct gate_verdict verdict = refuse(status, PAGE_BAD_REQUEST, so_far);

	verdict.at_once = true;
	return verdict;
}

static bool parse_length(const char *text, size_t *ret_size)
{
	int64_t number;

	*ret_size = 0;
	if (!text)
		return true;
	if (vsee_number_parse(text, strlen(text), 0, INT64_MAX, &number) < 0)
		return false;
	*ret_size = (size_t)number;
	return true;
}

/* Printable ASCII, from a slash on, and no NUL in disguise. */
static bool is_plain(const char *target, size_t size)
{
	if (size == 0 || target[0] != '/')
		return false;
	for (size_t i = 0; i < size; i++)
		if (target[i] <= ' ' || target[i] > '~' || target[i] == '#')
			return false;
	return !strstr(target, "%00");
}

static bool is_form(const char *type)
{
	static const char wanted[] = "application/x-www-form-urlencoded";
	const size_t size = sizeof(wanted) - 1;

	if (!type || strncasecmp(type, wanted, size) != 0)
		return false;
	type += size + strspn(type + size, " \t");
	return type[0] == '\0' || type[0] == ';';
}

static size_t path_size(const char *target, size_t size)
{
	const char *const mark = memchr(target, '?', size);

	return mark ? (size_t)(mark - target) : size;
}

static struct gate_verdict judge_post(const struct head *head, const struct gate_verdict *so_far)
{
	if (!head->content_length)
		return refuse_frame(411, so_far);
	if (!is_form(head->content_type))
		return refuse(415, PAGE_BAD_REQUEST, so_far);
	if (so_far->body_size > FORM_BYTES_MAX)
		return refuse(413, PAGE_TOO_LARGE, so_far);
	return *so_far;
}

static struct gate_verdict judge_route(const struct gate_request *request, const struct site *site,
				       struct gate_verdict *verdict)
{
	const bool query = verdict->path_size < request->target_size;

	verdict->route = route_find(request->target, verdict->path_size, site);
	if (verdict->route == ROUTE_NONE)
		return refuse(404, PAGE_NOT_FOUND, verdict);
	if (!(route_methods(verdict->route) & METHOD_BIT(request->method)))
		return refuse(405, PAGE_NOT_ALLOWED, verdict);
	if (query && !route_query(verdict->route))
		return refuse(400, PAGE_BAD_REQUEST, verdict);
	if (request->method == METHOD_POST)
		return judge_post(request->head, verdict);
	return verdict->body_size > 0 ? refuse_frame(400, verdict) : *verdict;
}

struct gate_verdict gate_judge(const struct gate_request *request, const struct site *site)
{
	const struct head *const head = request->head;
	struct gate_verdict verdict = {.route = ROUTE_NONE};

	verdict.path_size = path_size(request->target, request->target_size);
	if (!parse_length(head->content_length, &verdict.body_size) || head->encoded ||
	    head->doubled || head->loose)
		return refuse_frame(400, &verdict);
	verdict.at_once = verdict.body_size > GATE_SWALLOW_MAX;
	if (head->size > GATE_HEAD_MAX)
		return refuse(431, PAGE_TOO_LARGE, &verdict);
	if (request->cut || !is_plain(request->target, request->target_size))
		return refuse(400, PAGE_BAD_REQUEST, &verdict);
	if (!head->host || !origin_is_host(head->host, site->authority))
		return refuse(421, PAGE_MISDIRECTED, &verdict);
	return judge_route(request, site, &verdict);
}
