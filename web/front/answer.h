/* What goes back: status, headers, and a page, an asset or nothing. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>

#include "asset.h"
#include "cookie.h"
#include "page.h"

#define ANSWER_LOCATION_SIZE (SITE_URL_SIZE + 32)

struct answer {
	unsigned status;
	char *html; /* owned; NULL: none */
	size_t html_size;
	const struct asset *asset;		 /* NULL: none */
	char location[ANSWER_LOCATION_SIZE];	 /* "": none */
	char cookies[COOKIES][COOKIE_LINE_SIZE]; /* "": left as it is in the browser */
	const char *allow;			 /* NULL: none */
	unsigned retry_after;			 /* seconds; 0: not said */
	enum vsee_language language;		 /* of html */
	bool clears_cache;
	bool closes;		   /* the connection */
	char user[VSEE_NAME_SIZE]; /* for the log: whose password it was to be; "": nobody's */
	const char *outcome;	   /* for the log: what became of it; NULL: nothing to say */
};

/* Wipe and free: cookies hold tokens. */
void answer_clear(struct answer *answer);
#define autoanswer CLEANUP(answer_clear)

/* Render the page into the answer, with the status that goes with it. 0 or -ENOMEM. */
int answer_page(struct answer *answer, const struct page *page);

/* Set a cookie, or remove it (value NULL). It is ours and of a size that fits. */
void answer_cookie(struct answer *answer, enum cookie cookie, const char *value, unsigned seconds);

/* Hand it to the library. is_tls: TLS is ours. MHD_NO ends the connection without an answer. */
enum MHD_Result answer_queue(struct answer *answer, struct MHD_Connection *connection, bool is_tls);
