/* What the page knows of its host: the published policy, libpwquality's settings, the host's name.
 */
#pragma once

#include <stdbool.h>

#include "store/policy.h"
#include "wire/strength.h"

#define SITE_URL_SIZE 512
#define SITE_HOST_SIZE 256

struct site {
	char host[SITE_HOST_SIZE];	/* this host's name, for people */
	char authority[SITE_HOST_SIZE]; /* what Host must be: of base_url, with its port if it has
					   one */
	char origin[SITE_URL_SIZE];	/* "https://authority" */
	char path[SITE_URL_SIZE];	/* of base_url, "" or "/x", never with a slash at its end */
	char product[65];
	char support[SITE_URL_SIZE], login_page[SITE_URL_SIZE]; /* "": none */
	enum vsee_language language; /* where the browser wants none of ours */
	enum vsee_gate gate;
	struct strength strength;
};

/*
 * Read it below root and state ("" and NULL: the usual places). 0 or negative errno; ret_error says
 * in a sentence what an administrator must mend (no policy published, no base_url, base_url not
 * https, pwquality.conf broken).
 */
struct site_error {
	char text[256];
};
int site_load(const char *root, const char *state, struct site *ret_site,
	      struct site_error *ret_error);

/*
 * For the threads of the front: the newest good one, read again at most once a second. What can't
 * be read any more leaves the last good one in force, with one log line. site_begin() once, before
 * the first thread.
 */
int site_begin(const char *root, const char *state, struct site_error *ret_error);
void site_copy(struct site *ret_site);
