#include "link.h"

#include "handle.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "policy/link.h"
#include "state.h"
#include "store/candidate.h"

#define TOKEN_BYTES 32
#define TOKEN_SIZE 48 /* base64url of 32 bytes and the NUL */

/* 256 random bits need no stretching: the cheapest rounds crypt(3) has. */
#define TOKEN_METHOD "$5$rounds=1000$"
#define TOKEN_SALT_BYTES 12

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* base64url without padding (RFC 4648, section 5); count bytes make (count * 8 + 5) / 6 letters. */
static void encode(const unsigned char *bytes, size_t count, char *ret_text)
{
	unsigned bits = 0, value = 0;

	for (size_t i = 0; i < count; i++) {
		value = (value << 8 | bytes[i]) & 0xffffff;
		for (bits += 8; bits >= 6; bits -= 6)
			*ret_text++ = alphabet[value >> (bits - 6) & 63];
	}
	if (bits > 0)
		*ret_text++ = alphabet[value << (6 - bits) & 63];
	*ret_text = '\0';
}

static int draw(size_t count, char *ret_text)
{
	unsigned char bytes[TOKEN_BYTES];

	if (getrandom(bytes, count, 0) != (ssize_t)count)
		return -EIO;
	encode(bytes, count, ret_text);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

static void host_name(char ret_host[HOST_NAME_MAX + 1])
{
	if (gethostname(ret_host, HOST_NAME_MAX + 1) < 0)
		strcpy(ret_host, "localhost");
	ret_host[HOST_NAME_MAX] = '\0';
}

static void compose(const struct context *context, const char *token, char *ret_link)
{
	char host[HOST_NAME_MAX + 1];

	host_name(host);
	(void)vsee_link_format(context->subject.policy.base_url, host, context->user, token,
			       ret_link, TALK_LINK_SIZE); /* "" when it does not fit */
}

void link_support(const struct context *context, char *ret_link)
{
	const char *support = context->subject.policy.support;
	char host[HOST_NAME_MAX + 1];

	host_name(host);
	(void)vsee_link_expand(support ? support : "", host, ret_link, TALK_LINK_SIZE);
}

void link_plain(const struct context *context, char *ret_link)
{
	const char *url = context->subject.policy.base_url;

	if (url && url[0])
		compose(context, NULL, ret_link);
	else
		link_support(context, ret_link);
}

/* A network login or a terminal window can open a link; a console can't. */
static bool can_open_links(const struct context *context)
{
	const void *item = NULL;
	const char *tty;

	if (pam_get_item(context->pamh, PAM_TTY, &item) != PAM_SUCCESS || !item)
		return false;
	tty = item;
	if (strncmp(tty, "/dev/", 5) == 0)
		tty += 5;
	return strcmp(tty, "ssh") == 0 || strncmp(tty, "pts/", 4) == 0;
}

static int hash_token(const char *token, char *ret_hash)
{
	autocandidate struct vsee_candidate candidate = {.password = token};
	char salt[TOKEN_SALT_BYTES * 2], setting[64];
	struct vsee_writer writer = {.text = setting, .size = sizeof(setting)};
	const char *hash;
	int r = draw(TOKEN_SALT_BYTES, salt);

	if (r < 0)
		return r;
	/* crypt(3) salts know neither '-' nor '_'. */
	for (char *c = salt; *c; c++) {
		if (*c == '-')
			*c = '.';
		else if (*c == '_')
			*c = '/';
	}
	vsee_writer_add(&writer, TOKEN_METHOD "%s", salt);
	r = vsee_candidate_hash(&candidate, setting, false, &hash);
	if (r < 0)
		return r;
	strcpy(ret_hash, hash); /* both are VSEE_HASH_SIZE */
	return 0;
}

static int store_token(struct context *context, const char *token)
{
	autostate struct state state = STATE_CLOSED;
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	enum vsee_account_news news;
	int r = state_open(context, &state);

	if (r < 0)
		return r;
	r = vsee_account_load(state.accounts_fd, 0, context->user, context->subject.uid, &account,
			      &news);
	if (r < 0)
		return r;
	r = hash_token(token, account.token);
	if (r < 0)
		return r;
	account.token_expires = context->now + LINK_TOKEN_SECONDS;
	return vsee_account_save(state.accounts_fd, &account, news);
}

void link_with_token(struct context *context, char *ret_link)
{
	const char *url = context->subject.policy.base_url;
	char token[TOKEN_SIZE];
	int r;

	link_plain(context, ret_link);
	if (!url || !url[0] || !can_open_links(context) ||
	    !handle_marked(context->pamh, HANDLE_TYPED, context->user))
		return;
	r = draw(TOKEN_BYTES, token);
	if (r == 0)
		r = store_token(context, token);
	if (r == 0)
		compose(context, token, ret_link);
	else
		talk_fault(context, "link-token", r);
	explicit_bzero(token, sizeof(token));
}
