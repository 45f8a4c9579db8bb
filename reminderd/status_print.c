/* The three forms of reminderd status. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/plural.h"
#include "base/writer.h"
#include "date.h"
#include "status.h"
#include "store/section.h"

#define NAGIOS_TEXT_SIZE 201 /* with NUL */

static const char *mode_text(const struct vsee_section *section)
{
	return section->rules.held ? "enforce, held" : vsee_mode_name(section->rules.mode);
}

static void print_problems(const struct problem_list *list)
{
	if (problem_worst(list) == SEVERITY_OK)
		(void)printf("OK: nothing is amiss.\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct problem *problem = &list->items[i];
		const char *remedy = problem_remedy(problem->kind);

		(void)printf("%s: %s [%s]\n", severity_name(problem_severity(problem->kind)),
			     problem->text, problem_name(problem->kind));
		if (remedy[0])
			(void)printf("    %s\n", remedy);
	}
}

static void print_last_run(const struct status *status)
{
	const struct vsee_lastrun *last = &status->last;
	char date[DATE_SIZE];

	if (status->last_result == -ENOENT) {
		(void)printf("last scan    none is recorded\n");
		return;
	}
	if (status->last_result < 0) {
		(void)printf("last scan    its record can't be read: %s\n",
			     strerror(-status->last_result));
		return;
	}
	(void)printf("last scan    %s, exit code %" PRId64 ": %" PRId64
		     " account%s covered, %" PRId64 " shadow line%s changed, %" PRId64
		     " left for the next, %" PRId64 " failed, %" PRId64 " warning%s\n",
		     time_print(last->time, date), last->code, last->covered,
		     vsee_plural((uint64_t)last->covered), last->mirrored,
		     vsee_plural((uint64_t)last->mirrored), last->left, last->failed,
		     last->warnings, vsee_plural((uint64_t)last->warnings));
	(void)printf("went through %s\n", time_print(last->finished, date));
}

static void print_counts(const struct tally *tally)
{
	(void)printf("accounts    ");
	for (unsigned mode = VSEE_MODE_ENFORCE; mode > VSEE_MODE_OFF; mode--)
		(void)printf("%s %" PRIu64 " in mode %s", mode == VSEE_MODE_ENFORCE ? "" : ",",
			     tally->modes[mode], vsee_mode_name((enum vsee_mode)mode));
	(void)printf("\nverdicts    ");
	for (unsigned i = VSEE_ACCOUNT_EXPIRED; i < TALLY_VERDICTS; i++)
		(void)printf("%s %s %" PRIu64, i == VSEE_ACCOUNT_EXPIRED ? "" : ",",
			     vsee_verdict_name((enum vsee_verdict)i), tally->verdicts[i]);
	(void)printf("\n");
}

void status_print_text(const struct status *status, const struct scan *scan)
{
	char name[VSEE_SECTION_TEXT_SIZE];

	print_problems(&status->problems);
	if (!scan)
		return;
	(void)printf("\n");
	if (scan->policy.section_count == 0)
		(void)printf("policy       none is published: nothing is enforced\n");
	else
		(void)printf("policy       %s\n", scan->policy.digest);
	for (size_t i = 0; i < scan->policy.section_count; i++)
		(void)printf("             [%s] mode = %s\n",
			     vsee_section_text(&scan->policy.sections[i], name),
			     mode_text(&scan->policy.sections[i]));
	print_last_run(status);
	print_counts(&scan->tally);
}

static void print_performance(const struct status *status, const struct scan *scan)
{
	const struct tally *tally = &scan->tally;

	(void)printf(" |");
	if (status->last_result == 0 && status->last.finished != VSEE_UNSET)
		(void)printf(" age=%" PRId64 "s;%d;%d", scan->now - status->last.finished,
			     STATUS_LATE_HOURS * STATUS_HOUR, STATUS_OLD_HOURS * STATUS_HOUR);
	for (unsigned i = VSEE_ACCOUNT_EXPIRED; i < TALLY_VERDICTS; i++)
		(void)printf(" %s=%" PRIu64, vsee_verdict_name((enum vsee_verdict)i),
			     tally->verdicts[i]);
	(void)printf(" pending=%" PRIu64 " overwritten=%" PRIu64 " extensions=%" PRIu64,
		     tally->pending, tally->overwritten.count, tally->extended.count);
}

/* As much of text as there is room for, up to the end of a character. */
static void add_cut(struct vsee_writer *writer, const char *text)
{
	const size_t room = writer->size - writer->length - 1;
	size_t size = strlen(text);

	if (size > room)
		for (size = room; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; size--)
			;
	vsee_writer_add(writer, "%.*s", (int)size, text);
}

void status_print_nagios(const struct status *status, const struct scan *scan)
{
	const struct problem_list *list = &status->problems;
	const enum severity worst = problem_worst(list);
	char text[NAGIOS_TEXT_SIZE];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	vsee_writer_add(&writer, "VSEE-EXPIRE %s - ", severity_name(worst));
	if (worst == SEVERITY_OK)
		vsee_writer_add(&writer, "nothing is amiss");
	for (size_t i = 0; i < list->count && worst != SEVERITY_OK; i++) {
		if (problem_severity(list->items[i].kind) == SEVERITY_OK)
			continue;
		add_cut(&writer, i > 0 ? "; " : "");
		add_cut(&writer, list->items[i].text);
	}
	for (char *c = text; *c; c++)
		if (*c == '|') /* the mark before the performance data */
			*c = '/';
	(void)printf("%s", text);
	if (scan)
		print_performance(status, scan);
	(void)printf("\n");
}

