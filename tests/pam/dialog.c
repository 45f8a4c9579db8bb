#include "dialog.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(char *text, size_t size, const char *more, const char *end)
{
	const size_t length = strlen(text);

	(void)snprintf(text + length, size - length, "%s%s", more, end);
}

/* Our texts end with "[V01]". */
static void note_code(struct dialog *dialog, const char *text, const char *style)
{
	const size_t size = strlen(text);
	char code[4] = "";

	if (size < 5 || text[size - 5] != '[' || text[size - 4] != 'V' || text[size - 1] != ']')
		return;
	memcpy(code, text + size - 4, 3);
	append(dialog->codes, sizeof(dialog->codes), dialog->codes[0] ? " " : "", code);
	append(dialog->styles, sizeof(dialog->styles), style, "");
}

static const char *answer(struct dialog *dialog, const char *prompt)
{
	dialog->prompts++;
	if (strncmp(prompt, "Retype", 6) == 0)
		return dialog->retype ? dialog->retype : dialog->fresh;
	if (strncmp(prompt, "New", 3) != 0)
		return dialog->current;
	dialog->new_prompts++;
	return dialog->fresh;
}

int dialog_answer(int count, const struct pam_message **messages, struct pam_response **responses,
		  void *data)
{
	struct dialog *dialog = data;
	struct pam_response *replies;

	if (dialog->result != PAM_SUCCESS)
		return dialog->result;
	replies = calloc((size_t)count, sizeof(*replies));
	if (!replies)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		const int style = messages[i]->msg_style;
		const char *text = messages[i]->msg;

		append(dialog->said, sizeof(dialog->said), text, "\n");
		if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO) {
			note_code(dialog, text, style == PAM_ERROR_MSG ? "e" : "i");
			continue;
		}
		text = answer(dialog, text);
		replies[i].resp = text ? strdup(text) : NULL;
	}
	*responses = replies;
	return PAM_SUCCESS;
}
