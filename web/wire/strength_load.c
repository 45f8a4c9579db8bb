#include <errno.h>
#include <pwquality.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "wire/strength.h"

static void free_settings(pwquality_settings_t **settings)
{
	if (*settings)
		pwquality_free_settings(*settings);
}

#define OF_FILE(text) "pwquality.conf: " text

/* Static text: libpwquality's own message may quote what stands in the file. */
static const char *say(int error)
{
	switch (error) {
	case PWQ_ERROR_CFGFILE_OPEN:
		return OF_FILE("it can't be read");
	case PWQ_ERROR_CFGFILE_MALFORMED:
		return OF_FILE("a line is too long");
	case PWQ_ERROR_UNKNOWN_SETTING:
		return OF_FILE("a setting is unknown");
	case PWQ_ERROR_INTEGER:
		return OF_FILE("a value is no number");
	default:
		return OF_FILE("libpwquality can't read it");
	}
}

static int get(pwquality_settings_t *settings, int setting)
{
	int value = 0;

	/* A setting that this libpwquality does not know is not in force. */
	(void)pwquality_get_int_value(settings, setting, &value);
	return value;
}

/* Below 0 these refuse from the second on, as 1 does. */
static int limit(int value)
{
	return value < 0 ? 1 : value;
}

static int at_least_0(int value)
{
	return value < 0 ? 0 : value;
}

static struct strength take(pwquality_settings_t *settings)
{
	const char *words = NULL;

	(void)pwquality_get_str_value(settings, PWQ_SETTING_BAD_WORDS, &words);
	return (struct strength){
		.min_length = get(settings, PWQ_SETTING_MIN_LENGTH),
		.digit_credit = get(settings, PWQ_SETTING_DIG_CREDIT),
		.upper_credit = get(settings, PWQ_SETTING_UP_CREDIT),
		.lower_credit = get(settings, PWQ_SETTING_LOW_CREDIT),
		.other_credit = get(settings, PWQ_SETTING_OTH_CREDIT),
		.classes = at_least_0(get(settings, PWQ_SETTING_MIN_CLASS)),
		.repeat = limit(get(settings, PWQ_SETTING_MAX_REPEAT)),
		.class_repeat = at_least_0(get(settings, PWQ_SETTING_MAX_CLASS_REPEAT)),
		.sequence = limit(get(settings, PWQ_SETTING_MAX_SEQUENCE)),
		.different = limit(get(settings, PWQ_SETTING_DIFF_OK)),
		.name = get(settings, PWQ_SETTING_USER_CHECK) != 0,
		.name_part = at_least_0(get(settings, PWQ_SETTING_USER_SUBSTR)),
		.common = get(settings, PWQ_SETTING_DICT_CHECK) != 0 ||
			  get(settings, PWQ_SETTING_GECOS_CHECK) != 0 || words,
	};
}

int strength_load_file(const char *path, unsigned remember, struct strength *ret_strength,
		       const char **ret_error)
{
	CLEANUP(free_settings) pwquality_settings_t *settings = pwquality_default_settings();
	void *detail = NULL;
	int r;

	if (!settings) {
		*ret_error = "out of memory";
		return -ENOMEM;
	}
	r = pwquality_read_config(settings, path, &detail);
	if (r < 0) {
		free(detail); /* the name of the setting, which nobody asks for here */
		*ret_error = say(r);
		return r == PWQ_ERROR_MEM_ALLOC ? -ENOMEM : -EINVAL;
	}
	*ret_strength = take(settings);
	ret_strength->remember = remember;
	return 0;
}

int strength_load(unsigned remember, struct strength *ret_strength, const char **ret_error)
{
	return strength_load_file(NULL, remember, ret_strength, ret_error);
}
