#include "smtp_secret.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"

/* Without padding: servers may leave it out where they repeat it. */
static int encode(const char *bytes, size_t count, struct vsee_secret *ret_text)
{
	struct vsee_secret text = {0};
	int r = vsee_secret_alloc(vsee_base64_length(count) + 1, &text);

	if (r < 0)
		return r;
	text.length = vsee_base64_length(count);
	vsee_base64_print(bytes, count, VSEE_BASE64_LAST, text.text);
	*ret_text = text;
	return 0;
}

/* The message of RFC 4616: NUL, user, NUL, password. */
static int encode_plain(const char *user, const struct vsee_secret *password,
			struct vsee_secret *ret_text)
{
	const size_t before = strlen(user) + 2;
	autosecret struct vsee_secret message = {0};
	int r = vsee_secret_alloc(before + password->length + 1, &message);

	if (r < 0)
		return r;
	memcpy(message.text + 1, user, before - 2);
	memcpy(message.text + before, password->text, password->length);
	return encode(message.text, before + password->length, ret_text);
}

int smtp_secret_init(const char *user, const struct vsee_secret *password,
		     struct smtp_secret *secret)
{
	struct vsee_secret *forms = secret->forms;
	int r = vsee_secret_alloc(password->length + 1, &forms[0]);

	if (r < 0)
		return r;
	memcpy(forms[0].text, password->text, password->length);
	forms[0].length = password->length;
	r = encode_plain(user, password, &forms[1]);
	return r < 0 ? r : encode(password->text, password->length, &forms[2]);
}

void smtp_secret_clear(struct smtp_secret *secret)
{
	for (size_t i = 0; i < COUNT(secret->forms); i++)
		vsee_secret_clear(&secret->forms[i]);
}

static bool repeats(const struct smtp_secret *secret, const char *line, size_t size)
{
	for (size_t i = 0; i < COUNT(secret->forms); i++) {
		const struct vsee_secret *form = &secret->forms[i];

		if (form->length > 0 && memmem(line, size, form->text, form->length))
			return true;
	}
	return false;
}

int smtp_secret_add(const struct smtp_secret *secret, struct smtp_reply *reply, const char *line,
		    size_t size)
{
	static const char instead[] = "(text left out: it repeats the password)";
	char own[4 + sizeof(instead)];

	if (size < 4 || !repeats(secret, line, size))
		return smtp_reply_add(reply, line, size);
	memcpy(own, line, 4);
	memcpy(own + 4, instead, sizeof(instead));
	return smtp_reply_add(reply, own, 4 + sizeof(instead) - 1);
}
