#include "section.h"

#include <stdio.h>

const char *section_text(const struct vsee_section *section, char *ret_text)
{
	static const char *const kinds[] = {
		[VSEE_SECTION_POLICY] = "policy",
		[VSEE_SECTION_GROUP] = "group ",
		[VSEE_SECTION_USER] = "user ",
	};

	(void)snprintf(ret_text, SECTION_TEXT_SIZE, "%s%s", kinds[section->kind], section->name);
	return ret_text;
}
