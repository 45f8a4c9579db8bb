#include "address.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "gecos.h"
#include "log.h"
#include "map.h"
#include "store/syntax.h"
#include "userdb.h"

struct addresses {
	const struct vsee_policy *policy;
	struct map map;
	struct userdb userdb;
};

/* What one account's sources are asked, and what they said so far. */
struct question {
	const struct addresses *addresses;
	const char *name;
	uid_t uid;
	const char *gecos;
	char *address;					  /* ADDRESS_SIZE bytes */
	enum vsee_language map_language, userdb_language; /* MAP_LANGUAGE_NONE: none */
	const char *why;				  /* for -EINVAL */
};

const char *address_fault(const char *text, size_t size)
{
	const char *at = size > 0 ? memrchr(text, '@', size) : NULL;

	if (vsee_syntax_address(text, size))
		return NULL;
	if (size == 0)
		return "no address";
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
			return "a control character in an address";
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] >= 0x80)
			return "international addresses are not supported";
	if (text[0] == '"')
		return "quoted addresses are not supported";
	if (at && at + 1 < text + size && at[1] == '[')
		return "addresses at an IP address are not supported";
	if (size > 254 || (at && at - text > 64))
		return "the address is too long";
	return "this is no address";
}

bool address_language(const char *text, size_t size, enum vsee_language *ret_language)
{
	static const struct {
		char name[3];
		enum vsee_language language;
	} languages[] = {{"de", VSEE_LANGUAGE_DE}, {"en", VSEE_LANGUAGE_EN}};

	for (size_t i = 0; i < COUNT(languages); i++) {
		if (size < 2 || memcmp(text, languages[i].name, 2) != 0 ||
		    (size > 2 && text[2] != '_' && text[2] != '.' && text[2] != '@' &&
		     text[2] != '-'))
			continue;
		*ret_language = languages[i].language;
		return true;
	}
	return false;
}

static int ask_map(struct question *question)
{
	const struct map_entry *entry = map_find(&question->addresses->map, question->name);

	if (!entry)
		return -ENOENT;
	question->why = entry->fault;
	if (entry->fault)
		return -EINVAL;
	question->map_language = entry->language;
	(void)snprintf(question->address, ADDRESS_SIZE, "%s", entry->address);
	return 0;
}

static int ask_userdb(struct question *question)
{
	struct userdb_record record;
	const int r = userdb_find(&question->addresses->userdb, question->name, question->uid,
				  &record, &question->why);

	if (r < 0)
		return r == -ENOENT ? r : -EINVAL;
	question->why = record.fault;
	(void)address_language(record.language, strlen(record.language),
			       &question->userdb_language);
	if (record.fault)
		return -EINVAL;
	if (!record.address[0])
		return -ENOENT;
	(void)snprintf(question->address, ADDRESS_SIZE, "%s", record.address);
	return 0;
}

static int ask_gecos(struct question *question)
{
	return gecos_find(question->gecos, question->address, &question->why);
}

static int ask_domain(struct question *question)
{
	const char *domain = question->addresses->policy->delivery.domain;
	char text[VSEE_NAME_SIZE + 256];
	const int size = snprintf(text, sizeof(text), "%s@%s", question->name, domain);

	if (!domain[0])
		return -ENOENT;
	question->why = "the user's name can't stand in an address";
	if (size < 0 || size >= ADDRESS_SIZE || !vsee_syntax_address(text, (size_t)size))
		return -EINVAL;
	memcpy(question->address, text, (size_t)size + 1);
	return 0;
}

/* By the words of [mail] addresses. */
static const struct source {
	const char *name;
	int (*ask)(struct question *question);
} sources[] = {
	{"domain", ask_domain},
	{"gecos", ask_gecos},
	{"map", ask_map},
	{"userdb", ask_userdb},
};

static bool is_source(const struct vsee_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->delivery.address_count; i++)
		if (strcmp(policy->delivery.addresses[i], name) == 0)
			return true;
	return false;
}

