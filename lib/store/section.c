#include "store/section.h"

#include "base/writer.h"

const char *vsee_section_text(const struct vsee_section *section, char *ret_text)
{
	static const char *const kinds[] = {
		[VSEE_SECTION_POLICY] = "policy",
		[VSEE_SECTION_GROUP] = "group ",
		[VSEE_SECTION_USER] = "user ",
	};
	struct vsee_writer writer = {.text = ret_text, .size = VSEE_SECTION_TEXT_SIZE};

	ret_text[0] = '\0';
	vsee_writer_add(&writer, "%s%s", section ? kinds[section->kind] : "-",
			section ? section->name : "");
	return ret_text;
}
