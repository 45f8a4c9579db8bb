/* What libcurl is told of a server before the first mail: where it is, whom to trust, who we are.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

#include "way.h"

/* Tests wait less. */
#ifndef SMTP_MINUTE_MS
#define SMTP_MINUTE_MS 60000
#endif
#define SMTP_CONNECT_MS (SMTP_MINUTE_MS / 2)  /* from the look-up of the name to the end of AUTH */
#define SMTP_GOODBYE_MS (SMTP_MINUTE_MS / 12) /* after the verdict, for QUIT */

/* Is AUTH wanted: a user is configured, and there is a password? */
bool smtp_wants_login(const struct way_setting *setting);

/*
 * easy: a new handle, which keeps copies of what it is told. Says on standard error what is wrong
 * with ca_file. CURLE_OK; CURLE_OUT_OF_MEMORY; another of libcurl's codes: the setting can't be
 * followed.
 */
CURLcode smtp_setup(CURL *easy, const struct way_setting *setting);
