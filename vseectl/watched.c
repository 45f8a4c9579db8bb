#include "watched.h"

#include <string.h>

#include "base/cleanup.h"

#define TAG "pam_vsee_expire("

struct span {
	const char *text;
	size_t size;
};

static bool starts(const struct span *span, const char *with)
{
	const size_t size = strlen(with);

	return span->size >= size && memcmp(span->text, with, size) == 0;
}

static bool is(const struct span *span, const char *text)
{
	return span->size == strlen(text) && starts(span, text);
}

static void skip(struct span *span, size_t count)
{
	span->text += count;
	span->size -= count;
}

/* What comes before the byte, which is taken too; all that is left where it does not come. */
static struct span take(struct span *rest, char until)
{
	const char *found = memchr(rest->text, until, rest->size);
	const struct span taken = {rest->text, found ? (size_t)(found - rest->text) : rest->size};

	skip(rest, taken.size + (found ? 1 : 0));
	return taken;
}

static bool is_printable(const struct span *span)
{
	for (size_t i = 0; i < span->size; i++)
		if (span->text[i] < '!' || span->text[i] > '~')
			return false;
	return span->size > 0;
}

static bool copy(const struct span *span, char *ret_text, size_t size)
{
	if (span->size == 0 || span->size >= size)
		return false;
	memcpy(ret_text, span->text, span->size);
	ret_text[span->size] = '\0';
	return true;
}

/* "2026-11-22T18:31:39+0000", or "Nov 22 18:31:39" and "Nov  2 18:31:39". */
static bool take_time(struct span *rest, char *ret_time)
{
	struct span time = {rest->text, 15};

	if (rest->size > 16 && rest->text[3] == ' ' && rest->text[15] == ' ') {
		for (size_t i = 0; i < time.size; i++)
			if (time.text[i] < ' ' || time.text[i] > '~')
				return false;
		skip(rest, 16);
		return copy(&time, ret_time, WATCHED_TIME_SIZE);
	}
	time = take(rest, ' ');
	return is_printable(&time) && time.text[0] >= '0' && time.text[0] <= '9' &&
	       copy(&time, ret_time, WATCHED_TIME_SIZE);
}

/* "HOST PROGRAM[PID]: " and then our tag at once: whatever stands further on is somebody's text. */
static bool take_source(struct span *rest)
{
	const struct span host = take(rest, ' ');
	const struct span program = take(rest, ' ');

	return is_printable(&host) && is_printable(&program) &&
	       program.text[program.size - 1] == ':' && !starts(&program, TAG) && starts(rest, TAG);
}

static bool good_service(const struct span *service)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_.@-";

	for (size_t i = 0; i < service->size; i++)
		if (!memchr(good, service->text[i], sizeof(good) - 1))
			return false;
	return service->size > 0;
}

/* "(SERVICE:account): " */
static bool take_tag(struct span *rest, struct span *ret_service)
{
	skip(rest, strlen(TAG));

	const struct span service = take(rest, ':');
	const struct span phase = take(rest, ' ');

	*ret_service = service;
	return good_service(&service) && is(&phase, "account):");
}

enum key { KEY_USER, KEY_SERVICE, KEY_PHASE, KEY_MODE, KEY_VERDICT, KEY_WOULD, KEY_COUNT };

/* Each key once; a key that we don't know is a newer module's. */
static bool take_values(struct span *rest, struct span values[KEY_COUNT])
{
	static const char *const keys[KEY_COUNT] = {"user", "service", "phase",
						    "mode", "verdict", "would"};

	while (rest->size > 0) {
		struct span value = take(rest, ' ');
		const struct span key = take(&value, '=');

		if (!is_printable(&key) || !is_printable(&value) ||
		    key.text + key.size + 1 != value.text)
			return false;
		for (size_t i = 0; i < KEY_COUNT; i++) {
			if (!is(&key, keys[i]))
				continue;
			if (values[i].text)
				return false;
			values[i] = value;
		}
	}
	return values[KEY_USER].text && values[KEY_VERDICT].text;
}

/* A word that we do not know is no outcome that we could count. */
static bool find_outcome(const struct span values[KEY_COUNT], enum vsee_login *ret_outcome)
{
	const struct span *verdict = &values[KEY_VERDICT], *would = &values[KEY_WOULD];

	*ret_outcome = is(verdict, vsee_verdict_name(VSEE_MUST_CHANGE)) ||
				       is(verdict, vsee_verdict_name(VSEE_INACTIVE))
			       ? VSEE_LOGIN_REPORT
			       : VSEE_LOGIN_ALLOW;
	if (!would->text)
		return true;
	for (int login = VSEE_LOGIN_IGNORE; login < VSEE_LOGIN_FAULT; login++) {
		if (!is(would, vsee_login_name((enum vsee_login)login)))
			continue;
		*ret_outcome = (enum vsee_login)login;
		return vsee_login_refuses(*ret_outcome);
	}
	return false;
}

bool watched_parse(const char *text, size_t size, struct watched_line *ret_line)
{
	struct span rest = {text, size}, service, values[KEY_COUNT] = {0};
	struct watched_line line = {0};

	if (!take_time(&rest, line.time) || !take_source(&rest) || !take_tag(&rest, &service) ||
	    !take_values(&rest, values) || !is(&values[KEY_MODE], "watch") ||
	    !is(&values[KEY_PHASE], "account"))
		return false;
	if (values[KEY_SERVICE].size != service.size ||
	    memcmp(values[KEY_SERVICE].text, service.text, service.size) != 0 ||
	    !copy(&service, line.service, sizeof(line.service)) ||
	    !copy(&values[KEY_USER], line.user, sizeof(line.user)) || !vsee_name_valid(line.user) ||
	    !find_outcome(values, &line.outcome))
		return false;
	*ret_line = line;
	return true;
}
