#include "conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* The size of the character at text, 0 where there is none that is valid. */
static size_t character_size(const char *text)
{
	const size_t left = strnlen(text, 4);

	for (size_t size = 1; size <= left; size++)
		if (vsee_utf8_valid(text, size))
			return size;
	return 0;
}

/* C0, DEL, C1, and the separators that make a line of their own. */
static bool is_control(const char *text, size_t size)
{
	const unsigned char *c = (const unsigned char *)text;

	if (size == 1)
		return c[0] < ' ' || c[0] == 0x7f;
	return (size == 2 && c[0] == 0xc2 && c[1] < 0xa0) ||
	       (size == 3 && c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9));
}

void conversation_clean(const char *text, char *ret_text)
{
	size_t length = 0, size;

	for (; *text; text += size > 0 ? size : 1) {
		size = character_size(text);
		if (size == 0 || is_control(text, size))
			continue;
		if (length + size >= WIRE_TEXT_SIZE)
			break;
		memcpy(ret_text + length, text, size);
		length += size;
	}
	ret_text[length] = '\0';
}

void conversation_begin(struct conversation *conversation, const char *const *answers, size_t count)
{
	*conversation = (struct conversation){.count = count};
	for (size_t i = 0; i < count; i++)
		conversation->answers[i] = answers[i];
}

static int answer_one(struct conversation *conversation, const struct pam_message *message,
		      struct pam_response *response)
{
	switch (message->msg_style) {
	case PAM_TEXT_INFO:
		return PAM_SUCCESS;
	case PAM_ERROR_MSG:
		if (message->msg)
			conversation_clean(message->msg, conversation->text);
		return PAM_SUCCESS;
	case PAM_PROMPT_ECHO_OFF:
		break;
	default:
		return PAM_CONV_ERR;
	}
	if (conversation->next == conversation->count)
		return PAM_CONV_ERR;
	response->resp = strdup(conversation->answers[conversation->next++]);
	return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void free_responses(struct pam_response *responses, int count)
{
	for (int i = 0; i < count; i++) {
		if (responses[i].resp)
			explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

int conversation_answer(int count, const struct pam_message **messages,
			struct pam_response **ret_responses, void *appdata)
{
	struct conversation *conversation = appdata;
	struct pam_response *responses;

	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	responses = calloc((size_t)count, sizeof(*responses));
	if (!responses)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		const int code = answer_one(conversation, messages[i], &responses[i]);

		if (code != PAM_SUCCESS) {
			conversation->broken = true;
			free_responses(responses, count);
			return code;
		}
	}
	*ret_responses = responses; /* PAM frees them */
	return PAM_SUCCESS;
}
