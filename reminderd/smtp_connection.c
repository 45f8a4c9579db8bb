#include "smtp_connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"

#define PAUSE_MS 1000 /* at the longest between two calls of the progress callback */

/* Variables that would have a say in whom we trust, and one that has the session keys written. */
static int init_libcurl(void)
{
	static const char *const variables[] = {"OPENSSL_CONF", "SSLKEYLOGFILE", "SSL_CERT_DIR",
						"SSL_CERT_FILE"};

	for (size_t i = 0; i < COUNT(variables); i++)
		(void)unsetenv(variables[i]); /* fails for names with '=' only */
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ENOMEM;
}

int smtp_connection_open(struct smtp_connection *ret_connection)
{
	if (init_libcurl() < 0)
		return -ENOMEM;
	ret_connection->easy = curl_easy_init();
	ret_connection->multi = curl_multi_init();
	if (ret_connection->easy && ret_connection->multi &&
	    curl_multi_setopt(ret_connection->multi, CURLMOPT_MAXCONNECTS, 1L) == CURLM_OK)
		return 0;
	smtp_connection_close(ret_connection);
	return -ENOMEM;
}

static CURLMcode run(CURLM *multi, CURLcode *ret_result)
{
	for (;;) {
		int running, left;
		CURLMcode code = curl_multi_perform(multi, &running);
		const CURLMsg *const end =
			code == CURLM_OK ? curl_multi_info_read(multi, &left) : NULL;

		if (end) {
			*ret_result = end->data.result;
			return CURLM_OK;
		}
		if (code == CURLM_OK)
			code = curl_multi_poll(multi, NULL, 0, PAUSE_MS, NULL);
		if (code != CURLM_OK)
			return code;
	}
}

/*
 * A transfer that is removed before its end libcurl 7.88 ends with the final dot, as if the text
 * were whole: the server takes an empty mail, or half of one. Without recipients it does not.
 */
static void give_up(struct smtp_connection *connection)
{
	(void)curl_easy_setopt(connection->easy, CURLOPT_MAIL_RCPT, NULL); /* frees nothing */
	(void)curl_multi_remove_handle(connection->multi, connection->easy);
}

/* What has ended stays added until the next mail, for smtp_connection_end() asks through it. */
CURLcode smtp_connection_carry(struct smtp_connection *connection, char *error_text)
{
	CURLcode result = CURLE_OUT_OF_MEMORY; /* what else makes the calls below fail */
	CURLMcode code;

	(void)curl_multi_remove_handle(connection->multi, connection->easy); /* may not be added */
	code = curl_multi_add_handle(connection->multi, connection->easy);
	if (code == CURLM_OK)
		code = run(connection->multi, &result);
	if (code != CURLM_OK) {
		give_up(connection);
		(void)snprintf(error_text, CURL_ERROR_SIZE, "%s", curl_multi_strerror(code));
	}
	return result;
}

void smtp_connection_end(const struct smtp_connection *connection, int how)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (connection->easy &&
	    curl_easy_getinfo(connection->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, how); /* fails where the server was first */
}

/*
 * libcurl waits for a reply to QUIT as long as for any. With SHUT_RD it sends QUIT and finds the
 * end at once.
 */
void smtp_connection_close(struct smtp_connection *connection)
{
	smtp_connection_end(connection, SHUT_RD);
	if (connection->multi && connection->easy)
		(void)curl_multi_remove_handle(connection->multi, connection->easy);
	curl_easy_cleanup(connection->easy);
	(void)curl_multi_cleanup(connection->multi); /* NULL is refused, and no more */
	curl_global_cleanup();			     /* counted */
	*connection = (struct smtp_connection){0};
}
