#include "world.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "clock.h"
#include "sandbox.h"
#include "store/candidate.h"
#include "store/config.h"
#include "store/records.h"
#include "store/scanday.h"

#define SETTING "$6$rounds=1000$vseeexpiretests$"

static const char *module;
static char old_hash[VSEE_HASH_SIZE];

const struct person world_valid = {.last_change = TODAY - 10};
const struct person world_expired = {.last_change = TODAY - LIFETIME};

static int open_folder(const char *path)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		sandbox_fail(path);
	return fd;
}

const char *world_hash(const char *password)
{
	static char hash[VSEE_HASH_SIZE];
	autocandidate struct vsee_candidate candidate = {.password = password};
	const char *made;

	if (vsee_candidate_hash(&candidate, SETTING, false, &made) < 0)
		sandbox_fail("crypt");
	strcpy(hash, made);
	return hash;
}

void world_begin(const char *path)
{
	module = path;
	/* Stays loaded: libpam forgets who left data when the service of a handle changes. */
	if (!dlopen(path, RTLD_NOW | RTLD_NODELETE))
		sandbox_fail(dlerror());
	strcpy(old_hash, world_hash(OLD));
	sandbox_write("/etc/nsswitch.conf", 0644, "passwd: files\nshadow: files\ngroup: files\n");
	sandbox_write("/etc/login.defs", 0644, "UID_MIN 1000\nUID_MAX 60000\n");
	sandbox_write("/etc/machine-id", 0444, "0123456789abcdef0123456789abcdef\n");
	sandbox_write("/etc/passwd", 0644,
		      "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
		      "alice:x:1001:1001:Alice:/:/bin/sh\nbob:x:1002:1002:Bob:/:/bin/sh\n"
		      "robot:x:1003:1003::/:/bin/sh\nghost:x:1004:1004:no shadow line:/:/bin/sh\n");
	sandbox_write("/etc/group", 0644, "root:x:0:\nrobots:x:2000:robot\n");
	sandbox_mkdir("/etc/security", 0755);
	sandbox_mkdir("/etc/vsee-expire", 0755);
	sandbox_mkdir(WORLD_STACKS, 0755);
	world_stack("other", "auth required pam_deny.so\n", "");
}

static void write_shadow(const struct person *alice)
{
	const vsee_day max_days = alice->max_days ? alice->max_days : LIFETIME;
	const bool locked = alice->field && strcmp(alice->field, "!") == 0;
	char inactive[24] = "", expire[24] = "", text[4096];

	if (alice->inactive_days > 0)
		(void)snprintf(inactive, sizeof(inactive), "%lld", (long long)alice->inactive_days);
	if (alice->expire > 0)
		(void)snprintf(expire, sizeof(expire), "%lld", (long long)alice->expire);
	(void)snprintf(text, sizeof(text),
		       "root:%s:%lld:0:99999:7:::\n"
		       "alice:%s%s:%lld:0:%lld:7:%s:%s:\n"
		       "bob:%s:%lld:0:99999:7:::\nrobot:%s:%lld:0:60:7:::\n",
		       old_hash, (long long)TODAY, locked ? "!" : "",
		       alice->field && !locked ? alice->field : old_hash,
		       alice->zeroed ? 0 : (long long)alice->last_change, (long long)max_days,
		       inactive, expire, old_hash, (long long)TODAY - 10, old_hash,
		       (long long)TODAY - 400);
	sandbox_write("/etc/shadow", 0640, text);
}

/* As scan leaves it: enrolled, told, and shadow's max mirrored. */
static void write_state(const struct person *alice)
{
	autoaccount struct vsee_account account = vsee_account_empty(ALICE, ALICE_UID);
	struct vsee_enrolment *enrolment = &account.enrolment;

	strcpy(account.shadow_hash, old_hash);
	account.seen = TODAY - 1000;
	enrolment->enrolled = true;
	enrolment->known_change = alice->last_change;
	enrolment->lifetime = LIFETIME;
	enrolment->deadline = alice->last_change + LIFETIME;
	enrolment->reason = VSEE_REASON_LIFETIME;
	enrolment->told = alice->untold ? VSEE_UNSET : enrolment->deadline;
	enrolment->zero = alice->zeroed ? VSEE_MIRROR_DONE : VSEE_MIRROR_NONE;
	enrolment->before_change = alice->zeroed ? alice->last_change : VSEE_UNSET;
	enrolment->mirror = VSEE_MIRROR_DONE;
	enrolment->mirror_max = LIFETIME;
	enrolment->mirror_warn = 7;
	enrolment->before_max = 99999;
	enrolment->before_warn = 7;
	world_save(&account);
}

