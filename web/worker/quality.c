#include "quality.h"

#include <errno.h>
#include <pwquality.h>

#include "base/cleanup.h"

/* clang-format off */
static const struct {
	int error;
	enum criterion criterion;
} errors[] = {
	{PWQ_ERROR_BAD_WORDS, CRITERION_COMMON},
	{PWQ_ERROR_CASE_CHANGES_ONLY, CRITERION_DIFFERENT},
	{PWQ_ERROR_CRACKLIB_CHECK, CRITERION_COMMON},
	{PWQ_ERROR_EMPTY_PASSWORD, CRITERION_LENGTH},
	{PWQ_ERROR_GECOS_CHECK, CRITERION_COMMON},
	{PWQ_ERROR_MAX_CLASS_REPEAT, CRITERION_CLASS_REPEAT},
	{PWQ_ERROR_MAX_CONSECUTIVE, CRITERION_REPEAT},
	{PWQ_ERROR_MAX_SEQUENCE, CRITERION_SEQUENCE},
	{PWQ_ERROR_MIN_CLASSES, CRITERION_CLASSES},
	{PWQ_ERROR_MIN_DIGITS, CRITERION_DIGIT},
	{PWQ_ERROR_MIN_LENGTH, CRITERION_LENGTH},
	{PWQ_ERROR_MIN_LOWERS, CRITERION_LOWER},
	{PWQ_ERROR_MIN_OTHERS, CRITERION_OTHER},
	{PWQ_ERROR_MIN_UPPERS, CRITERION_UPPER},
	{PWQ_ERROR_PALINDROME, CRITERION_COMMON},
	{PWQ_ERROR_ROTATED, CRITERION_DIFFERENT},
	{PWQ_ERROR_SAME_PASSWORD, CRITERION_DIFFERENT},
	{PWQ_ERROR_TOO_SIMILAR, CRITERION_DIFFERENT},
	{PWQ_ERROR_USER_CHECK, CRITERION_NAME},
};
/* clang-format on */

enum criterion quality_criterion(int error)
{
	for (size_t i = 0; i < COUNT(errors); i++)
		if (errors[i].error == error)
			return errors[i].criterion;
	return CRITERION_COUNT;
}

static void free_settings(pwquality_settings_t **settings)
{
	if (*settings)
		pwquality_free_settings(*settings);
}

/* The first error that libpwquality finds: it stops there. */
static int check_library(const char *user, const char *current, const char *fresh, uint32_t *unmet,
			 const char **ret_what)
{
	CLEANUP(free_settings) pwquality_settings_t *settings = pwquality_default_settings();
	enum criterion criterion;
	void *detail = NULL;
	int error;

	*ret_what = "libpwquality";
	if (!settings)
		return -ENOMEM;
	*ret_what = "pwquality.conf";
	if (pwquality_read_config(settings, NULL, &detail) < 0)
		return -EBADMSG;
	*ret_what = "libpwquality's check";
	error = pwquality_check(settings, fresh, current[0] ? current : NULL, user, &detail);
	if (error >= 0)
		return 0; /* a score */
	criterion = quality_criterion(error);
	if (criterion == CRITERION_COUNT)
		return -EIO;
	*unmet |= CRITERION_BIT(criterion);
	return 0;
}

int quality_check(unsigned remember, const char *user, const char *current, const char *fresh,
		  uint32_t *ret_unmet, const char **ret_what)
{
	struct strength strength;
	uint32_t unmet;
	int r = strength_load(remember, &strength, ret_what);

	if (r < 0)
		return r;
	unmet = strength_judge(&strength, fresh, current, user);
	/* Longer ones libpwquality need not see: pam_unix would take a part of them only. */
	if (!(unmet & CRITERION_BIT(CRITERION_LONG)))
		r = check_library(user, current, fresh, &unmet, ret_what);
	if (r == 0)
		*ret_unmet = unmet;
	return r;
}
