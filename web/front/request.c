#include "request.h"

#include <string.h>

#include "entropy.h"
#include "errand.h"

struct request *request_begin(const char *target)
{
	struct request *const request = calloc(1, sizeof(*request));
	const size_t size = strlen(target);

	if (!request)
		return NULL;
	if (entropy_hex((WIRE_ID_SIZE - 1) / 2, request->id) < 0 ||
	    vsee_secret_alloc(size + 1, &request->target) < 0) {
		free(request);
		return NULL;
	}
	memcpy(request->target.text, target, size);
	request->target.length = size;
	request->line = target;
	return request;
}

int request_take(struct request *request, char *bytes, size_t size)
{
	struct vsee_secret *const body = &request->body;
	int r = 0;

	if (!body->text)
		r = vsee_secret_alloc(FORM_BYTES_MAX + 1, body);
	if (r == 0 && size > FORM_BYTES_MAX - body->length)
		r = -EFBIG;
	if (r == 0) {
		memcpy(body->text + body->length, bytes, size);
		body->length += size;
	}
	explicit_bzero(bytes, size);
	return r;
}

void request_end(struct request *request)
{
	if (!request)
		return;
	errand_end(request->errand);
	vsee_secret_clear(&request->target);
	vsee_secret_clear(&request->body);
	free(request);
}
