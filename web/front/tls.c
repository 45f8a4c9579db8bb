#include "tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/file.h"
#include "log.h"

#define PEM_BYTES_MAX ((size_t)256 * 1024)
#define DAY_SECONDS 86400

/*
 * Only taken away from what the system allows: TLS 1.2 and 1.3, ECDHE, AEAD. All that is left is
 * good, so the client's order counts: with ours, browsers would have to begin anew with our first
 * group, which is not theirs.
 */
#define TAKEN_AWAY                                                                                 \
	":-VERS-SSL3.0:-VERS-TLS1.0:-VERS-TLS1.1:-VERS-DTLS-ALL:-RSA:-DHE-RSA:-DHE-DSS"            \
	":-GROUP-DH-ALL:-MAC-ALL:+AEAD"

/* The second one where the system has no policy of its own. */
static const char *const choices[] = {"@SYSTEM" TAKEN_AWAY, "NORMAL" TAKEN_AWAY};

static int choose_priorities(const char **ret_priorities)
{
	for (size_t i = 0; i < COUNT(choices); i++) {
		gnutls_priority_t priority;

		if (gnutls_priority_init(&priority, choices[i], NULL) < 0)
			continue;
		gnutls_priority_deinit(priority);
		*ret_priorities = choices[i];
		return 0;
	}
	log_error("the system's crypto policy leaves neither TLS 1.2 nor 1.3 with ECDHE and AEAD");
	return -ENOTSUP;
}

/* A credential is systemd's own copy, whoever owns it: nobody else can write there. */
static int read_pem(const char *what, const char *path, struct vsee_secret *ret_text)
{
	autoclose int fd = vsee_file_open(path);
	const int r = fd < 0 ? fd : vsee_file_read_open(fd, PEM_BYTES_MAX, ret_text);

	if (r < 0)
		log_error("%s %s: %s; see LoadCredential= in vsee-web.service", what, path,
			  strerror(-r));
	return r;
}

static gnutls_datum_t datum(const struct vsee_secret *text)
{
	return (gnutls_datum_t){(unsigned char *)text->text, (unsigned)text->length};
}

static int check_pair(const char *certificate, const char *key, const struct tls *tls)
{
	const gnutls_datum_t certificate_pem = datum(&tls->certificate), key_pem = datum(&tls->key);
	gnutls_certificate_credentials_t credentials;
	int r;

	if (gnutls_certificate_allocate_credentials(&credentials) < 0)
		return -ENOMEM;
	r = gnutls_certificate_set_x509_key_mem(credentials, &certificate_pem, &key_pem,
						GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (r >= 0)
		return 0;
	log_error("certificate %s and key %s: %s; both must be PEM, the key without a passphrase",
		  certificate, key, gnutls_strerror(r));
	return -EBADMSG;
}

/* The first one is the host's own; those behind it lead to its issuer. */
static int warn_of_end(const char *path, const struct tls *tls, time_t now)
{
	const gnutls_datum_t pem = datum(&tls->certificate);
	gnutls_x509_crt_t first;
	time_t left;

	if (gnutls_x509_crt_init(&first) < 0)
		return -ENOMEM;
	left = gnutls_x509_crt_import(first, &pem, GNUTLS_X509_FMT_PEM) < 0
		       ? 0
		       : gnutls_x509_crt_get_expiration_time(first) - now;
	gnutls_x509_crt_deinit(first);
	if (left <= 0)
		log_warning("certificate %s has ended: browsers warn of this page; renew it, then "
			    "systemctl restart vsee-web",
			    path);
	else if (left < (time_t)TLS_WARN_DAYS * DAY_SECONDS)
		log_warning("certificate %s ends in %lld days: renew it, then systemctl restart "
			    "vsee-web",
			    path, (long long)left / DAY_SECONDS);
	return 0;
}

int tls_load(const char *certificate, const char *key, time_t now, struct tls *ret_tls)
{
	autotls struct tls tls = {0};
	int r;

	r = choose_priorities(&tls.priorities);
	if (r == 0)
		r = read_pem("certificate", certificate, &tls.certificate);
	if (r == 0)
		r = read_pem("key", key, &tls.key);
	if (r == 0)
		r = check_pair(certificate, key, &tls);
	if (r == 0)
		r = warn_of_end(certificate, &tls, now);
	if (r < 0)
		return r;
	*ret_tls = tls;
	tls = (struct tls){0};
	return 0;
}

void tls_clear(struct tls *tls)
{
	vsee_secret_clear(&tls->certificate);
	vsee_secret_clear(&tls->key);
}
