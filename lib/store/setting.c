#include "store/setting.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "store/candidate.h"

/* How a method writes its parameters between prefix and salt. */
enum shape {
	SHAPE_NONE,   /* $1$salt */
	SHAPE_ROUNDS, /* $6$rounds=N$salt, or $6$salt */
	SHAPE_FIELD,  /* $y$j9T$salt, $2b$12$salt */
	SHAPE_SCRYPT, /* $7$ and 11 characters, then the salt */
};

struct method {
	const char *prefix;
	int rank;
	enum shape shape;
	size_t fused_size; /* the hash follows the salt without a '$', in so many characters */
	uint64_t (*cost)(const char *parameters, size_t size); /* 0: can't be read */
};

#define SCRYPT_PARAMETERS_SIZE 11
#define ROUNDS "rounds="
#define BLOCK_SIZE UINT64_C(128) /* scrypt and yescrypt: N times r of them; RFC 7914, section 2 */
#define MEMORY_MAX (UINT64_C(4) << 30)

/* The value of a character in crypt(3)'s base 64; 64 for any other. */
static unsigned digit64(char c)
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (unsigned)(found - digits) : 64;
}

static uint64_t cost_rounds(const char *parameters, size_t size)
{
	const size_t skip = strlen(ROUNDS);
	int64_t rounds;

	if (size == 0)
		return 5000;
	if (size <= skip + 1 ||
	    vsee_number_parse(parameters + skip, size - skip - 1, 1, INT64_MAX, &rounds) < 0)
		return 0;
	return (uint64_t)rounds;
}

static uint64_t cost_bcrypt(const char *parameters, size_t size)
{
	int64_t logarithm;

	if (size != 3 || vsee_number_parse(parameters, 2, 4, 31, &logarithm) < 0)
		return 0;
	return (uint64_t)logarithm;
}

/* N times r, which is memory and time. From 48 on a digit starts a longer number: no sane cost. */
static uint64_t cost_yescrypt(const char *parameters, size_t size)
{
	if (size < 4 || parameters[0] != 'j')
		return 0;

	const unsigned n = digit64(parameters[1]), r = digit64(parameters[2]);

	return n < 48 && r < 48 ? (uint64_t)(r + 1) << (n + 1) : 0;
}

static uint64_t cost_scrypt(const char *parameters, size_t size)
{
	if (size != SCRYPT_PARAMETERS_SIZE)
		return 0;

	const unsigned n = digit64(parameters[0]);
	uint64_t r = 0;

	for (size_t i = 5; i >= 1; i--)
		r = r << 6 | (digit64(parameters[i]) & 63);
	return n < 32 ? r << n : 0;
}

static const struct method methods[] = {
	{"$1$", 1, SHAPE_NONE, 0, NULL},	   {"$5$", 2, SHAPE_ROUNDS, 0, cost_rounds},
	{"$6$", 3, SHAPE_ROUNDS, 0, cost_rounds},  {"$2a$", 4, SHAPE_FIELD, 31, cost_bcrypt},
	{"$2b$", 4, SHAPE_FIELD, 31, cost_bcrypt}, {"$2y$", 4, SHAPE_FIELD, 31, cost_bcrypt},
	{"$7$", 5, SHAPE_SCRYPT, 0, cost_scrypt},  {"$gy$", 6, SHAPE_FIELD, 0, cost_yescrypt},
	{"$y$", 7, SHAPE_FIELD, 0, cost_yescrypt},
};

static const struct method *find_method(const char *text)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (strncmp(text, methods[i].prefix, strlen(methods[i].prefix)) == 0)
			return &methods[i];
	return NULL;
}

/* How much of a setting or hash says method and cost: all before the salt. */
static size_t head_size(const char *text)
{
	const struct method *method = find_method(text);
	const char *last = strrchr(text, '$');

	if (!method) /* a method newer than this table, and a setting, not a hash */
		return last ? (size_t)(last + 1 - text) : 0;

	const size_t prefix = strlen(method->prefix);
	const char *end = strchr(text + prefix, '$');
	const size_t field = end ? (size_t)(end + 1 - text) : strlen(text);

	switch (method->shape) {
	case SHAPE_NONE:
		return prefix;
	case SHAPE_ROUNDS:
		return strncmp(text + prefix, ROUNDS, strlen(ROUNDS)) == 0 ? field : prefix;
	case SHAPE_FIELD:
		return field;
	case SHAPE_SCRYPT:
		return prefix + strnlen(text + prefix, SCRYPT_PARAMETERS_SIZE);
	}
	return prefix;
}

