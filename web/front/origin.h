/* Whether a request comes from our own page, by what the browser says of it. */
#pragma once

#include <stdbool.h>

enum origin_verdict {
	ORIGIN_OURS,
	ORIGIN_FOREIGN,
	ORIGIN_UNSAID, /* the browser sends neither header: the form token must decide */
};

/*
 * fetch_site, origin: the headers Sec-Fetch-Site and Origin, NULL where they were not sent. ours:
 * "https://authority". Each header that is there must say that it is us.
 */
enum origin_verdict origin_judge(const char *fetch_site, const char *origin, const char *ours);

/*
 * Whether a Host header names authority, "host" or "host:port": in any case of letters, and with or
 * without the port that https has anyway.
 */
bool origin_is_host(const char *host, const char *authority);
