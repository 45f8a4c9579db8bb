/* What a mail says, before it takes the form of text or HTML. */
#pragma once

#include "compose.h"

enum part_kind {
	PART_PARAGRAPH,
	PART_LEAD, /* the paragraph that says it all */
	PART_FACT, /* a label and a value */
	PART_LINK,
	PART_SMALL, /* a paragraph of less weight */
};

struct part {
	enum part_kind kind;
	char *label; /* of a fact, else NULL */
	char *text;
};

#define PARTS_MAX 16

struct letter {
	const char *language; /* "de" */
	char *subject;
	struct part parts[PARTS_MAX];
	size_t count;
};

/* The words for row. 0, -EINVAL where a value is none that a mail can carry, or -ENOMEM. */
int letter_write(const struct compose *compose, const struct reminder *row, vsee_day days_left,
		 struct letter *ret_letter);
void letter_clear(struct letter *letter);
#define autoletter CLEANUP(letter_clear)

/* The letter as lines of text, and as a page. LF at line ends. 0 or -ENOMEM. */
int letter_text(const struct letter *letter, char **ret_text, size_t *ret_size);
int letter_html(const struct letter *letter, char **ret_text, size_t *ret_size);
