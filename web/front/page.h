/* One page as bytes: what a state of the form looks like, in the person's language. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "site.h"

enum page_kind {
	PAGE_FORM,	  /* user name, current password, new twice */
	PAGE_LINK_FORM,	  /* a one-time link was followed: user name fixed, new twice */
	PAGE_DONE,	  /* changed; next steps */
	PAGE_THROTTLED,	  /* retry_after */
	PAGE_LINK_BAD,	  /* expired, used, unknown: all alike */
	PAGE_UNAVAILABLE, /* nothing was changed; reference */
	PAGE_UNCERTAIN,	  /* it may have been changed */
	PAGE_FORBIDDEN,	  /* sent from another site */
	PAGE_BAD_REQUEST,
	PAGE_NOT_FOUND,
	PAGE_NOT_ALLOWED, /* method */
	PAGE_TOO_LARGE,
	PAGE_MISDIRECTED, /* Host is not ours */
	PAGE_KINDS,
};

/* What stands in the summary above a form that is shown again. */
enum page_problem {
	PROBLEM_NONE,
	PROBLEM_EMPTY,	  /* a field is missing */
	PROBLEM_MISMATCH, /* the two differ */
	PROBLEM_WRONG,	  /* user name or current password */
	PROBLEM_UNMET,	  /* unmet */
	PROBLEM_REFUSED,  /* text, of another module */
	PROBLEM_TOO_SOON, /* until */
	PROBLEM_BUSY,
	PROBLEM_STALE, /* the form's own token has ended; nothing was sent on */
};

struct page {
	enum page_kind kind;
	enum page_problem problem;
	enum vsee_language language;
	const struct site *site;
	const char *user; /* a valid name, or "" */
	const char
		*form_token;   /* for browsers that send neither Origin nor Sec-Fetch-Site, or "" */
	const char *text;      /* for PROBLEM_REFUSED; escaped here */
	const char *reference; /* of this request in the log */
	uint32_t unmet;	       /* bits of strength.h */
	uint32_t retry_after;  /* seconds */
	int64_t until;	       /* seconds since the epoch */
};

/* The status of RFC 9110 that goes with it. */
unsigned page_status(const struct page *page);

/*
 * The HTML; no password ever stands in it. 0 (the caller frees ret_html) or -ENOMEM. Passes on no
 * byte of page that is not escaped for where it stands.
 */
int page_render(const struct page *page, char **ret_html, size_t *ret_size);
