#include "preview.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "date.h"
#include "policy/remind.h"
#include "target.h"

/* The policy keeps no addresses: logins need none. */
static bool has_domain(const struct scan *scan)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};

	if (vsee_config_read(&scan->paths, scan->owner, &config) < 0)
		return false;
	for (size_t i = 0; i < config.value_count; i++)
		if (strcmp(config.values[i].section, "mail") == 0 &&
		    strcmp(config.values[i].key, "domain") == 0)
			return config.values[i].value[0] != '\0';
	return false;
}

static void begin(struct view *view, const struct scan *scan)
{
	struct preview *preview = (struct preview *)view;

	preview->domain = has_domain(scan);
	preview->soonest = queue_empty(PREVIEW_NAMES_MAX);
	/* Where passwd can't be opened the pass, which opens it too, ends the run. */
	(void)vsee_passwd_cursor_open(scan->paths.passwd, &preview->passwd);
}

static bool has_address(struct preview *preview, const char *name)
{
	struct vsee_passwd passwd;

	return preview->domain || preview->passwd.fd < 0 ||
	       (vsee_passwd_cursor_find(&preview->passwd, name, &passwd) == 0 &&
		strchr(passwd.gecos, '@'));
}

/* A mail goes out on the day on which another stage is reached; whatever is due today, today. */
static void count_mails(struct preview *preview, const struct target *target)
{
	const struct vsee_rules *rules = &target->subject.section->rules;
	const vsee_day left = target->judgement.days_left;
	bool reminded = false;

	if (rules->mode < VSEE_MODE_REMIND || left >= VSEE_NEVER)
		return;
	for (vsee_day day = 0; day < PREVIEW_MAIL_DAYS; day++) {
		const vsee_day stage = vsee_remind_stage(rules, left - day);

		if (stage == VSEE_UNSET ||
		    (day > 0 && stage == vsee_remind_stage(rules, left - day + 1)))
			continue;
		preview->mails[day]++;
		reminded = true;
	}
	if ((reminded || left >= PREVIEW_MAIL_DAYS) && rules->stage_count > 0 &&
	    !has_address(preview, target->subject.shadow.name))
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
	vsee_passwd_cursor_clear(&preview->passwd);
	queue_clear(&preview->soonest);
}

enum exit_code preview_run(const struct options *options)
{
	CLEANUP(preview_clear)
	struct preview preview = {
		.view = {.begin = begin, .add = add, .end = end},
		.passwd = {.fd = -1   },
	};

	return scan_view(options, &preview.view);
}
