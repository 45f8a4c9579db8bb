/* Certificate, key, and which TLS we speak. */
#pragma once

#include <time.h>

#include "base/secret.h"

#define TLS_WARN_DAYS 30

struct tls {
	struct vsee_secret certificate, key; /* PEM */
	const char *priorities;		     /* of gnutls_priority_init(3) */
};

/*
 * Read both and see that they belong together; now: seconds since the epoch. 0 or a negative errno,
 * each time after saying on standard error what to mend. A certificate that has ended or ends soon
 * is only warned of: people are better off with a browser's warning than with no page.
 */
int tls_load(const char *certificate, const char *key, time_t now, struct tls *ret_tls);
void tls_clear(struct tls *tls);
#define autotls CLEANUP(tls_clear)
