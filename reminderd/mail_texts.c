#include "mail_texts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log.h"

/* clang-format off */
const struct vsee_text_key mail_text_keys[] = {
	{"mail", "subject.today", "product", false},
	{"mail", "subject.one", "product days", false},
	{"mail", "subject.other", "product days", false},
	{"mail", "greeting", "product host login", true},
	{"mail", "lead.today", "product host login date", false},
	{"mail", "lead.one", "product host login date days", false},
	{"mail", "lead.other", "product host login date days", false},
	{"mail", "label.login", "", false},
	{"mail", "label.host", "", false},
	{"mail", "label.until", "", false},
	{"mail", "change.page", "product host login", false},
	{"mail", "change.page_or", "product host login", true},
	{"mail", "change.login", "product host login", false},
	{"mail", "help.support", "product host", false},
	{"mail", "help.reply", "product host", true},
	{"mail", "help.reply_only", "product host", true},
	{"mail", "help.none", "product host", true},
	{"mail", "automatic", "product host", true},
	{"date", "format", "weekday day month number year time zone", false},
	{"date", "weekday.1", "", false},
	{"date", "weekday.2", "", false},
	{"date", "weekday.3", "", false},
	{"date", "weekday.4", "", false},
	{"date", "weekday.5", "", false},
	{"date", "weekday.6", "", false},
	{"date", "weekday.7", "", false},
	{"date", "month.1", "", false},
	{"date", "month.2", "", false},
	{"date", "month.3", "", false},
	{"date", "month.4", "", false},
	{"date", "month.5", "", false},
	{"date", "month.6", "", false},
	{"date", "month.7", "", false},
	{"date", "month.8", "", false},
	{"date", "month.9", "", false},
	{"date", "month.10", "", false},
	{"date", "month.11", "", false},
	{"date", "month.12", "", false},
};
/* clang-format on */

const size_t mail_text_key_count = COUNT(mail_text_keys);

static void say_errors(const struct vsee_text_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct vsee_config_error *error = &errors->items[i];

		if (error->line > 0)
			log_error("%s:%u: %s", error->file, error->line, error->text);
		else
			log_error("%s: %s", error->file, error->text);
	}
}

/* With the files of paths (count, and room for a NULL), or, after a fault, with those before it. */
static int load(const char **paths, size_t count, uid_t owner, struct vsee_texts **ret_texts,
		unsigned *faults)
{
	for (;; count--) {
		CLEANUP(vsee_text_errors_clear) struct vsee_text_errors errors = {0};
		int r;

		paths[count] = NULL;
		r = vsee_texts_load(mail_text_keys, mail_text_key_count, mail_texts_english,
				    strlen(mail_texts_english), paths, owner, ret_texts, &errors);
		if (r != -EINVAL || count == 0)
			return r;
		say_errors(&errors);
		*faults += (unsigned)errors.count;
		log_warning("%s is left out until that is mended; mails go on with the words that "
			    "came before it",
			    paths[count - 1]);
	}
}

static int load_german(const char *shipped, const char *own, uid_t owner,
		       enum vsee_language language, struct mail_texts *texts)
{
	const char *paths[] = {shipped, own, NULL};

	if (access(shipped, F_OK) == 0)
		return load(paths, 2, owner, &texts->texts[VSEE_LANGUAGE_DE], &texts->faults);
	if (language == VSEE_LANGUAGE_DE)
		log_warning("%s: %s; mails are in English", shipped, strerrordesc_np(errno));
	texts->texts[VSEE_LANGUAGE_DE] = texts->texts[VSEE_LANGUAGE_EN];
	return 0;
}

int mail_texts_load(const char *root, const char *config_dir, uid_t owner,
		    enum vsee_language language, struct mail_texts *ret_texts)
{
	autofree char *shipped = NULL, *german = NULL, *english = NULL;
	struct mail_texts texts = {0};
	int r;

	if (asprintf(&shipped, "%s" VSEE_TEXTS_DIR "/de.ini", root) < 0)
		shipped = NULL;
	if (asprintf(&german, "%s/texts/de.ini", config_dir) < 0)
		german = NULL;
	if (asprintf(&english, "%s/texts/en.ini", config_dir) < 0)
		english = NULL;
	if (!shipped || !german || !english)
		return -ENOMEM;

	const char *paths[] = {english, NULL};

	r = load(paths, 1, owner, &texts.texts[VSEE_LANGUAGE_EN], &texts.faults);
	if (r == 0)
		r = load_german(shipped, german, owner, language, &texts);
	if (r < 0)
		mail_texts_clear(&texts);
	else
		*ret_texts = texts;
	return r;
}

void mail_texts_clear(struct mail_texts *texts)
{
	if (texts->texts[VSEE_LANGUAGE_DE] != texts->texts[VSEE_LANGUAGE_EN])
		vsee_texts_free(texts->texts[VSEE_LANGUAGE_DE]);
	vsee_texts_free(texts->texts[VSEE_LANGUAGE_EN]);
	*texts = (struct mail_texts){0};
}
