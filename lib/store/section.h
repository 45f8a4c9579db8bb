/* A section of the policy as the configuration file calls it. */
#pragma once

#include "base/name.h"
#include "store/policy.h"

#define VSEE_SECTION_TEXT_SIZE (VSEE_NAME_SIZE + 16)

/*
 * "group providers"; "-" for NULL. ret_text holds VSEE_SECTION_TEXT_SIZE bytes. Returns ret_text.
 */
const char *vsee_section_text(const struct vsee_section *section, char *ret_text);