static uint64_t cost_of(const struct method *method, const char *text)
{
	const size_t prefix = strlen(method->prefix);

	return method->cost ? method->cost(text + prefix, head_size(text) - prefix) : 0;
}

int vsee_setting_compare(const char *a, const char *b)
{
	const struct method *ours = find_method(a), *theirs = find_method(b);
	const int ours_rank = ours ? ours->rank : 0, theirs_rank = theirs ? theirs->rank : 0;

	if (ours_rank != theirs_rank)
		return ours_rank > theirs_rank ? 1 : -1;
	if (!ours || !theirs)
		return 0;

	const uint64_t ours_cost = cost_of(ours, a), theirs_cost = cost_of(theirs, b);

	return (ours_cost > theirs_cost) - (ours_cost < theirs_cost);
}

uint64_t vsee_setting_memory(const char *setting)
{
	const struct method *method = find_method(setting);
	const bool takes = method && (method->cost == cost_yescrypt || method->cost == cost_scrypt);
	const uint64_t blocks = takes ? cost_of(method, setting) : 0;

	return blocks <= MEMORY_MAX / BLOCK_SIZE ? blocks * BLOCK_SIZE : 0;
}

bool vsee_setting_owns(const char *setting, const char *hash)
{
	const struct method *method = find_method(setting);
	const size_t size = strlen(setting);

	if (size == 0 || strncmp(setting, hash, size) != 0)
		return false;
	if (method && method->fused_size > 0)
		return strlen(hash + size) == method->fused_size;
	return hash[size] == '$';
}

/* The setting that crypt(3) would make by itself; salt: its random bytes, NULL for true ones. */
static int preferred_setting(const char *prefix, const char *salt, int salt_size,
			     char ret_setting[CRYPT_GENSALT_OUTPUT_SIZE])
{
	errno = 0;
	if (crypt_gensalt_rn(prefix, 0, salt, salt_size, ret_setting, CRYPT_GENSALT_OUTPUT_SIZE))
		return 0;
	return errno == EINVAL ? -EOPNOTSUPP : -EIO;
}

/*
 * The method and cost to use: ret_preferred, or those of the hash that is returned. NULL: the
 * preferred ones. A preferred method that we can't rank is newer than this table and stands.
 */
static const char *stronger_hash(const char *shadow_hash, const char *preferred)
{
	const char *hash = shadow_hash[0] == '!' ? shadow_hash + 1 : shadow_hash;

	if (!find_method(preferred) || vsee_setting_compare(hash, preferred) <= 0)
		return NULL;
	if (hash[head_size(hash)] == '\0') /* cut off before its salt: no setting begins so */
		return NULL;
	return crypt_checksalt(hash) == CRYPT_SALT_INVALID ? NULL : hash;
}

int vsee_setting_draw(const char *shadow_hash, char *ret_setting, size_t size)
{
	char salted[CRYPT_GENSALT_OUTPUT_SIZE];
	char drawn[VSEE_HASH_SIZE];
	int r = preferred_setting(crypt_preferred_method(), NULL, 0, salted);

	if (r < 0)
		return r;

	const char *hash = stronger_hash(shadow_hash, salted);

	if (hash) {
		r = preferred_setting(find_method(hash)->prefix, NULL, 0, salted);
		if (r < 0)
			return r;
	}
	const char *head = hash ? hash : salted;
	const int length = snprintf(drawn, sizeof(drawn), "%.*s%s", (int)head_size(head), head,
				    salted + head_size(salted));

	if (length < 0 || (size_t)length >= sizeof(drawn) || (size_t)length >= size)
		return -ERANGE;
	memcpy(ret_setting, drawn, (size_t)length + 1);
	return 0;
}

int vsee_setting_draw_cheap(char ret_setting[VSEE_SETTING_CHEAP_SIZE])
{
	errno = 0;
	if (crypt_gensalt_rn("$5$", 1000, NULL, 0, ret_setting, VSEE_SETTING_CHEAP_SIZE))
		return 0;
	return errno == EINVAL ? -EOPNOTSUPP : -EIO;
}

bool vsee_setting_current(const char *setting, const char *shadow_hash)
{
	static const char salt[64] = {0}; /* only method and cost are looked at */
	char preferred[CRYPT_GENSALT_OUTPUT_SIZE];

	if (preferred_setting(crypt_preferred_method(), salt, sizeof(salt), preferred) < 0)
		return false;

	const char *hash = stronger_hash(shadow_hash, preferred);
	const char *chosen = hash ? hash : preferred;
	const size_t size = head_size(chosen);

	return head_size(setting) == size && strncmp(setting, chosen, size) == 0 &&
	       setting[size] != '\0';
}
