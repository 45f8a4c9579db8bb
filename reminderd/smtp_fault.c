#include "smtp_fault.h"

#include <stdio.h>

#include "base/cleanup.h"

enum use {
	USE_STEP,   /* the name of the step follows */
	USE_DETAIL, /* libcurl's words follow: they name what is wrong */
	USE_NONE,
};

/* What is not in here libcurl says well enough: names without an address, ports without a server.
 */
static const struct fault {
	CURLcode code;
	const char *text;
	enum use use;
} faults[] = {
	{CURLE_GOT_NOTHING, "The connection ended before a reply to ", USE_STEP},
	{CURLE_OPERATION_TIMEDOUT, "The server did not answer in time: ", USE_DETAIL},
	{CURLE_PARTIAL_FILE, "The connection ended before a reply to ", USE_STEP},
	{CURLE_PEER_FAILED_VERIFICATION,
	 "The certificate of the server is not accepted; [mail] ca_file names the authority to "
	 "trust: ",
	 USE_DETAIL},
	{CURLE_RECV_ERROR, "The connection ended before a reply to ", USE_STEP},
	{CURLE_SEND_ERROR, "The connection ended before a reply to ", USE_STEP},
	{CURLE_SSL_CACERT_BADFILE,
	 "The certificates of the authorities to trust can't be read: install the package "
	 "ca-certificates, or name a file in PEM format in [mail] ca_file: ",
	 USE_DETAIL},
	{CURLE_SSL_CONNECT_ERROR,
	 "No TLS 1.2 or newer could be agreed on with the server: ", USE_DETAIL},
	{CURLE_USE_SSL_FAILED,
	 "The server offers no STARTTLS, without which nothing is sent: see [mail] starttls",
	 USE_NONE},
	{CURLE_WEIRD_SERVER_REPLY, "What the server said is no SMTP, or came too early, at ",
	 USE_STEP},
};

void smtp_fault_text(CURLcode code, enum smtp_step step, const char *detail,
		     char ret_text[ANSWER_SIZE])
{
	const char *own = detail[0] ? detail : curl_easy_strerror(code);
	const struct fault *fault = NULL;

	for (size_t i = 0; i < COUNT(faults) && !fault; i++)
		if (faults[i].code == code)
			fault = &faults[i];
	if (!fault)
		(void)snprintf(ret_text, ANSWER_SIZE, "%s", own);
	else
		(void)snprintf(ret_text, ANSWER_SIZE, "%s%s", fault->text,
			       fault->use == USE_STEP	  ? smtp_step_name(step)
			       : fault->use == USE_DETAIL ? own
							  : "");
}
