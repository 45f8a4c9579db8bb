/*
 * Settings and hashes of crypt(3) as they may stand in shadow: an order that is one, a memory that
 * is bounded, and a hash belongs to a setting only if it begins with it. Two texts, a NUL between.
 */
#include <errno.h>
#include <string.h>

#include "store/candidate.h"
#include "store/records.h"
#include "store/setting.h"
#include "fuzz.h"

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void check(const char *a, const char *b)
{
	const int order = vsee_setting_compare(a, b);

	CHECK(vsee_setting_compare(a, a) == 0);
	CHECK(sign(order) == -sign(vsee_setting_compare(b, a)));
	CHECK(vsee_setting_memory(a) <= UINT64_C(4) << 30);
	if (vsee_setting_owns(a, b))
		CHECK(a[0] != '\0' && strncmp(a, b, strlen(a)) == 0 && strlen(b) > strlen(a));
	CHECK(!vsee_setting_owns("", b));
	if (vsee_setting_current(a, b))
		CHECK(strrchr(a, '$'));
}

int fuzz_run(const uint8_t *data, size_t size)
{
	char a[VSEE_HASH_SIZE], b[VSEE_HASH_SIZE], drawn[VSEE_HASH_SIZE];
	const uint8_t *const end = size > 0 ? memchr(data, '\0', size) : NULL;
	const size_t first = end ? (size_t)(end - data) : size;
	const size_t second = end ? strnlen((const char *)end + 1, size - first - 1) : 0;
	int r;

	if (first >= sizeof(a) || second >= sizeof(b))
		return 0;
	memcpy(a, data, first);
	a[first] = '\0';
	memcpy(b, end ? (const char *)end + 1 : "", second);
	b[second] = '\0';
	check(a, b);
	r = vsee_setting_draw(b, drawn, sizeof(drawn));
	CHECK(r == 0 || r == -ERANGE || r == -EOPNOTSUPP);
	if (r == 0) /* as strong as the hash there is, or stronger */
		CHECK(vsee_setting_current(drawn, b) && strlen(drawn) < sizeof(drawn));
	return 0;
}