void world_publish(const char *policy)
{
	autoclose int state_fd = open_folder(WORLD_STATE);
	struct vsee_paths paths;
	struct vsee_config config;
	char text[2048];

	(void)snprintf(text, sizeof(text),
		       "[policy]\n%s\n[exempt]\ngroups = robots\n[web]\n"
		       "base_url = https://pw.example.com:9443/\n"
		       "support = https://help.example.com/\n",
		       policy);
	sandbox_write("/etc/vsee-expire/vsee-expire.conf", 0644, text);
	if (vsee_paths_init("", WORLD_STATE, &paths) < 0 ||
	    vsee_config_read(&paths, 0, &config) < 0)
		sandbox_fail(policy);
	if (vsee_policy_publish(state_fd, &config.policy) < 0)
		sandbox_fail("publish");
	vsee_config_clear(&config);
}

void world_make(const struct person *alice, const char *policy)
{
	struct vsee_scanday scanday = {.last_scan = TODAY, .noted = VSEE_UNSET};

	clock_set(TODAY);
	sandbox_remove(WORLD_STATE);
	sandbox_mkdir(WORLD_STATE, 0755);
	sandbox_mkdir(WORLD_STATE "/accounts", 0700);

	autoclose int state_fd = open_folder(WORLD_STATE);

	if (alice->last_scan)
		scanday.last_scan = alice->last_scan;
	if (vsee_scanday_save(state_fd, &scanday) < 0)
		sandbox_fail("scan day");
	write_shadow(alice);
	if (!alice->unknown)
		write_state(alice);
	world_publish(policy);
}

void world_stack(const char *service, const char *text, const char *arguments)
{
	char path[256], line[8192];
	size_t size = 0;

	for (; *text; text++) {
		const size_t left = sizeof(line) - size;

		if (*text == '@')
			size += (size_t)snprintf(line + size, left, "%s state=" WORLD_STATE,
						 module);
		else if (*text == '#')
			size += (size_t)snprintf(line + size, left, "%s", arguments);
		else
			size += (size_t)snprintf(line + size, left, "%c", *text);
		if (size >= sizeof(line))
			sandbox_fail("stack too long");
	}
	(void)snprintf(path, sizeof(path), WORLD_STACKS "/%s", service);
	sandbox_write(path, 0644, line);
}

void world_load(struct vsee_account *ret_account)
{
	autoclose int fd = open_folder(WORLD_STATE "/accounts");
	enum vsee_account_news news;

	if (vsee_account_load(fd, 0, ALICE, ALICE_UID, ret_account, &news) < 0 ||
	    (news != VSEE_ACCOUNT_GOOD && news != VSEE_ACCOUNT_NEW))
		sandbox_fail("state");
}

void world_save(const struct vsee_account *account)
{
	autoclose int fd = open_folder(WORLD_STATE "/accounts");

	if (vsee_account_save(fd, account, VSEE_ACCOUNT_GOOD) < 0)
		sandbox_fail("save");
}

void world_remember_hash(const char *hash, vsee_day replaced)
{
	autoaccount struct vsee_account account;
	struct vsee_entry *entries;

	world_load(&account);
	entries = realloc(account.entries, (account.entry_count + 1) * sizeof(*entries));
	if (!entries)
		sandbox_fail("entries");
	account.entries = entries;
	entries[account.entry_count++] =
		(struct vsee_entry){.replaced = replaced, .hash = strdup(hash)};
	world_save(&account);
}

void world_remember(const char *password, vsee_day replaced)
{
	world_remember_hash(world_hash(password), replaced);
}

const char *world_field(const char *user)
{
	static char field[VSEE_HASH_SIZE];
	struct vsee_shadow shadow;

	field[0] = '\0';
	if (vsee_shadow_find("/etc/shadow", user, &shadow, NULL, NULL) == 0)
		strcpy(field, shadow.hash);
	return field;
}

int world_count(const char *path)
{
	DIR *folder = opendir(path);
	int count = -2;

	if (!folder)
		sandbox_fail(path);
	while (readdir(folder))
		count++;
	(void)closedir(folder);
	return count;
}
