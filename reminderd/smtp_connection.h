/* libcurl's handles, and the one connection they keep from mail to mail. */
#pragma once

#include <curl/curl.h>

struct smtp_connection {
	CURL *easy;   /* what to carry, for curl_easy_setopt(3) */
	CURLM *multi; /* owns the connection */
};

/* 0, or -ENOMEM: nothing is left open. */
int smtp_connection_open(struct smtp_connection *ret_connection);

/*
 * One mail, on the connection that is there or a new one; its CURLOPT_MAIL_RCPT is set anew before.
 * Blocks until it ended; easy's callbacks are called meanwhile. libcurl's result;
 * CURLE_OUT_OF_MEMORY with the reason in error_text, of CURL_ERROR_SIZE bytes, where libcurl can't
 * go on: the mail was broken off before its end then.
 */
CURLcode smtp_connection_carry(struct smtp_connection *connection, char *error_text);

/* shutdown(2) of the connection that the mails so far have left, if there is one; how as there. */
void smtp_connection_end(const struct smtp_connection *connection, int how);

/* Says QUIT where a connection is left. */
void smtp_connection_close(struct smtp_connection *connection);
