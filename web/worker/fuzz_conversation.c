/*
 * Whatever modules of PAM show and ask: a password goes to hidden prompts only, each once and in
 * order; and what is shown of a module's words the wire takes. The first byte says how many answers
 * there are; then messages: a style, and text up to a NUL.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "conversation.h"
#include "fuzz.h"
#include "store/syntax.h"

static const char *const answers[CONVERSATION_ANSWERS_MAX] = {"first", "second", "third"};

static void check_clean(const char *text)
{
	char clean[WIRE_TEXT_SIZE], again[WIRE_TEXT_SIZE];
	const char *from = text;

	conversation_clean(text, clean);
	CHECK(strlen(clean) < sizeof(clean) && vsee_syntax_text(clean, strlen(clean)));
	conversation_clean(clean, again);
	CHECK(strcmp(clean, again) == 0);
	for (const char *c = clean; *c != '\0'; c++, from++) /* nothing that was not there */
		CHECK((from = strchr(from, *c)));
	if (strlen(text) < sizeof(clean) && vsee_syntax_text(text, strlen(text)) &&
	    !strstr(text, "\xe2\x80"))
		CHECK(strcmp(text, clean) == 0);
}

static void check_reply(const char *text)
{
	struct wire_reply reply = {.status = WIRE_REFUSED};
	unsigned char packet[WIRE_BYTES_MAX];

	(void)strcpy(reply.text, text); /* both of one size */
	CHECK(wire_reply_print(&reply, packet) > 0);
}

static int ask(struct conversation *conversation, int style, const char *text)
{
	const struct pam_message message = {style, text}, *messages[] = {&message};
	struct pam_response *responses = NULL;
	const size_t next = conversation->next;
	const bool is_due = style == PAM_PROMPT_ECHO_OFF && next < conversation->count;
	const int code = conversation_answer(1, messages, &responses, conversation);

	if (code == PAM_BUF_ERR)
		return -ENOMEM;
	CHECK((code == PAM_SUCCESS) ==
	      (is_due || style == PAM_TEXT_INFO || style == PAM_ERROR_MSG));
	if (code != PAM_SUCCESS) {
		CHECK(conversation->broken && !responses);
		return 0;
	}
	CHECK(conversation->next == next + is_due);
	CHECK(is_due ? strcmp(responses[0].resp, answers[next]) == 0 : !responses[0].resp);
	free(responses[0].resp);
	free(responses);
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *copy = strndup((const char *)data, size);
	struct conversation conversation;
	int r = 0;

	if (!copy)
		return -ENOMEM;
	check_clean(copy);
	conversation_begin(&conversation, answers, size > 0 ? data[0] % (COUNT(answers) + 1) : 0);
	for (size_t at = 1; at < size && r == 0;) {
		autofree char *text = strndup((const char *)data + at + 1, size - at - 1);

		if (!text)
			return -ENOMEM;
		r = ask(&conversation, data[at] % 8, text);
		at += strlen(text) + 2;
	}
	check_reply(conversation.text);
	return r;
}
