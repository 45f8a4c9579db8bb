/* Names of things that share a fault: the first ones, and how many there are. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/name.h"

#define LINT_SAMPLE_NAMES 5
#define LINT_SAMPLE_SIZE (LINT_SAMPLE_NAMES * (VSEE_NAME_SIZE + 2) + 32)

struct lint_sample {
	char names[LINT_SAMPLE_NAMES][VSEE_NAME_SIZE];
	size_t count;
	uint64_t line; /* of the first, where it has one */
};

void lint_sample_add(struct lint_sample *sample, const char *name, uint64_t line);
/* "alice, bob and 4 more". Returns ret_text. */
const char *lint_sample_text(const struct lint_sample *sample, char ret_text[LINT_SAMPLE_SIZE]);
