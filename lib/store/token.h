/* The one-time link's token: 32 random bytes, of which the account's state keeps a crypt(3) hash.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/account.h"

#define VSEE_TOKEN_SIZE 44	     /* base64url of 32 bytes (RFC 4648, section 5), and the NUL */
#define VSEE_TOKEN_LOGIN_SECONDS 900 /* of a link that a login shows */
#define VSEE_TOKEN_HOURS_MAX 24	     /* of one that an administrator makes */

/* Whether text[0..size) has the form of a token. */
bool vsee_token_valid(const char *text, size_t size);

/*
 * Draw a new token for the account: its hash and expiry (now + seconds, now in seconds since the
 * epoch) replace an earlier one. ret_token holds VSEE_TOKEN_SIZE bytes; the caller wipes it.
 * 0 or negative errno; then the account is as before.
 */
int vsee_token_draw(struct vsee_account *account, int64_t now, int64_t seconds, char *ret_token);

/*
 * 1: token is the account's pending one at that time; 0: it is not; -ENOMEM: that can't be said.
 * The account must have observed shadow's hash (history.h), which ends a token of an earlier
 * password. A token ends at token_expires; one that would end later than VSEE_TOKEN_HOURS_MAX from
 * now was made under a wrong clock and is refused. Costs one hashing in each case, and compares in
 * constant time.
 */
int vsee_token_matches(const struct vsee_account *account, const char *token, int64_t now);

/* Make the pending token void. True when there was one. */
bool vsee_token_void(struct vsee_account *account);

/* Whether one is pending at that time. */
bool vsee_token_pending(const struct vsee_account *account, int64_t now);
