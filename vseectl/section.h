/* A section of the policy as the configuration file calls it. */
#pragma once

#include "base/name.h"
#include "policy/verdict.h"
#include "store/policy.h"

#define SECTION_TEXT_SIZE (VSEE_NAME_SIZE + 16)

/* "group providers". ret_text holds SECTION_TEXT_SIZE bytes. Returns ret_text. */
const char *section_text(const struct vsee_section *section, char *ret_text);
