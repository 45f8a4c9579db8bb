#include "smtp_setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log.h"
#include "store/syntax.h"

/* clang-format off */
static const struct {
	CURLoption option;
	long value;
} numbers[] = {
	{CURLOPT_UPLOAD, 1},
	{CURLOPT_NOSIGNAL, 1}, /* threads */
	{CURLOPT_NOPROGRESS, 0}, /* smtp.c: on_time() */
	{CURLOPT_NETRC, CURL_NETRC_IGNORED},
	{CURLOPT_SSL_VERIFYPEER, 1},
	{CURLOPT_SSL_VERIFYHOST, 2},
	{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	{CURLOPT_CONNECTTIMEOUT_MS, SMTP_CONNECT_MS},
	/* Longer than any step: smtp.c's on_time() knows which one it is. */
	{CURLOPT_SERVER_RESPONSE_TIMEOUT, (10L * SMTP_MINUTE_MS + SMTP_GOODBYE_MS) / 1000 + 2},
};

static const struct {
	CURLoption option;
	const char *value;
} texts[] = {
	{CURLOPT_PROTOCOLS_STR, "smtp,smtps"},
	/* The environment's proxies are for browsers. */
	{CURLOPT_PROXY, ""},
	{CURLOPT_NOPROXY, "*"},
};
/* clang-format on */

static CURLcode set_tables(CURL *easy)
{
	CURLcode code = CURLE_OK;

	for (size_t i = 0; i < COUNT(numbers) && code == CURLE_OK; i++)
		code = curl_easy_setopt(easy, numbers[i].option, numbers[i].value);
	for (size_t i = 0; i < COUNT(texts) && code == CURLE_OK; i++)
		code = curl_easy_setopt(easy, texts[i].option, texts[i].value);
	return code;
}

bool smtp_wants_login(const struct way_setting *setting)
{
	return setting->delivery->user[0] != '\0' && setting->password->length > 0;
}

/* The server, and our name, which libcurl takes from the path. */
static CURLcode set_url(CURL *easy, const struct way_setting *setting)
{
	const bool good = vsee_syntax_host(setting->host, strlen(setting->host));
	autofree char *url = NULL;

	if (asprintf(&url, "%s/%s", setting->delivery->smtp, good ? setting->host : "localhost") <
	    0) {
		url = NULL;
		return CURLE_OUT_OF_MEMORY;
	}
	return curl_easy_setopt(easy, CURLOPT_URL, url);
}

static CURLcode set_tls(CURL *easy, const struct way_setting *setting)
{
	const struct vsee_delivery *delivery = setting->delivery;
	const bool clear =
		delivery->starttls == VSEE_STARTTLS_NEVER || vsee_delivery_local(delivery);
	CURLcode code =
		curl_easy_setopt(easy, CURLOPT_USE_SSL, clear ? CURLUSESSL_NONE : CURLUSESSL_ALL);
	autofree char *path = NULL;

	if (code != CURLE_OK || delivery->ca_file[0] == '\0')
		return code;
	if (asprintf(&path, "%s%s", setting->root, delivery->ca_file) < 0) {
		path = NULL;
		return CURLE_OUT_OF_MEMORY;
	}
	if (access(path, R_OK) < 0) {
		log_error("[mail] ca_file: %s: %s; wanted are certificates in PEM format. Mend "
			  "it, or take ca_file out: then the system's are trusted",
			  path, strerror(errno));
		return CURLE_SSL_CACERT_BADFILE;
	}
	code = curl_easy_setopt(easy, CURLOPT_CAINFO, path);
	return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) : code;
}

static CURLcode set_login(CURL *easy, const struct way_setting *setting)
{
	CURLcode code;

	if (!smtp_wants_login(setting))
		return CURLE_OK;
	/* Others, such as GSSAPI, would be tried first and fail without a ticket. */
	code = curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
	if (code == CURLE_OK)
		code = curl_easy_setopt(easy, CURLOPT_USERNAME, setting->delivery->user);
	return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_PASSWORD, setting->password->text)
				: code;
}

CURLcode smtp_setup(CURL *easy, const struct way_setting *setting)
{
	CURLcode code = set_tables(easy);

	if (code == CURLE_OK)
		code = set_url(easy, setting);
	if (code == CURLE_OK)
		code = set_tls(easy, setting);
	return code == CURLE_OK ? set_login(easy, setting) : code;
}
