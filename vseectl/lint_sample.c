#include "lint_sample.h"

#include <stdio.h>

#include "base/writer.h"

void lint_sample_add(struct lint_sample *sample, const char *name, uint64_t line)
{
	if (sample->count == 0)
		sample->line = line;
	if (sample->count < LINT_SAMPLE_NAMES)
		(void)snprintf(sample->names[sample->count], VSEE_NAME_SIZE, "%s", name);
	sample->count++;
}

const char *lint_sample_text(const struct lint_sample *sample, char ret_text[LINT_SAMPLE_SIZE])
{
	struct vsee_writer writer = {.text = ret_text, .size = LINT_SAMPLE_SIZE};

	ret_text[0] = '\0';
	for (size_t i = 0; i < sample->count && i < LINT_SAMPLE_NAMES; i++)
		vsee_writer_add(&writer, "%s%s", i == 0 ? "" : ", ", sample->names[i]);
	if (sample->count > LINT_SAMPLE_NAMES)
		vsee_writer_add(&writer, " and %zu more", sample->count - LINT_SAMPLE_NAMES);
	return ret_text;
}
