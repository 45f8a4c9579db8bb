/* The headers that every answer of ours has. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>

/*
 * Add them. is_tls: TLS is ours, so we may promise it for the year to come. immutable: the bytes
 * never change under this name, and may be kept. MHD_NO when there is no memory.
 */
enum MHD_Result headers_add(struct MHD_Response *response, bool is_tls, bool immutable);
