/* What an SMTP server answers: reply lines of RFC 5321, section 4.2, as they arrive. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "reminder.h"

struct smtp_reply {
	int code;		/* 0: nothing yet */
	bool whole;		/* the last line of this reply was read */
	char text[ANSWER_SIZE]; /* code and lines in one, printable UTF-8, NUL-terminated, cut */
	size_t length;
};

/*
 * Add a line, with or without its line end. A line after a whole reply begins the next one. The
 * code and the enhanced code of further lines are left out of the text where they are the same.
 * 0, or -EBADMSG where it is no reply line: then the reply is as it was.
 */
int smtp_reply_add(struct smtp_reply *reply, const char *line, size_t size);

/* The name under which the server keeps the message, "" where the text names none we know. */
void smtp_reply_queue_id(const char *text, char ret_id[QUEUE_ID_SIZE]);

/* Text of strangers, of size bytes, appended: control and broken characters become '?'; cut. */
void smtp_reply_text(char *to, size_t to_size, size_t *length, const char *text, size_t size);
