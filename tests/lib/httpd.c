#include "httpd.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/number.h"

#define LINES_MAX 64

struct MHD_Connection {
	char *at, *end; /* of the bytes that were not read yet */
	char *begin;
	char *method, *target, *version;
	struct {
		char *name, *value;
	} lines[LINES_MAX];
	size_t line_count;
	char *folded; /* for names that lie elsewhere */
	size_t fold_count;
	struct httpd_answer *answer;
	union MHD_ConnectionInfo info;
	bool suspended, resumed;
};

struct MHD_Response {
	struct httpd_answer answer;
};

/* A line where it lies, LF or CRLF at its end made NUL. NULL: no whole line. */
static char *take_line(struct MHD_Connection *connection)
{
	char *const line = connection->at;
	char *const stop = memchr(line, '\n', (size_t)(connection->end - line));

	if (!stop)
		return NULL;
	*stop = '\0';
	if (stop > line && stop[-1] == '\r')
		stop[-1] = '\0';
	connection->at = stop + 1;
	return line;
}

/* The version is what stands behind the last blank, so blanks may stand in the target. */
static bool take_request_line(struct MHD_Connection *connection)
{
	char *const line = take_line(connection);
	char *blank = line ? strchr(line, ' ') : NULL;

	if (!blank || blank == line)
		return false;
	*blank++ = '\0';
	blank += strspn(blank, " \t");
	connection->method = line;
	connection->target = blank;
	blank = connection->at - 1;
	while (blank > connection->target && *blank == '\0')
		blank--;
	while (blank > connection->target && *blank != ' ')
		blank--;
	if (blank <= connection->target)
		return false;
	*blank = '\0';
	connection->version = blank + 1;
	return strcmp(connection->version, "HTTP/1.1") == 0 ||
	       strcmp(connection->version, "HTTP/1.0") == 0;
}

/* What is folded is taken for more of the last line's name, which then lies elsewhere. */
static bool fold(struct MHD_Connection *connection, const char *line)
{
	char *const joined = connection->folded;
	char **name;

	if (connection->line_count == 0 || connection->fold_count++ == LINES_MAX)
		return false;
	name = &connection->lines[connection->line_count - 1].name;
	connection->folded = stpcpy(stpcpy(joined, *name), line + strspn(line, " \t")) + 1;
	*name = joined;
	return true;
}

static bool take_headers(struct MHD_Connection *connection)
{
	char *line;

	while ((line = take_line(connection)) && *line != '\0') {
		char *colon = strchr(line, ':');

		if (*line == ' ' || *line == '\t') {
			if (!fold(connection, line))
				return false;
			continue;
		}
		if (!colon || connection->line_count == LINES_MAX)
			return false;
		*colon++ = '\0';
		connection->lines[connection->line_count].name = line;
		connection->lines[connection->line_count++].value = colon + strspn(colon, " \t");
	}
	connection->info.header_size = (size_t)(connection->at - connection->begin);
	return line;
}

/* By the first Content-Length; false where it is no number, or the body does not come. */
static bool body_size(const struct MHD_Connection *connection, size_t *ret_size)
{
	int64_t size = 0;

	for (size_t i = 0; i < connection->line_count; i++) {
		const char *const value = connection->lines[i].value;

		if (strcasecmp(connection->lines[i].name, "Content-Length") != 0)
			continue;
		if (vsee_number_parse(value, strlen(value), 0, INT64_MAX, &size) < 0)
			return false;
		break;
	}
	*ret_size = (size_t)size;
	return true;
}

static enum MHD_Result call(const struct httpd_calls *calls, struct MHD_Connection *connection,
			    char *upload, size_t size, void **state)
{
	enum MHD_Result result =
		calls->answer(calls->context, connection, connection->target, connection->method,
			      connection->version, upload, &size, state);

	if (!connection->resumed)
		return result;
	connection->resumed = false;
	return calls->answer(calls->context, connection, connection->target, connection->method,
			     connection->version, NULL, &size, state);
}

