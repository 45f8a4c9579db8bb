#include "tally.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "date.h"
#include "skip.h"
#include "target.h"

#define MORE_SIZE 32 /* " and N more" */

void tally_name(struct tally_names *names, const char *name)
{
	if (names->count < TALLY_NAMES_MAX)
		(void)snprintf(names->names[names->count], TALLY_TEXT_SIZE, "%s", name);
	names->count++;
}

static void note_extension(struct tally *tally, const char *name,
			   const struct vsee_account *account)
{
	const char *reason = account->extension_reason;
	char text[TALLY_TEXT_SIZE], date[DATE_SIZE];

	(void)snprintf(text, sizeof(text), "%s until %s%s%s%s", name,
		       date_print(account->enrolment.extension, date), reason[0] ? " (" : "",
		       reason, reason[0] ? ")" : "");
	tally_name(&tally->extended, text);
}

void tally_add(struct tally *tally, const struct target *target)
{
	const struct vsee_subject *subject = &target->subject;
	const struct vsee_enrolment *state = &subject->account.enrolment;
	const enum vsee_mode mode = subject->section->rules.mode;
	const char *name = subject->shadow.name;

	tally->verdicts[target->judgement.verdict]++;
	tally->modes[mode]++;
	tally->pending +=
		target->plan.step != VSEE_MIRROR_KEEP && target->plan.step != VSEE_MIRROR_CONFIRM;
	if (mode >= VSEE_MODE_REMIND && !state->enrolled)
		tally_name(&tally->not_enrolled, name);
	if (target->plan.after.mirror == VSEE_MIRROR_OVERWRITTEN &&
	    !vsee_mirror_given_up(&target->plan.after))
		tally_name(&tally->overwritten, name);
	if (mode >= VSEE_MODE_REMIND && subject->section->rules.stage_count > 0 &&
	    (target->reach == REACH_NONE || target->reach == REACH_BAD) && !skip_verdict(target))
		tally_name(&tally->no_address, name);
	if (state->extension > subject->facts.today)
		note_extension(tally, name, &subject->account);
}

const char *tally_text(const struct tally_names *names, char *ret_text, size_t size)
{
	struct vsee_writer writer = {.text = ret_text, .size = size - MORE_SIZE};
	uint64_t shown = 0;

	ret_text[0] = '\0';
	while (shown < names->count && shown < TALLY_NAMES_MAX) {
		vsee_writer_add(&writer, "%s%s", shown > 0 ? ", " : "", names->names[shown]);
		if (writer.overflow)
			break;
		shown++;
	}
	if (names->count > shown)
		(void)snprintf(ret_text + writer.length, size - writer.length, "%s%" PRIu64 " more",
			       shown > 0 ? " and " : "", names->count - shown);
	return ret_text;
}
