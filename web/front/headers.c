#include "headers.h"

#include <stddef.h>

#include "base/cleanup.h"

enum when { ALWAYS, TLS, KEPT, NOT_KEPT };

/* Sources: OWASP ASVS 5.0, 3.4 and 14.3. X-Frame-Options is for browsers before frame-ancestors.
 * With no-referrer Chromium would send "Origin: null" from our own form; with same-origin nobody
 * else learns more. */
static const struct row {
	const char *name, *value;
	enum when when;
} rows[] = {
	/* clang-format off */
	{"Cache-Control", "no-store", NOT_KEPT},
	{"Cache-Control", "public, max-age=31536000, immutable", KEPT},
	{"Content-Security-Policy",
	 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	 "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	 "require-trusted-types-for 'script'; trusted-types 'none'", ALWAYS},
	{"Cross-Origin-Opener-Policy", "same-origin", ALWAYS},
	{"Cross-Origin-Resource-Policy", "same-origin", ALWAYS},
	{"Permissions-Policy",
	 "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
	 "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
	 "xr-spatial-tracking=()", ALWAYS},
	{"Referrer-Policy", "same-origin", ALWAYS},
	{"Strict-Transport-Security", "max-age=31536000", TLS},
	{"Vary", "Accept-Language", NOT_KEPT},
	{"X-Content-Type-Options", "nosniff", ALWAYS},
	{"X-Frame-Options", "DENY", ALWAYS},
	/* clang-format on */
};

enum MHD_Result headers_add(struct MHD_Response *response, bool is_tls, bool immutable)
{
	const bool wanted[] = {
		[ALWAYS] = true, [TLS] = is_tls, [KEPT] = immutable, [NOT_KEPT] = !immutable};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (wanted[rows[i].when] &&
		    MHD_add_response_header(response, rows[i].name, rows[i].value) != MHD_YES)
			return MHD_NO;
	return MHD_YES;
}