/* In two pieces, so that a body is joined. */
static void send_body(const struct httpd_calls *calls, struct MHD_Connection *connection,
		      size_t size, void **state)
{
	const size_t half = size / 2;

	if (half > 0 && call(calls, connection, connection->at, half, state) != MHD_YES)
		return;
	if (size > half &&
	    call(calls, connection, connection->at + half, size - half, state) != MHD_YES)
		return;
	(void)call(calls, connection, NULL, 0, state); /* what was queued says it */
}

static void serve(const struct httpd_calls *calls, struct MHD_Connection *connection)
{
	size_t size;
	void *state;

	connection->answer->refused = true;
	if (!take_request_line(connection))
		return;
	state = calls->see_target(calls->context, connection->target, connection);
	connection->target[strcspn(connection->target, "?")] = '\0'; /* as the library does */
	if (take_headers(connection) && body_size(connection, &size)) {
		const enum MHD_Result r = call(calls, connection, NULL, 0, &state);
		const bool waits = r == MHD_YES && connection->answer->status == 0;

		connection->answer->refused =
			waits && size > (size_t)(connection->end - connection->at);
		if (waits && !connection->answer->refused)
			send_body(calls, connection, size, &state);
	}
	calls->complete(calls->context, connection, &state, MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

void httpd_play(const struct httpd_calls *calls, const char *raw, size_t size,
		struct httpd_answer *ret_answer)
{
	/* Behind it, room for each line joined with all that were folded before. */
	autofree char *buffer = calloc(1, (size + 1) * (LINES_MAX + 2));
	struct MHD_Connection connection = {.begin = buffer, .at = buffer, .answer = ret_answer};

	*ret_answer = (struct httpd_answer){0};
	if (!buffer)
		return;
	connection.end = buffer + size;
	connection.folded = connection.end + 1;
	memcpy(buffer, raw, size);
	serve(calls, &connection);
}

void httpd_clear(struct httpd_answer *answer)
{
	for (size_t i = 0; i < answer->header_count; i++)
		free(answer->headers[i].value);
	free(answer->body);
	*answer = (struct httpd_answer){0};
}

const char *httpd_header(const struct httpd_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->header_count; i++)
		if (strcasecmp(answer->headers[i].name, name) == 0)
			return answer->headers[i].value;
	return NULL;
}

/* The library's functions, as its manual has them. */

/* Whoever suspends resumes before the handler returns: nothing is played beside it. */
void MHD_suspend_connection(struct MHD_Connection *connection)
{
	connection->suspended = true;
}

void MHD_resume_connection(struct MHD_Connection *connection)
{
	connection->resumed = connection->suspended;
	connection->suspended = false;
}

const char *MHD_get_version(void)
{
	return "0.9.75";
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
							enum MHD_ConnectionInfoType type, ...)
{
	return type == MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE ? &connection->info : NULL;
}

int MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
			      MHD_KeyValueIterator iterator, void *context)
{
	for (size_t i = 0; i < connection->line_count; i++)
		if (iterator(context, kind, connection->lines[i].name,
			     connection->lines[i].value) != MHD_YES)
			return (int)i + 1;
	return (int)connection->line_count;
}

struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *buffer,
						     enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *const response = calloc(1, sizeof(*response));
	char *const body = malloc(size + 1);

	if (!response || !body) {
		free(response);
		free(body);
		return NULL;
	}
	memcpy(body, buffer, size);
	if (mode == MHD_RESPMEM_MUST_FREE)
		free(buffer);
	response->answer.body = body;
	response->answer.body_size = size;
	return response;
}

enum MHD_Result MHD_add_response_header(struct MHD_Response *response, const char *name,
					const char *value)
{
	struct httpd_answer *const answer = &response->answer;
	char *const copy = strdup(value);

	if (!copy || answer->header_count == HTTPD_HEADERS_MAX) {
		free(copy);
		return MHD_NO;
	}
	answer->headers[answer->header_count++] = (struct httpd_header){name, copy};
	return MHD_YES;
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned int status,
				   struct MHD_Response *response)
{
	*connection->answer = response->answer;
	connection->answer->status = status;
	response->answer = (struct httpd_answer){0};
	return MHD_YES;
}

void MHD_destroy_response(struct MHD_Response *response)
{
	httpd_clear(&response->answer);
	free(response);
}
