#include "store/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/file.h"
#include "store/candidate.h"

/* Step results: 0 goes on, 1 ends early (nothing more to know), negative errno is a fault. */
#define ENOUGH 1

static bool known_hash(const struct vsee_subject *subject)
{
	const char *hash = subject->shadow.hash;

	if (hash[0] == '!')
		hash++;
	return subject->account.shadow_hash[0] &&
	       vsee_hash_equal(hash, subject->account.shadow_hash);
}

void vsee_subject_refresh(struct vsee_subject *subject, vsee_day today)
{
	subject->facts = (struct vsee_facts){
		.rules = subject->section ? &subject->section->rules : NULL,
		.shadow = subject->shadow.aging,
		.state = subject->account.enrolment,
		.hash_known = known_hash(subject),
		.account_digest = vsee_digest(subject->shadow.name, strlen(subject->shadow.name)),
		.last_scan = subject->scanday.last_scan,
		.today = today,
	};
}

static int load_policy(int state_fd, uid_t owner, struct vsee_subject *subject,
		       const char **ret_what)
{
	const int r = vsee_policy_load(state_fd, owner, &subject->policy);

	*ret_what = "published policy";
	return r == -ENOENT ? ENOUGH : r;
}

static int load_records(const struct vsee_paths *paths, const char *name,
			struct vsee_subject *subject, const char **ret_what)
{
	struct vsee_passwd passwd;
	int r;

	*ret_what = "shadow";
	r = vsee_shadow_find(paths->shadow, name, &subject->shadow, NULL, NULL);
	if (r < 0)
		return r == -ENOENT ? ENOUGH : r;

	*ret_what = "passwd";
	r = vsee_passwd_find(paths->passwd, name, &passwd, NULL, NULL);
	if (r < 0)
		return r == -ENOENT ? ENOUGH : r;

	subject->uid = passwd.uid;
	subject->gid = passwd.gid;
	subject->local = true;
	return 0;
}

static int find_section(const struct vsee_paths *paths, const char *name,
			struct vsee_subject *subject, const char **ret_what)
{
	struct vsee_members members = {0};
	int r;

	*ret_what = "group";
	r = vsee_members_load(paths->group, &subject->policy, name, &members);
	if (r < 0)
		return r;
	subject->section = vsee_cover(&subject->policy, &members, name, subject->uid, subject->gid,
				      &subject->exempt);
	vsee_members_clear(&members);
	if (!subject->section || subject->section->rules.mode == VSEE_MODE_OFF)
		return ENOUGH;
	return 0;
}

/* The section lies in the policy that subject owns, so it sees the mode as it counts now. */
static void apply_hold(int state_fd, uid_t owner, int64_t now, struct vsee_subject *subject)
{
	if (subject->section->rules.mode != VSEE_MODE_ENFORCE)
		return;
	subject->held = vsee_hold_in_force(state_fd, owner, now, &subject->hold_fault);
	if (subject->held)
		vsee_policy_hold(&subject->policy);
}

static int load_state(int state_fd, uid_t owner, const char *name, struct vsee_subject *subject,
		      const char **ret_what)
{
	autoclose int accounts_fd = -1;
	int r;

	*ret_what = "scan day";
	r = vsee_scanday_load(state_fd, owner, &subject->scanday);
	if (r < 0)
		return r;

	*ret_what = "accounts folder";
	accounts_fd = vsee_accounts_open(state_fd, owner, false);
	if (accounts_fd < 0)
		return accounts_fd == -ENOENT ? 0 : accounts_fd;

	*ret_what = "account state";
	r = vsee_account_load(accounts_fd, owner, name, subject->uid, &subject->account,
			      &subject->news);
	if (r == -EPROTONOSUPPORT)
		subject->newer = true;
	return r == -EPROTONOSUPPORT ? 0 : r;
}

static int load(const struct vsee_paths *paths, uid_t owner, const char *name, int64_t now,
		struct vsee_subject *subject, const char **ret_what)
{
	autoclose int state_fd = -1;
	int r;

	*ret_what = "state folder";
	state_fd = vsee_dir_open(AT_FDCWD, paths->state, owner);
	if (state_fd < 0)
		return state_fd == -ENOENT ? 0 : state_fd;

	r = load_policy(state_fd, owner, subject, ret_what);
	if (r == 0)
		r = load_records(paths, name, subject, ret_what);
	if (r == 0)
		r = find_section(paths, name, subject, ret_what);
	if (r == 0) {
		apply_hold(state_fd, owner, now, subject);
		r = load_state(state_fd, owner, name, subject, ret_what);
	}
	return r == ENOUGH ? 0 : r;
}

int vsee_subject_load(const struct vsee_paths *paths, uid_t owner, const char *name, int64_t now,
		      struct vsee_subject *ret_subject, const char **ret_what)
{
	int r;

	*ret_subject = (struct vsee_subject){
		.scanday = {.last_scan = VSEE_UNSET, .noted = VSEE_UNSET},
		.news = VSEE_ACCOUNT_NEW,
	};
	ret_subject->account = vsee_account_empty(name, 0);
	r = load(paths, owner, name, now, ret_subject, ret_what);
	if (r < 0)
		return r;
	ret_subject->account.uid = ret_subject->uid;
	vsee_subject_refresh(ret_subject, vsee_day_of(now));
	return 0;
}

void vsee_subject_clear(struct vsee_subject *subject)
{
	vsee_account_clear(&subject->account);
	vsee_policy_clear(&subject->policy);
	explicit_bzero(&subject->shadow, sizeof(subject->shadow));
	*subject = (struct vsee_subject){0};
}
