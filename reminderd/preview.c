#include "preview.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "date.h"
#include "forecast.h"
#include "target.h"

static void begin(struct view *view, const struct scan *scan)
{
	struct preview *preview = (struct preview *)view;

	(void)scan;
	preview->soonest = queue_empty(PREVIEW_NAMES_MAX);
}

static void count_mails(struct preview *preview, const struct target *target)
{
	if (forecast_add(target, VSEE_MODE_REMIND, preview->mails, PREVIEW_MAIL_DAYS) &&
	    target->reach != REACH_GOOD)
		preview->no_address++;
}

static int count_deadline(struct preview *preview, const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;
	const vsee_day left = judgement->days_left;
	const char *name = target->subject.shadow.name;
	char text[TALLY_TEXT_SIZE], date[DATE_SIZE];

	if (judgement->reason == VSEE_REASON_FLOOR) {
		(void)snprintf(text, sizeof(text), "%s (%s)", name,
			       date_print(judgement->deadline, date));
		tally_name(&preview->floors, text);
	}
	if (judgement->deadline >= VSEE_NEVER) {
		preview->never++;
		return 0;
	}
	if (left >= PREVIEW_DAYS)
		preview->later++;
	else if (left >= 0)
		preview->days[left]++;
	return queue_push(&preview->soonest, judgement->deadline, name);
}

static int count(struct preview *preview, const struct target *target)
{
	switch (target->judgement.verdict) {
	case VSEE_NOT_COVERED:
	case VSEE_ACCOUNT_EXPIRED:
	case VSEE_NO_PASSWORD:
		preview->unusable++;
		return 0;
	case VSEE_INACTIVE:
	case VSEE_MUST_CHANGE:
		if (target->judgement.change.asked)
			preview->asked++;
		else
			preview->expired++;
		break;
	case VSEE_NOT_ENFORCEABLE:
		preview->lenient++;
		break;
	case VSEE_WARN:
	case VSEE_VALID:
		break;
	}
	count_mails(preview, target);
	return count_deadline(preview, target);
}

static int add(struct view *view, const struct scan *scan, const struct target *target)
{
	struct preview *preview = (struct preview *)view;
	const struct vsee_section *section = target->subject.section;

	if (!section) {
		preview->restored++;
		return 0;
	}
	preview->sections[section - scan->policy.sections]++;
	return count(preview, target);
}

static enum exit_code end(struct view *view, const struct scan *scan)
{
	struct preview *preview = (struct preview *)view;

	queue_sort(&preview->soonest);
	if (scan->options->json)
		preview_print_json(preview, scan);
	else
		preview_print_text(preview, scan);
	return scan->failed > 0 ? EXIT_SOME : EXIT_GOOD;
}

static void preview_clear(struct preview *preview)
{
	queue_clear(&preview->soonest);
}

enum exit_code preview_run(const struct options *options)
{
	CLEANUP(preview_clear)
	struct preview preview = {
		.view = {.addresses = true, .begin = begin, .add = add, .end = end},
	};

	return scan_view(options, &preview.view);
}
