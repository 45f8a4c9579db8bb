/* Which requests go no further: the strictness that the library lacks, and our own table. */
#pragma once

#include "form.h"
#include "head.h"
#include "page.h"
#include "route.h"

#define GATE_HEAD_MAX ((size_t)16 * 1024)

/* A larger body is not even waited for; a smaller one is, so that the browser reads the answer. */
#define GATE_SWALLOW_MAX ((size_t)64 * 1024)

struct gate_request {
	enum method method;
	const char *target; /* as it was sent */
	size_t target_size;
	bool cut; /* the library saw only a part of the target: a NUL stands in it */
	const struct head *head;
};

struct gate_verdict {
	unsigned status; /* 0: go on */
	enum page_kind kind;
	enum route route;
	size_t path_size; /* of target, without its query */
	size_t body_size; /* that is to come */
	bool at_once;	  /* don't wait for the body: where it ends is not certain, or too far */
};

/*
 * Pure. In the order of what is found: a frame that two programs could read differently, another
 * host's name, a target that is no plain path, no such path, no such method, a body that is too
 * large or of another type.
 */
struct gate_verdict gate_judge(const struct gate_request *request, const struct site *site);
