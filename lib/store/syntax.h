/* Forms that values of the configuration take: text, addresses, host names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 as RFC 3629 has it, without control characters (C0, DEL, C1). */
bool vsee_syntax_text(const char *text, size_t size);

/* Letters, digits and inner hyphens in labels of at most 63 bytes; at most 253 bytes (RFC 1123). */
bool vsee_syntax_host(const char *text, size_t size);

/*
 * http:// or https:// and more, of printable ASCII without blanks, quotes, brackets of mark-up and
 * backslashes: it goes into mails, pages and terminals. A '%' only as %H or %%.
 */
bool vsee_syntax_url(const char *text, size_t size);

/*
 * smtp:// or smtps://, a host name or [address], and :port where wanted, no user, no path; or
 * maildir: and an absolute path.
 */
bool vsee_syntax_smtp(const char *text, size_t size);

/*
 * local@domain, at most 254 bytes: the local part a dot-atom, the domain a host name (RFC 5321's
 * Mailbox without quoted parts, literals, and anything that is not ASCII).
 */
bool vsee_syntax_address(const char *text, size_t size);

/* An absolute path: text as above, beginning with a slash. */
bool vsee_syntax_path(const char *text, size_t size);

/* One mailbox of RFC 5322: local@domain, or a name (quoted or plain) and <local@domain>. */
bool vsee_syntax_mailbox(const char *text, size_t size);
