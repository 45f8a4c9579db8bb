#include "table.h"

#include <stdio.h>

#include "base/writer.h"
#include "date.h"
#include "log.h"
#include "snapshot.h"
#include "store/section.h"
#include "target.h"

#define CHANGES_SIZE 160
#define ROW "%-20s %-20s %-21s %-21s %-10s %-15s %s\n"

static void begin(struct view *view, const struct scan *scan)
{
	(void)view;
	if (!scan->options->json)
		(void)printf(ROW, "NAME", "SECTION", "LAST CHANGE", "DEADLINE", "REASON", "VERDICT",
			     "CHANGES");
}

static const char *state_text(const struct target *target)
{
	if (!target->changed)
		return "same";
	switch (target->subject.news) {
	case VSEE_ACCOUNT_GOOD:
		return "changed";
	case VSEE_ACCOUNT_NEW:
		return "new";
	case VSEE_ACCOUNT_DAMAGED:
		return "damaged";
	case VSEE_ACCOUNT_REUSED:
		return "reused";
	}
	return "changed";
}

static void add_field(struct vsee_writer *writer, const char *field, vsee_day old, vsee_day new)
{
	if (new == VSEE_NONE || new == old)
		return;
	vsee_writer_add(writer, "%s%s ", writer->length > 0 ? ", " : "", field);
	if (old == VSEE_UNSET)
		vsee_writer_add(writer, "empty");
	else
		vsee_writer_add(writer, "%lld", (long long)old);
	if (new == VSEE_UNSET)
		vsee_writer_add(writer, " -> empty");
	else
		vsee_writer_add(writer, " -> %lld", (long long)new);
}

/* "max 99999 -> 60, warn 7 -> 10"; "" when shadow stays as it is. */
static void shadow_text(const struct target *target, char *ret_text)
{
	const struct vsee_aging *aging = &target->subject.shadow.aging;
	struct vsee_writer writer = {.text = ret_text, .size = CHANGES_SIZE};

	ret_text[0] = '\0';
	add_field(&writer, "last change", aging->last_change, target->plan.last_change);
	add_field(&writer, "max", aging->max_days, target->plan.max_days);
	add_field(&writer, "warn", aging->warn_days, target->plan.warn_days);
}

static void print_json(const struct target *target, const char *section, const char *shadow)
{
	json_t *object = snapshot_object(target);

	if (!object ||
	    json_object_update_new(object, json_pack("{s:s, s:s, s:s}", "section", section, "state",
						     state_text(target), "shadow", shadow)) < 0 ||
	    json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) < 0)
		log_warning("an account could not be printed");
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}

static int add(struct view *view, const struct scan *scan, const struct target *target)
{
	(void)view;
	const struct vsee_judgement *judgement = &target->judgement;
	char section[VSEE_SECTION_TEXT_SIZE], shadow[CHANGES_SIZE], changes[CHANGES_SIZE * 2];
	char last_change[DATE_SIZE], deadline[DATE_SIZE];

	vsee_section_text(target->subject.section, section);
	shadow_text(target, shadow);
	if (scan->options->json) {
		print_json(target, section, shadow);
		return 0;
	}
	(void)snprintf(changes, sizeof(changes), "state: %s%s%s", state_text(target),
		       shadow[0] ? "; shadow: " : "", shadow);
	(void)printf(ROW, target->subject.shadow.name, section,
		     date_print(judgement->change.day, last_change),
		     date_print(judgement->deadline, deadline), vsee_reason_name(judgement->reason),
		     vsee_verdict_name(judgement->verdict), changes);
	return 0;
}

static enum exit_code end(struct view *view, const struct scan *scan)
{
	(void)view;
	(void)scan;
	return EXIT_GOOD;
}

struct view table_view = {.begin = begin, .add = add, .end = end};
