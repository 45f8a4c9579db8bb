#include "policy/reuse.h"

size_t vsee_reuse_kept(const vsee_day *replaced, size_t count, unsigned remember, vsee_day lifetime,
		       vsee_day today)
{
	if (remember == 0)
		return 0;

	/* Where nothing ends a password, only the number counts. */
	const vsee_day window =
		lifetime > 0 && lifetime <= VSEE_DAY_MAX ? (vsee_day)remember * lifetime : 0;
	size_t kept = 0;

	while (kept < count && kept < VSEE_REMEMBER_MAX) {
		const vsee_day day = replaced[count - 1 - kept];

		/* An entry from a day that lies ahead (wrong clock) counts as young. */
		if (kept >= remember && (day == VSEE_UNSET || day <= today - window))
			break;
		kept++;
	}
	return kept;
}
