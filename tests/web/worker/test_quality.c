/* Every error of libpwquality is a criterion that the page shows, or a fault of the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pwquality.h>

#include "base/cleanup.h"
#include "quality.h"

static const int faults[] = {
	PWQ_ERROR_FATAL_FAILURE,     PWQ_ERROR_INTEGER,		PWQ_ERROR_CFGFILE_OPEN,
	PWQ_ERROR_CFGFILE_MALFORMED, PWQ_ERROR_UNKNOWN_SETTING, PWQ_ERROR_NON_INT_SETTING,
	PWQ_ERROR_NON_STR_SETTING,   PWQ_ERROR_MEM_ALLOC,	PWQ_ERROR_RNG,
	PWQ_ERROR_GENERATION_FAILED,
};

static bool is_fault(int error)
{
	for (size_t i = 0; i < COUNT(faults); i++)
		if (faults[i] == error)
			return true;
	return false;
}

static void every_error_has_its_criterion(void **state)
{
	(void)state;
	for (int error = PWQ_ERROR_MAX_SEQUENCE; error < PWQ_ERROR_SUCCESS; error++)
		assert_int_equal(quality_criterion(error) == CRITERION_COUNT, is_fault(error));
	assert_int_equal(quality_criterion(PWQ_ERROR_MIN_LENGTH), CRITERION_LENGTH);
	assert_int_equal(quality_criterion(PWQ_ERROR_CRACKLIB_CHECK), CRITERION_COMMON);
	assert_int_equal(quality_criterion(PWQ_ERROR_TOO_SIMILAR), CRITERION_DIFFERENT);
	/* One of a newer library: nobody knows what it means, so nothing passes. */
	assert_int_equal(quality_criterion(-1000), CRITERION_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_error_has_its_criterion)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
