#include "store/candidate.h"

#include <crypt.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/setting.h"

#define MEMORY_SLACK (UINT64_C(8) << 20) /* huge pages, and what the methods take besides */

void vsee_candidate_clear(struct vsee_candidate *candidate)
{
	if (candidate->work)
		explicit_bzero(candidate->work, sizeof(*candidate->work));
	free(candidate->work);
	explicit_bzero(candidate, sizeof(*candidate));
}

/*
 * libxcrypt says EINVAL where yescrypt finds no memory, as for a malformed hash. The limits are the
 * caller's: with ulimit -v somebody could have an old password passed over that way.
 */
static bool memory_short(const char *setting)
{
	const uint64_t needed = vsee_setting_memory(setting);
	const uint64_t size = needed + MEMORY_SLACK;
	void *probe;

	if (needed == 0 || size > SIZE_MAX)
		return needed > 0;
	probe = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (probe == MAP_FAILED)
		return true;
	(void)munmap(probe, (size_t)size); /* was never touched */
	return false;
}

static bool run_crypt(struct vsee_candidate *candidate, const char *setting)
{
	const char *made;

	candidate->hashings++;
	errno = 0;
	made = crypt_r(candidate->password, setting, candidate->work);
	/* "*0" and "*1" are crypt(3)'s failures; taken for hashes they would equal one another. */
	return made && made[0] != '*' && made[0] != '\0';
}

/* The hash stands in candidate->work until the next one. */
static int make_hash(struct vsee_candidate *candidate, const char *setting)
{
	if (!candidate->work) {
		candidate->work = calloc(1, sizeof(*candidate->work));
		if (!candidate->work)
			return -ENOMEM;
	}
	/* Twice: there may be memory now, and have been none a moment ago. */
	for (int i = 0; i < 2; i++) {
		if (run_crypt(candidate, setting))
			return 0;
		if (errno == ENOMEM || memory_short(setting))
			return -ENOMEM;
		if (vsee_setting_memory(setting) == 0)
			break;
	}
	return -EOPNOTSUPP;
}

int vsee_candidate_hash(struct vsee_candidate *candidate, const char *setting, bool memo,
			const char **ret_hash)
{
	struct vsee_hashing *hashing = &candidate->memo[candidate->memo_count];
	int r;

	for (size_t i = 0; memo && i < candidate->memo_count; i++) {
		if (strcmp(candidate->memo[i].setting, setting) == 0) {
			*ret_hash = candidate->memo[i].hash;
			return 0;
		}
	}
	r = make_hash(candidate, setting);
	if (r < 0)
		return r;
	*ret_hash = candidate->work->output;
	if (!memo || candidate->memo_count == VSEE_CANDIDATE_MEMO ||
	    strlen(setting) >= sizeof(hashing->setting))
		return 0;

	strcpy(hashing->setting, setting);
	strcpy(hashing->hash, candidate->work->output);
	candidate->memo_count++;
	*ret_hash = hashing->hash;
	return 0;
}

/*
 * Under one setting all hashes are of one length, whatever the password. Not so where crypt(3)
 * takes a longer traditional hash for bigcrypt, which grows with the password.
 */
static bool cut_short(const char *hash, const char *made)
{
	return hash[0] == '$' && strlen(hash) != strlen(made);
}

int vsee_candidate_verify(struct vsee_candidate *candidate, const char *hash)
{
	const char *made = NULL;
	int r;

	if (hash[0] == '!')
		hash++;
	r = vsee_candidate_hash(candidate, hash, false, &made);
	if (r < 0)
		return r;
	if (cut_short(hash, made))
		return -EOPNOTSUPP;
	return vsee_hash_equal(made, hash) ? 1 : 0;
}

bool vsee_hash_equal(const char *a, const char *b)
{
	const size_t size = strlen(a);
	volatile unsigned char difference = 0; /* volatile: no early end by optimisation */

	if (strlen(b) != size)
		return false;
	for (size_t i = 0; i < size; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return difference == 0;
}