static json_t *counts(const uint64_t *values, unsigned count, const char *(*name)(unsigned))
{
	json_t *object = json_object();

	for (unsigned i = 1; i < count; i++) /* 0: not covered, or off */
		(void)json_object_set_new(object, name(i), json_integer((json_int_t)values[i]));
	return object;
}

static const char *verdict_name(unsigned verdict)
{
	return vsee_verdict_name((enum vsee_verdict)verdict);
}

static const char *mode_name(unsigned mode)
{
	return vsee_mode_name((enum vsee_mode)mode);
}

static json_t *problems_object(const struct problem_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++) {
		const enum problem_kind kind = list->items[i].kind;

		(void)json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:s}", "name", problem_name(kind),
					 "severity", severity_name(problem_severity(kind)), "text",
					 list->items[i].text, "remedy", problem_remedy(kind)));
	}
	return array;
}

static json_t *last_run_object(const struct vsee_lastrun *last)
{
	return json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "time",
			 (json_int_t)last->time, "finished",
			 last->finished == VSEE_UNSET ? json_null() : json_integer(last->finished),
			 "exit_code", (json_int_t)last->code, "covered", (json_int_t)last->covered,
			 "saved", (json_int_t)last->saved, "mirrored", (json_int_t)last->mirrored,
			 "failed", (json_int_t)last->failed, "left", (json_int_t)last->left,
			 "warnings", (json_int_t)last->warnings, "config_errors",
			 (json_int_t)last->config_errors);
}

static json_t *policy_object(const struct vsee_policy *policy)
{
	json_t *sections = json_array();
	char name[VSEE_SECTION_TEXT_SIZE];

	if (policy->section_count == 0) {
		json_decref(sections);
		return json_null();
	}
	for (size_t i = 0; i < policy->section_count; i++)
		(void)json_array_append_new(
			sections,
			json_pack("{s:s, s:s, s:b}", "name",
				  vsee_section_text(&policy->sections[i], name), "mode",
				  vsee_mode_name(policy->sections[i].rules.held
							 ? VSEE_MODE_ENFORCE
							 : policy->sections[i].rules.mode),
				  "held", (int)policy->sections[i].rules.held));
	return json_pack("{s:s, s:o}", "digest", policy->digest, "sections", sections);
}

/* As the report has it: the one in force, whether or not it can be read. */
static json_t *hold_object(const struct status *status, const struct scan *scan)
{
	const struct vsee_hold *hold = &status->hold;

	if (status->hold_result == -ENOENT ||
	    (status->hold_result == 0 && scan->now >= hold->until))
		return json_null();
	if (status->hold_result < 0)
		return json_pack("{s:s}", "fault", "the hold's file can't be read");
	return json_pack("{s:I, s:I, s:I, s:s}", "begin", (json_int_t)hold->begin, "until",
			 (json_int_t)hold->until, "by", (json_int_t)hold->by, "reason",
			 hold->reason);
}

/* How many, and the first of them. */
static json_t *names_object(const struct tally_names *names)
{
	json_t *array = json_array();

	for (uint64_t i = 0; i < names->count && i < TALLY_NAMES_MAX; i++)
		(void)json_array_append_new(array, json_string(names->names[i]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)names->count, "first", array);
}

static void add_scan(json_t *object, const struct status *status, const struct scan *scan)
{
	const struct tally *tally = &scan->tally;
	const struct {
		const char *key;
		const struct tally_names *names;
	} lists[] = {
		{"extensions", &tally->extended},
		{"leftovers", &tally->leftovers},
		{"mirror_overwritten", &tally->overwritten},
		{"no_address", &tally->no_address},
		{"not_enrolled", &tally->not_enrolled},
		{"state_newer", &tally->newer},
		{"state_set_aside", &tally->set_aside},
	};

	(void)json_object_set_new(object, "policy", policy_object(&scan->policy));
	(void)json_object_set_new(object, "last_run",
				  status->last_result == 0 ? last_run_object(&status->last)
							   : json_null());
	(void)json_object_set_new(object, "hold", hold_object(status, scan));
	(void)json_object_set_new(object, "verdicts",
				  counts(tally->verdicts, TALLY_VERDICTS, verdict_name));
	(void)json_object_set_new(object, "modes", counts(tally->modes, TALLY_MODES, mode_name));
	for (size_t i = 0; i < COUNT(lists); i++)
		(void)json_object_set_new(object, lists[i].key, names_object(lists[i].names));
	(void)json_object_set_new(object, "mirror_pending",
				  json_integer((json_int_t)tally->pending));
}

void status_print_json(const struct status *status, const struct scan *scan)
{
	const enum severity worst = problem_worst(&status->problems);
	json_t *object = json_pack("{s:s, s:i, s:o}", "status", severity_name(worst), "code",
				   (int)worst, "problems", problems_object(&status->problems));

	if (object && scan)
		add_scan(object, status, scan);
	if (object)
		(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}
