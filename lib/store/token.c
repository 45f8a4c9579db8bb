#include "store/token.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "store/candidate.h"

#define TOKEN_BYTES 32
#define TOKEN_LENGTH (VSEE_TOKEN_SIZE - 1)
#define TOKEN_SECONDS_MAX ((int64_t)VSEE_TOKEN_HOURS_MAX * 3600)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int draw_text(char ret_text[VSEE_TOKEN_SIZE])
{
	unsigned char bytes[TOKEN_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -EIO;
	vsee_base64_print(bytes, sizeof(bytes), VSEE_BASE64_URL_LAST, ret_text);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

/* ret_hash: VSEE_HASH_SIZE bytes. */
static int hash_token(const char *token, char *ret_hash)
{
	autocandidate struct vsee_candidate candidate = {.password = token};
	char setting[VSEE_SETTING_CHEAP_SIZE];
	const char *hash;
	int r = vsee_setting_draw_cheap(setting);

	if (r < 0)
		return r;
	r = vsee_candidate_hash(&candidate, setting, false, &hash);
	if (r < 0)
		return r;
	strcpy(ret_hash, hash); /* crypt(3) makes none longer */
	return 0;
}

bool vsee_token_valid(const char *text, size_t size)
{
	const char *last;

	if (size != TOKEN_LENGTH)
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0' || !strchr(alphabet, text[i]))
			return false;
	/* 43 letters hold two bits more than 32 bytes: 0, so that a token has one form. */
	last = strchr(alphabet, text[size - 1]);
	return ((last - alphabet) & 3) == 0;
}

int vsee_token_draw(struct vsee_account *account, int64_t now, int64_t seconds, char *ret_token)
{
	char token[VSEE_TOKEN_SIZE], hash[VSEE_HASH_SIZE];
	int r = draw_text(token);

	if (r == 0)
		r = hash_token(token, hash);
	if (r == 0) {
		(void)vsee_token_void(account);
		strcpy(account->token, hash);
		account->token_expires = now + seconds;
		strcpy(ret_token, token);
	}
	explicit_bzero(token, sizeof(token));
	explicit_bzero(hash, sizeof(hash));
	return r;
}

int vsee_token_matches(const struct vsee_account *account, const char *token, int64_t now)
{
	/* Of nothing that can be typed: so that an account without a token takes as long. */
	static const char nothing[] = VSEE_SETTING_CHEAP "none$";
	const bool valid = vsee_token_valid(token, strnlen(token, VSEE_TOKEN_SIZE));
	const bool pending = vsee_token_pending(account, now);
	autocandidate struct vsee_candidate candidate = {.password = valid ? token : ""};
	const int r =
		vsee_candidate_verify(&candidate, account->token[0] ? account->token : nothing);

	if (r == -ENOMEM)
		return r;
	return r == 1 && valid && pending ? 1 : 0; /* nothing makes a hash that can't be computed */
}

bool vsee_token_void(struct vsee_account *account)
{
	const bool was = account->token[0] != '\0';

	explicit_bzero(account->token, sizeof(account->token));
	account->token_expires = 0;
	return was;
}

bool vsee_token_pending(const struct vsee_account *account, int64_t now)
{
	return account->token[0] && account->token_expires > now &&
	       now >= account->token_expires - TOKEN_SECONDS_MAX;
}