bool addresses_want_gecos(const struct addresses *addresses)
{
	return is_source(addresses->policy, "gecos");
}

static int load_map(const struct vsee_policy *policy, const char *root, uid_t owner,
		    struct map *map, uint64_t *ret_bad)
{
	char path[PATH_MAX];
	int r = -ENAMETOOLONG;

	if (!policy->delivery.map[0] || !is_source(policy, "map"))
		return 0;
	if (snprintf(path, sizeof(path), "%s%s", root, policy->delivery.map) < (int)sizeof(path))
		r = map_load(path, owner, map, ret_bad);
	if (r < 0)
		log_error("%s: %s", path,
			  r == -EPERM ? "others can write it, or it belongs to somebody else: mend "
					"owner and mode (root, 0644)"
				      : strerror(-r));
	return r;
}

int addresses_load(const struct vsee_policy *policy, const char *root, uid_t owner,
		   struct addresses **ret_addresses, uint64_t *ret_bad)
{
	struct addresses *addresses = calloc(1, sizeof(*addresses));
	uint64_t bad = 0;
	int r;

	if (!addresses)
		return -ENOMEM;
	addresses->policy = policy;
	r = load_map(policy, root, owner, &addresses->map, &bad);
	if (r == 0 && is_source(policy, "userdb"))
		r = userdb_open(root, owner, &addresses->userdb);
	if (r < 0) {
		addresses_free(addresses);
		return r;
	}
	*ret_addresses = addresses;
	*ret_bad = bad;
	return 0;
}

void addresses_free(struct addresses *addresses)
{
	if (!addresses)
		return;
	map_clear(&addresses->map);
	userdb_close(&addresses->userdb);
	free(addresses);
}

static int ask(const char *name, struct question *question)
{
	for (size_t i = 0; i < COUNT(sources); i++)
		if (strcmp(sources[i].name, name) == 0)
			return sources[i].ask(question);
	return -ENOENT;
}

static enum vsee_language choose_language(const struct question *question)
{
	if (question->map_language != MAP_LANGUAGE_NONE)
		return question->map_language;
	if (question->userdb_language != MAP_LANGUAGE_NONE)
		return question->userdb_language;
	return question->addresses->policy->language;
}

/* userdb may know the language of somebody whose address another source has. */
static void ask_language(struct question *question)
{
	struct userdb_record record;
	const char *why;

	if (question->map_language == MAP_LANGUAGE_NONE &&
	    question->userdb_language == MAP_LANGUAGE_NONE &&
	    userdb_find(&question->addresses->userdb, question->name, question->uid, &record,
			&why) == 0)
		(void)address_language(record.language, strlen(record.language),
				       &question->userdb_language);
}

int address_find(const struct addresses *addresses, const char *name, uid_t uid, const char *gecos,
		 char ret_address[ADDRESS_SIZE], enum vsee_language *ret_language,
		 char ret_why[ADDRESS_WHY_SIZE])
{
	const struct vsee_delivery *delivery = &addresses->policy->delivery;
	struct question question = {
		.addresses = addresses,
		.name = name,
		.uid = uid,
		.gecos = gecos,
		.address = ret_address,
		.map_language = MAP_LANGUAGE_NONE,
		.userdb_language = MAP_LANGUAGE_NONE,
	};
	int r = -ENOENT;

	ret_why[0] = '\0';
	for (size_t i = 0; i < delivery->address_count && r == -ENOENT; i++) {
		r = ask(delivery->addresses[i], &question);
		if (r != -ENOENT)
			(void)snprintf(ret_why, ADDRESS_WHY_SIZE, "%s%s%s", delivery->addresses[i],
				       r == 0 ? "" : ": ", r == 0 ? "" : question.why);
	}
	if (r == 0)
		ask_language(&question);
	*ret_language = choose_language(&question);
	return r;
}
