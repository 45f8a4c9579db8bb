#include "cookie.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/writer.h"
#include "store/token.h"

_Static_assert(COOKIE_TOKEN_SIZE == VSEE_TOKEN_SIZE, "one size of tokens");

static const char *const names[COOKIES] = {
	[COOKIE_LINK] = "__Host-vsee-link",
	[COOKIE_FORM] = "__Host-vsee-form",
	[COOKIE_DONE] = "__Host-vsee-done",
};

static void trim(const char **text, size_t *size)
{
	while (*size > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t')) {
		(*text)++;
		(*size)--;
	}
	while (*size > 0 && ((*text)[*size - 1] == ' ' || (*text)[*size - 1] == '\t'))
		(*size)--;
}

static int take_pair(const char *pair, size_t size, struct cookies *cookies)
{
	const char *equals;
	size_t name_size;

	trim(&pair, &size);
	equals = memchr(pair, '=', size);
	if (!equals)
		return 0;
	name_size = (size_t)(equals - pair);
	for (int i = 0; i < COOKIES; i++) {
		if (strlen(names[i]) != name_size || memcmp(names[i], pair, name_size) != 0)
			continue;
		if (cookies->values[i].text)
			return -EINVAL;
		cookies->values[i] = (struct cookie_value){equals + 1, size - name_size - 1};
	}
	return 0;
}

int cookie_parse(const char *header, struct cookies *ret_cookies)
{
	struct cookies cookies = {0};
	int r;

	for (const char *pair = header; pair;) {
		const size_t size = strcspn(pair, ";");

		r = take_pair(pair, size, &cookies);
		if (r < 0)
			return r;
		pair = pair[size] == ';' ? pair + size + 1 : NULL;
	}
	*ret_cookies = cookies;
	return 0;
}

int cookie_print(enum cookie cookie, const char *value, unsigned seconds, char *ret_line)
{
	struct vsee_writer writer = {.text = ret_line, .size = COOKIE_LINE_SIZE};

	/* Lax: with Strict the cookie is not sent after our own redirect when the person came from
	 * a webmail page. */
	vsee_writer_add(&writer, "%s=%s; Max-Age=%u; Path=/; Secure; HttpOnly; SameSite=Lax",
			names[cookie], value ? value : "", value ? seconds : 0);
	return writer.overflow ? -ENOBUFS : 0;
}

void cookie_link_print(const char *token, const char *name, char *ret_text)
{
	const size_t size = strlen(token);

	(void)stpcpy(stpcpy(ret_text, token), ".");
	vsee_name_escape(name, ret_text + size + 1);
}

int cookie_link_parse(const struct cookie_value *value, char *ret_token, char *ret_name)
{
	const size_t token_size = COOKIE_TOKEN_SIZE - 1;
	char escaped[VSEE_FILE_NAME_SIZE];
	size_t size;

	if (!value->text || value->size < token_size + 2 || value->text[token_size] != '.' ||
	    !vsee_token_valid(value->text, token_size))
		return -EINVAL;
	size = value->size - token_size - 1;
	if (size >= sizeof(escaped))
		return -EINVAL;
	memcpy(escaped, value->text + token_size + 1, size);
	escaped[size] = '\0';
	if (vsee_name_unescape(escaped, ret_name) < 0 || !vsee_name_valid(ret_name))
		return -EINVAL;
	memcpy(ret_token, value->text, token_size);
	ret_token[token_size] = '\0';
	return 0;
}

bool cookie_form_valid(const struct cookie_value *value)
{
	if (!value->text || value->size != COOKIE_FORM_SIZE - 1)
		return false;
	for (size_t i = 0; i < value->size; i++)
		if (!strchr("0123456789abcdef", value->text[i]))
			return false;
	return true;
}
