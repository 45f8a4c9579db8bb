#include "plan.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "backlog.h"
#include "base/cleanup.h"
#include "date.h"
#include "forecast.h"
#include "skip.h"
#include "target.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX 400
#define RUNS_A_DAY 96 /* of the timer */
#define MINUTES_A_DAY 1440

struct plan {
	struct view view; /* first: the view that scan hands back is this plan */
	size_t days;
	uint64_t mails[DAYS_MAX];
	uint64_t no_address;
	uint64_t watched;  /* accounts in mode watch, counted as if it were remind */
	uint64_t per_day;  /* the least of the limits; 0: none */
	const char *limit; /* which one that is */
	struct backlog_day backlog[DAYS_MAX];
};

static void begin(struct view *view, const struct scan *scan)
{
	(void)view;
	(void)scan;
}

static int add(struct view *view, const struct scan *scan, const struct target *target)
{
	struct plan *plan = (struct plan *)view;
	uint64_t unreached[DAYS_MAX] = {0};

	(void)scan;
	if (!target->subject.section || skip_verdict(target))
		return 0;
	plan->watched += target->subject.section->rules.mode == VSEE_MODE_WATCH;
	if (target->reach == REACH_GOOD)
		(void)forecast_add(target, VSEE_MODE_WATCH, plan->mails, plan->days);
	else
		plan->no_address += forecast_add(target, VSEE_MODE_WATCH, unreached, plan->days);
	return 0;
}

static void limit(struct plan *plan, const char *name, uint64_t per_day)
{
	if (per_day == 0 || (plan->per_day > 0 && plan->per_day <= per_day))
		return;
	plan->per_day = per_day;
	plan->limit = name;
}

static void find_limit(struct plan *plan, const struct scan *scan)
{
	const struct vsee_delivery *delivery = &scan->policy.delivery;

	limit(plan, "max_per_run", (uint64_t)delivery->max_per_run * RUNS_A_DAY);
	limit(plan, "max_per_minute", (uint64_t)delivery->max_per_minute * MINUTES_A_DAY);
	limit(plan, "quota", scan->options->quota > 0 ? (uint64_t)scan->options->quota : 0);
}

static void print_row(const struct plan *plan, size_t i, vsee_day today)
{
	const struct backlog_day *day = &plan->backlog[i];
	char date[DATE_SIZE];

	if (day->due == 0 && day->sent == 0)
		return;
	(void)printf("%-24s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "%s",
		     date_print(today + (vsee_day)i, date), day->due, day->sent, day->waiting,
		     day->late_days > 0 ? "  " : "");
	if (day->late_days > 0)
		(void)printf("over: the last of them up to %" PRIu64 " day%s late", day->late_days,
			     day->late_days == 1 ? "" : "s");
	(void)putchar('\n');
}

/* How long the greatest day takes at the pace that is allowed. */
static void print_pace(const struct plan *plan, const struct scan *scan)
{
	const unsigned per_minute = scan->policy.delivery.max_per_minute;
	uint64_t most = 0;

	for (size_t i = 0; i < plan->days; i++)
		most = plan->mails[i] > most ? plan->mails[i] : most;
	if (per_minute == 0 || most == 0)
		return;
	(void)printf("At %u a minute (max_per_minute) the greatest day takes %" PRIu64
		     " minutes%s.\n",
		     per_minute, (most + per_minute - 1) / per_minute,
		     most > (uint64_t)per_minute * MINUTES_A_DAY ? ", longer than a day" : "");
}

static uint64_t days_over(const struct plan *plan)
{
	uint64_t over = 0;

	for (size_t i = 0; i < plan->days; i++)
		over += plan->backlog[i].late_days > 0;
	return over;
}

static void print_text(const struct plan *plan, const struct scan *scan)
{
	const uint64_t over = days_over(plan);

	(void)printf("%-24s %10s %10s %10s\n", "DAY", "DUE", "SENT", "LEFT OVER");
	for (size_t i = 0; i < plan->days; i++)
		print_row(plan, i, scan->today);
	if (plan->per_day > 0)
		(void)printf("\nAt most %" PRIu64 " mail%s on a day (%s).\n", plan->per_day,
			     plan->per_day == 1 ? " leaves" : "s leave", plan->limit);
	else
		(void)printf("\nNothing limits how many mails leave on a day.\n");
	if (over > 0)
		(void)printf("%" PRIu64 " %s over it. Who is mailed late may miss a stage; "
			     "raise the limit, or give spread_days.\n",
			     over, over == 1 ? "day is" : "days are");
	print_pace(plan, scan);
	(void)printf("%" PRIu64 " would be reminded, but have no address.\n", plan->no_address);
	if (plan->watched > 0)
		(void)printf("%" PRIu64 " of the accounts are in mode watch: nothing goes to them "
			     "before mode remind.\n",
			     plan->watched);
	if (!vsee_policy_mails(&scan->policy))
		(void)printf("[mail] smtp is not set: no mail is sent, people are told at "
			     "login.\n");
}

static json_t *days_array(const struct plan *plan, vsee_day today)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->days; i++) {
		const struct backlog_day *day = &plan->backlog[i];
		const json_int_t date = today + (vsee_day)i;

		(void)json_array_append_new(
			array, json_pack("{s:I, s:I, s:I, s:I, s:I}", "day", date, "due",
					 (json_int_t)day->due, "sent", (json_int_t)day->sent,
					 "waiting", (json_int_t)day->waiting, "late_days",
					 (json_int_t)day->late_days));
	}
	return array;
}

static void print_json(const struct plan *plan, const struct scan *scan)
{
	json_t *object = json_pack(
		"{s:o, s:I, s:s?, s:I, s:I, s:I, s:b}", "days", days_array(plan, scan->today),
		"per_day", (json_int_t)plan->per_day, "limit", plan->limit, "days_over",
		(json_int_t)days_over(plan), "no_address", (json_int_t)plan->no_address, "watched",
		(json_int_t)plan->watched, "mail", (int)vsee_policy_mails(&scan->policy));

	if (object)
		(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}

static enum exit_code end(struct view *view, const struct scan *scan)
{
	struct plan *plan = (struct plan *)view;

	find_limit(plan, scan);
	backlog_run(plan->mails, plan->days, plan->per_day, plan->backlog);
	if (scan->options->json)
		print_json(plan, scan);
	else
		print_text(plan, scan);
	return scan->failed > 0 ? EXIT_SOME : EXIT_GOOD;
}

enum exit_code plan_run(const struct options *options)
{
	autofree struct plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return EXIT_FILES;
	plan->view = (struct view){.addresses = true, .begin = begin, .add = add, .end = end};
	plan->days = options->days > 0 ? (size_t)options->days : DAYS_DEFAULT;
	return scan_view(options, &plan->view);
}
