/* What a new password must be, from the same settings that the worker checks it by. */
#include "html.h"
#include "page_parts.h"
#include "texts.h"

struct item {
	const char *rule; /* the script's name for it; NULL: the server alone checks it */
	enum text one, many;
};

/* clang-format off */
static const struct item items[] = {
	[CRITERION_LENGTH] = {"length", TEXT_LENGTH, TEXT_LENGTH},
	[CRITERION_LONG] = {"long", TEXT_LONG, TEXT_LONG},
	[CRITERION_DIGIT] = {"digit", TEXT_DIGIT, TEXT_DIGITS},
	[CRITERION_UPPER] = {"upper", TEXT_UPPER, TEXT_UPPERS},
	[CRITERION_LOWER] = {"lower", TEXT_LOWER, TEXT_LOWERS},
	[CRITERION_OTHER] = {"other", TEXT_OTHER, TEXT_OTHERS},
	[CRITERION_CLASSES] = {"classes", TEXT_CLASSES, TEXT_CLASSES},
	[CRITERION_REPEAT] = {"repeat", TEXT_REPEAT, TEXT_REPEAT},
	[CRITERION_CLASS_REPEAT] = {"classRepeat", TEXT_CLASS_REPEAT, TEXT_CLASS_REPEAT},
	[CRITERION_SEQUENCE] = {"sequence", TEXT_SEQUENCE, TEXT_SEQUENCE},
	[CRITERION_NAME] = {"name", TEXT_NAME, TEXT_NAME},
	[CRITERION_DIFFERENT] = {"different", TEXT_DIFFERENT, TEXT_DIFFERENT_BY},
	[CRITERION_COMMON] = {NULL, TEXT_COMMON, TEXT_COMMON},
	[CRITERION_REMEMBERED] = {NULL, TEXT_REMEMBERED_ONE, TEXT_REMEMBERED},
};
/* clang-format on */

/* The number in an item's words; 0 where there is none. A credit below 0 demands so many. */
static unsigned number_of(const struct strength *strength, enum criterion criterion)
{
	const int numbers[CRITERION_COUNT] = {
		[CRITERION_LENGTH] = strength->min_length,
		[CRITERION_LONG] = STRENGTH_BYTES_MAX,
		[CRITERION_DIGIT] = -strength->digit_credit,
		[CRITERION_UPPER] = -strength->upper_credit,
		[CRITERION_LOWER] = -strength->lower_credit,
		[CRITERION_OTHER] = -strength->other_credit,
		[CRITERION_CLASSES] = strength->classes,
		[CRITERION_REPEAT] = strength->repeat,
		[CRITERION_CLASS_REPEAT] = strength->class_repeat,
		[CRITERION_SEQUENCE] = strength->sequence,
		[CRITERION_DIFFERENT] = strength->different,
		[CRITERION_REMEMBERED] = (int)strength->remember, /* 400 at most */
	};

	return numbers[criterion] > 0 ? (unsigned)numbers[criterion] : 0;
}

void page_criterion(FILE *stream, const struct page *page, enum criterion criterion)
{
	const unsigned number = number_of(&page->site->strength, criterion);
	const enum text text = number <= 1 ? items[criterion].one : items[criterion].many;

	html_say(stream, text_in(page->language, text), number);
}

/* Whether the person finds it in the list: a length that nobody reaches would only puzzle. */
static bool is_shown(const struct page *page, enum criterion criterion)
{
	return criterion != CRITERION_LONG || page->unmet & CRITERION_BIT(criterion);
}

static void put_item(FILE *stream, const struct page *page, enum criterion criterion)
{
	const struct item *item = &items[criterion];
	const bool unmet = page->unmet & CRITERION_BIT(criterion);
	/* A one-time link stands for the current password, which is not known then. */
	const bool on_server =
		!item->rule || (criterion == CRITERION_DIFFERENT && page->kind == PAGE_LINK_FORM);

	html_put(stream, unmet ? "<li class=\"rule unmet\"" : "<li class=\"rule\"");
	if (!on_server)
		html_put(stream, " data-rule=\"%s\"", item->rule);
	if (!is_shown(page, criterion))
		html_put(stream, " hidden");
	html_put(stream,
		 "><span class=\"mark\" aria-hidden=\"true\"></span><span class=\"words\">");
	page_criterion(stream, page, criterion);
	html_put(stream, "</span>");
	if (on_server)
		html_put(stream, " <span class=\"note\">(%s)</span>",
			 text_in(page->language, TEXT_ON_SERVER));
	html_put(stream, " <span class=\"state visually-hidden\">");
	if (unmet)
		html_put(stream, "- %s", text_in(page->language, TEXT_NOT_MET));
	html_put(stream, "</span></li>\n");
}

static void put_setting(FILE *stream, const char *name, int value)
{
	html_put(stream, value < 0 ? " data-%s=\"-%u\"" : " data-%s=\"%u\"", name,
		 value < 0 ? 0U - (unsigned)value : (unsigned)value);
}

static void put_settings(FILE *stream, const struct strength *strength)
{
	put_setting(stream, "length", strength->min_length);
	put_setting(stream, "long", STRENGTH_BYTES_MAX);
	put_setting(stream, "digit", strength->digit_credit);
	put_setting(stream, "upper", strength->upper_credit);
	put_setting(stream, "lower", strength->lower_credit);
	put_setting(stream, "other", strength->other_credit);
	put_setting(stream, "classes", strength->classes);
	put_setting(stream, "repeat", strength->repeat);
	put_setting(stream, "class-repeat", strength->class_repeat);
	put_setting(stream, "sequence", strength->sequence);
	put_setting(stream, "different", strength->different);
	put_setting(stream, "name-part", strength->name_part);
}

void page_list(FILE *stream, const struct page *page)
{
	const uint32_t in_force = strength_criteria(&page->site->strength) | page->unmet;

	html_put(stream, "<h2 id=\"rules-title\">%s</h2>\n<ul id=\"rules\"",
		 text_in(page->language, TEXT_RULES));
	put_settings(stream, &page->site->strength);
	html_put(stream, " data-met=\"- %s\" data-unmet=\"- %s\">\n",
		 text_in(page->language, TEXT_MET), text_in(page->language, TEXT_NOT_MET));
	for (unsigned i = 0; i < CRITERION_COUNT; i++)
		if (in_force & CRITERION_BIT(i))
			put_item(stream, page, i);
	html_put(stream, "</ul>\n");
}
