/* What PAM is answered: a fixed row of passwords, in order, and nothing else. */
#pragma once

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>

#include "wire/wire.h"

#define CONVERSATION_ANSWERS_MAX 3

struct conversation {
	const char *answers[CONVERSATION_ANSWERS_MAX]; /* not owned */
	size_t count, next;
	bool broken;		   /* a prompt was not answered */
	char text[WIRE_TEXT_SIZE]; /* the last error that a module showed; "" none */
};

/*
 * From now on hidden prompts get answers[0..count), each once, in order. A prompt more, one with
 * echo or of another kind ends the conversation: a second factor can't be asked for here, and a
 * password must never go where another word was wanted. What was shown before is forgotten.
 */
void conversation_begin(struct conversation *conversation, const char *const *answers,
			size_t count);

/* For struct pam_conv; appdata: the struct conversation. */
int conversation_answer(int count, const struct pam_message **messages,
			struct pam_response **ret_responses, void *appdata);

/*
 * text as one line that the wire takes: invalid UTF-8 and control characters left out, cut between
 * characters. ret_text holds WIRE_TEXT_SIZE bytes.
 */
void conversation_clean(const char *text, char *ret_text);
