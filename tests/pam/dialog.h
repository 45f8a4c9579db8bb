/* The person at the other end of the conversation: gives answers, remembers what was said. */
#pragma once

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>

struct dialog {
	/* Answers, by the words in the prompt. */
	const char *current; /* "Password:", "Current password:" */
	const char *fresh;   /* "New password:" */
	const char *retype;  /* "Retype new password:"; NULL: as fresh */
	int result;	     /* what every conversation returns; PAM_SUCCESS */

	unsigned prompts, new_prompts;
	char said[8192];  /* every text, each ended by a newline */
	char codes[128];  /* the [Vnn] in there, with a blank between them */
	char styles[128]; /* e for an error, i for information, of those with a code */
};

int dialog_answer(int count, const struct pam_message **messages, struct pam_response **responses,
		  void *data);
