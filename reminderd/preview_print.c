/* The two forms of reminderd preview. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "date.h"
#include "preview.h"
#include "store/section.h"

#define BAR_WIDTH 40
#define LISTED_SIZE 2048

static void print_sections(const struct preview *preview, const struct scan *scan)
{
	char name[VSEE_SECTION_TEXT_SIZE];

	(void)printf("%-32s %-8s %s\n", "SECTION", "MODE", "ACCOUNTS");
	for (size_t i = 0; i < scan->policy.section_count; i++)
		(void)printf("%-32s %-8s %" PRIu64 "\n",
			     vsee_section_text(&scan->policy.sections[i], name),
			     scan->policy.sections[i].rules.held
				     ? "held"
				     : vsee_mode_name(scan->policy.sections[i].rules.mode),
			     preview->sections[i]);
}

static void print_sum(const struct preview *preview, const struct scan *scan)
{
	char text[LISTED_SIZE];

	(void)printf("\n%" PRIu64 " would have to change at their next login: %" PRIu64
		     " because an administrator asked, %" PRIu64 " because the time is over.\n",
		     preview->asked + preview->expired, preview->asked, preview->expired);
	(void)printf("%" PRIu64 " would be let in although the time is over.\n", preview->lenient);
	(void)printf("%" PRIu64 " have no password that can expire.\n", preview->unusable);
	(void)printf("%" PRIu64 " would be granted notice_days%s%s\n", preview->floors.count,
		     preview->floors.count > 0 ? ": " : ".",
		     tally_text(&preview->floors, text, sizeof(text)));
	(void)printf("%" PRIu64 " would be reminded, but have no address.\n", preview->no_address);
	(void)printf("%" PRIu64 " are no longer covered and get shadow's own values back.\n",
		     preview->restored);
	(void)printf("%" PRIu64 " could not be looked at.\n", scan->failed);
}

static uint64_t most(const uint64_t *values, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found = values[i] > found ? values[i] : found;
	return found;
}

static void print_days(const char *title, const uint64_t *values, size_t count,
		       const struct scan *scan)
{
	const uint64_t greatest = most(values, count);
	char date[DATE_SIZE];

	(void)printf("\n%s\n", title);
	if (greatest == 0)
		(void)printf("  none\n");
	for (size_t i = 0; i < count; i++) {
		int width = 0;

		if (values[i] == 0)
			continue;
		width = (int)((values[i] * BAR_WIDTH + greatest - 1) / greatest);
		(void)printf("  %-24s %10" PRIu64 "  %.*s\n",
			     date_print(scan->today + (vsee_day)i, date), values[i], width,
			     "########################################");
	}
}

static void print_soonest(const struct preview *preview)
{
	char date[DATE_SIZE];

	(void)printf("\nThe soonest:\n");
	if (preview->soonest.count == 0)
		(void)printf("  none\n");
	for (size_t i = 0; i < preview->soonest.count; i++)
		(void)printf("  %-24s %s\n", date_print(preview->soonest.items[i].deadline, date),
			     preview->soonest.items[i].name);
}

void preview_print_text(const struct preview *preview, const struct scan *scan)
{
	print_sections(preview, scan);
	print_sum(preview, scan);
	print_days("Passwords that end, by day:", preview->days, PREVIEW_DAYS, scan);
	(void)printf("  %-24s %10" PRIu64 "\n", "later", preview->later);
	(void)printf("  %-24s %10" PRIu64 "\n", "never", preview->never);
	print_days("Reminders that would be due, by day:", preview->mails, PREVIEW_MAIL_DAYS, scan);
	print_soonest(preview);
	if (!vsee_policy_mails(&scan->policy))
		(void)printf("\n[mail] smtp is not set: no mail is sent, people are told at "
			     "login.\n");
}

static json_t *sections_array(const struct preview *preview, const struct scan *scan)
{
	json_t *array = json_array();
	char name[VSEE_SECTION_TEXT_SIZE];

	for (size_t i = 0; i < scan->policy.section_count; i++) {
		const struct vsee_section *section = &scan->policy.sections[i];

		(void)json_array_append_new(
			array, json_pack("{s:s, s:s, s:b, s:I}", "name",
					 vsee_section_text(section, name), "mode",
					 vsee_mode_name(section->rules.held ? VSEE_MODE_ENFORCE
									    : section->rules.mode),
					 "held", (int)section->rules.held, "accounts",
					 (json_int_t)preview->sections[i]));
	}
	return array;
}

/* Only days with anybody on them. */
static json_t *days_array(const uint64_t *values, size_t count, vsee_day today)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (values[i] > 0)
			(void)json_array_append_new(array,
						    json_pack("{s:I, s:I}", "day",
							      (json_int_t)today + (json_int_t)i,
							      "accounts", (json_int_t)values[i]));
	return array;
}

static json_t *soonest_array(const struct preview *preview)
{
	json_t *array = json_array();

	for (size_t i = 0; i < preview->soonest.count; i++)
		(void)json_array_append_new(
			array,
			json_pack("{s:s, s:I}", "name", preview->soonest.items[i].name, "deadline",
				  (json_int_t)preview->soonest.items[i].deadline));
	return array;
}

void preview_print_json(const struct preview *preview, const struct scan *scan)
{
	json_t *object = json_pack(
		"{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
		"sections", sections_array(preview, scan), "covered", (json_int_t)scan->covered,
		"failed", (json_int_t)scan->failed, "asked", (json_int_t)preview->asked, "expired",
		(json_int_t)preview->expired, "let_in", (json_int_t)preview->lenient, "no_password",
		(json_int_t)preview->unusable, "rolled_in", (json_int_t)preview->floors.count,
		"no_address", (json_int_t)preview->no_address, "restored",
		(json_int_t)preview->restored, "later", (json_int_t)preview->later, "never",
		(json_int_t)preview->never, "days",
		days_array(preview->days, PREVIEW_DAYS, scan->today), "mails",
		days_array(preview->mails, PREVIEW_MAIL_DAYS, scan->today), "soonest",
		soonest_array(preview));

	if (object)
		(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}
