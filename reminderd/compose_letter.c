#include "compose_letter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "policy/link.h"
#include "store/syntax.h"

#define LINK_SIZE 2048 /* base_url with host names in it, and an escaped name */

/* What the texts may name, filled in once a letter. */
struct writing {
	const struct vsee_texts *texts;
	struct vsee_text_value values[5];
	struct letter *letter;
	int fault; /* the first one; nothing is added behind it */
};

static char *words(struct writing *writing, const char *name)
{
	char *text = NULL;

	if (writing->fault == 0)
		writing->fault = vsee_text_fill(writing->texts, "mail", name, writing->values,
						COUNT(writing->values), &text);
	return text;
}

/* Takes label and text over. An empty paragraph is one that the administrator took out. */
static void part_add(struct writing *writing, enum part_kind kind, char *label, char *text)
{
	struct letter *letter = writing->letter;

	if (!text || text[0] == '\0' || writing->fault < 0 || letter->count == PARTS_MAX) {
		free(label);
		free(text);
		return;
	}
	letter->parts[letter->count++] = (struct part){kind, label, text};
}

static void paragraph_add(struct writing *writing, enum part_kind kind, const char *name)
{
	part_add(writing, kind, NULL, words(writing, name));
}

static char *copy(struct writing *writing, const char *text)
{
	char *copied = strdup(text);

	if (!copied && writing->fault == 0)
		writing->fault = -ENOMEM;
	return copied;
}

static void fact_add(struct writing *writing, const char *name, const char *value)
{
	char *label = words(writing, name);

	part_add(writing, PART_FACT, label, label ? copy(writing, value) : NULL);
}

/* "one" where the language has a word for one thing; both languages have. */
static void lead_add(struct writing *writing, vsee_day days_left)
{
	const char *names[][2] = {{"subject.today", "lead.today"},
				  {"subject.one", "lead.one"},
				  {"subject.other", "lead.other"}};
	const char **form = names[days_left <= 0 ? 0 : days_left == 1 ? 1 : 2];

	writing->letter->subject = words(writing, form[0]);
	paragraph_add(writing, PART_PARAGRAPH, "greeting");
	paragraph_add(writing, PART_LEAD, form[1]);
}

static void link_add(struct writing *writing, int fault, const char *link)
{
	if (fault < 0)
		writing->fault = -EINVAL;
	else
		part_add(writing, PART_LINK, NULL, copy(writing, link));
}

static void change_add(struct writing *writing, const struct compose *compose,
		       const struct reminder *row)
{
	const char *url = compose->policy->base_url;
	char link[LINK_SIZE];

	if (url[0] == '\0') {
		paragraph_add(writing, PART_PARAGRAPH, "change.login");
		return;
	}
	paragraph_add(writing, PART_PARAGRAPH, "change.page");
	link_add(writing, vsee_link_format(url, compose->host, row->name, NULL, link, sizeof(link)),
		 link);
	paragraph_add(writing, PART_PARAGRAPH, "change.page_or");
}

static void help_add(struct writing *writing, const struct compose *compose)
{
	const char *url = compose->policy->support;
	const bool page = url[0] != '\0', reply = compose->policy->delivery.reply_to[0] != '\0';
	char link[LINK_SIZE];

	if (page) {
		paragraph_add(writing, PART_PARAGRAPH, "help.support");
		link_add(writing, vsee_link_expand(url, compose->host, link, sizeof(link)), link);
	}
	if (reply)
		paragraph_add(writing, PART_PARAGRAPH, page ? "help.reply" : "help.reply_only");
	else if (!page)
		paragraph_add(writing, PART_PARAGRAPH, "help.none");
	paragraph_add(writing, PART_SMALL, "automatic");
}

/* "month.11" and such. */
static int name_of(const struct vsee_texts *texts, const char *what, int number, char **ret_name)
{
	char key[32];

	(void)snprintf(key, sizeof(key), "%s.%d", what, number);
	return vsee_text_fill(texts, "date", key, NULL, 0, ret_name);
}

/* The instant at which the password ends, on this host's clock. */
static int date_write(const struct vsee_texts *texts, vsee_day deadline, char **ret_date)
{
	const time_t seconds = (time_t)deadline * VSEE_SECONDS_PER_DAY;
	char day[16], number[16], year[16], time[16];
	autofree char *month = NULL, *weekday = NULL;
	struct tm local;
	int r;

	if (deadline < 0 || deadline > VSEE_DAY_MAX * 2 || !localtime_r(&seconds, &local))
		return -EINVAL;
	r = name_of(texts, "month", local.tm_mon + 1, &month);
	if (r == 0)
		r = name_of(texts, "weekday", local.tm_wday == 0 ? 7 : local.tm_wday, &weekday);
	if (r < 0)
		return r;
	(void)snprintf(day, sizeof(day), "%d", local.tm_mday);
	(void)snprintf(number, sizeof(number), "%02d", local.tm_mon + 1);
	(void)snprintf(year, sizeof(year), "%d", local.tm_year + 1900);
	(void)snprintf(time, sizeof(time), "%02d:%02d", local.tm_hour, local.tm_min);

	const struct vsee_text_value values[] = {
		{"day", day},	{"month", month},	 {"number", number},   {"time", time},
		{"year", year}, {"zone", local.tm_zone}, {"weekday", weekday},
	};

	return vsee_text_fill(texts, "date", "format", values, COUNT(values), ret_date);
}

/* One line of UTF-8 without control characters: what may go into a header and a page. */
static bool values_good(const struct compose *compose, const struct reminder *row)
{
	const char *const values[] = {
		compose->policy->product,
		compose->policy->base_url,
		compose->policy->support,
		compose->policy->delivery.reply_to,
		compose->host,
		row->name,
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		if (!vsee_syntax_text(values[i], strlen(values[i])))
			return false;
	}
	return compose->policy->product[0] != '\0' && compose->host[0] != '\0' &&
	       row->name[0] != '\0';
}

int letter_write(const struct compose *compose, const struct reminder *row, vsee_day days_left,
		 struct letter *ret_letter)
{
	const struct vsee_texts *texts = compose->texts[row->language];
	const bool german = texts != compose->texts[VSEE_LANGUAGE_EN];
	autoletter struct letter letter = {.language = german ? "de" : "en"};
	autofree char *date = NULL;
	char days[24];
	int r = values_good(compose, row) ? date_write(texts, row->deadline, &date) : -EINVAL;

	if (r < 0)
		return r;
	(void)snprintf(days, sizeof(days), "%lld", (long long)days_left);

	struct writing writing = {
		.texts = texts,
		.values = {{"product", compose->policy->product},
			   {"host", compose->host},
			   {"login", row->name},
			   {"date", date},
			   {"days", days}},
		.letter = &letter,
	};

	lead_add(&writing, days_left);
	fact_add(&writing, "label.login", row->name);
	fact_add(&writing, "label.host", compose->host);
	fact_add(&writing, "label.until", date);
	change_add(&writing, compose, row);
	help_add(&writing, compose);
	if (writing.fault < 0)
		return writing.fault;
	*ret_letter = letter;
	letter = (struct letter){0};
	return 0;
}

void letter_clear(struct letter *letter)
{
	for (size_t i = 0; i < letter->count; i++) {
		free(letter->parts[i].label);
		free(letter->parts[i].text);
	}
	free(letter->subject);
	*letter = (struct letter){0};
}
