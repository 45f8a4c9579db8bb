/* Between the library's callbacks and our routes. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>

#include "client.h"

struct handler {
	struct client *client;
	bool is_proxied; /* a socket of the file system: a proxy is in front, which has its own TLS
			  */
};

/* The library's callbacks (its manual says when); context is a struct handler. */
void *handler_see_target(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result handler_answer(void *context, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload,
			       size_t *upload_size, void **state);
void handler_complete(void *context, struct MHD_Connection *connection, void **state,
		      enum MHD_RequestTerminationCode code);
void handler_see_connection(void *context, struct MHD_Connection *connection, void **state,
			    enum MHD_ConnectionNotificationCode code);

/* How many requests were begun and are not answered yet, with the threads that answers take. */
unsigned handler_busy(void);

/* From now on no connection is suspended: the daemon is to be stopped when nothing is busy. */
void handler_hurry(void);
