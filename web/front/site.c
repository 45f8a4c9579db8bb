#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log.h"
#include "policy/link.h"
#include "store/paths.h"

#define SCHEME "https://"

static int fail(struct site_error *error, int r, const char *text)
{
	(void)snprintf(error->text, sizeof(error->text), "%s", text);
	return r;
}

/* The most that any section in force remembers: whose password it will be is not known yet. */
static unsigned most_remembered(const struct vsee_policy *policy)
{
	unsigned most = 0;

	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_rules *rules = &policy->sections[i].rules;

		if (rules->mode != VSEE_MODE_OFF && rules->remember > most)
			most = rules->remember;
	}
	return most;
}

/* base_url taken apart: scheme, authority, path. */
static int split_url(const char *url, struct site *site, struct site_error *error)
{
	const char *const authority = url + strlen(SCHEME);
	size_t size, whole;

	if (strncmp(url, SCHEME, strlen(SCHEME)) != 0)
		return fail(error, -EINVAL, "[web] base_url must begin with https://.");
	size = strcspn(authority, "/?#");
	whole = strlen(url);
	while (whole > strlen(SCHEME) + size && url[whole - 1] == '/')
		whole--;
	if (size == 0 || size >= sizeof(site->authority) || strpbrk(authority, "?#"))
		return fail(error, -EINVAL, "[web] base_url must be a host, and a path at most.");
	memcpy(site->authority, authority, size);
	site->authority[size] = '\0';
	(void)snprintf(site->origin, sizeof(site->origin), SCHEME "%s", site->authority);
	memcpy(site->path, authority + size, whole - strlen(SCHEME) - size);
	site->path[whole - strlen(SCHEME) - size] = '\0';
	return 0;
}

static int take_policy(const struct vsee_policy *policy, struct site *site,
		       struct site_error *error)
{
	char url[SITE_URL_SIZE];

	if (policy->base_url[0] == '\0')
		return fail(error, -EINVAL,
			    "[web] base_url is not set: name the page's address there, then run "
			    "vseectl apply.");
	if (vsee_link_expand(policy->base_url, site->host, url, sizeof(url)) < 0 ||
	    vsee_link_expand(policy->support, site->host, site->support, sizeof(site->support)) <
		    0 ||
	    vsee_link_expand(policy->login_page, site->host, site->login_page,
			     sizeof(site->login_page)) < 0)
		return fail(error, -ENOBUFS, "A URL in [web] is too long with this host's name.");
	(void)snprintf(site->product, sizeof(site->product), "%s", policy->product);
	site->language = policy->language;
	site->gate = policy->gate;
	return split_url(url, site, error);
}

static int load_policy(const char *root, const char *state, struct vsee_policy *ret_policy,
		       struct site_error *error)
{
	struct vsee_paths paths;
	autoclose int state_fd = -1;
	int r = vsee_paths_init(root, state, &paths);

	if (r < 0)
		return fail(error, r, "The path of the state folder is too long.");
	state_fd = open(paths.state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = state_fd < 0 ? -errno : vsee_policy_load(state_fd, geteuid(), ret_policy);
	if (r == -ENOENT)
		return fail(error, r, "No policy is published: run vseectl apply.");
	if (r < 0)
		(void)snprintf(error->text, sizeof(error->text),
			       "The published policy can't be read: %s.", strerror(-r));
	return r;
}

int site_load(const char *root, const char *state, struct site *ret_site,
	      struct site_error *ret_error)
{
	autopolicy struct vsee_policy policy = {0};
	struct site site = {0};
	const char *why = NULL;
	int r;

	if (gethostname(site.host, sizeof(site.host) - 1) < 0)
		return fail(ret_error, -errno, "This host's name is not to be had.");
	r = load_policy(root, state, &policy, ret_error);
	if (r == 0)
		r = take_policy(&policy, &site, ret_error);
	if (r < 0)
		return r;
	r = strength_load(most_remembered(&policy), &site.strength, &why);
	if (r < 0) {
		(void)snprintf(ret_error->text, sizeof(ret_error->text),
			       "The settings of libpwquality can't be used: %s.", why);
		return r;
	}
	*ret_site = site;
	return 0;
}

/* The one thing all threads share; the lock is held for a reading of two small files at most. */
static struct {
	pthread_mutex_t lock;
	const char *root, *state;
	struct site site;
	struct site_error error; /* of the last look; "" it was good */
	time_t looked;		 /* CLOCK_MONOTONIC */
} newest = {.lock = PTHREAD_MUTEX_INITIALIZER};

static time_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time); /* cannot fail on Linux */
	return time.tv_sec;
}

int site_begin(const char *root, const char *state, struct site_error *ret_error)
{
	newest.root = root;
	newest.state = state;
	newest.looked = now();
	return site_load(root, state, &newest.site, ret_error);
}

static void look_again(void)
{
	struct site_error error = {0};

	if (site_load(newest.root, newest.state, &newest.site, &error) == 0)
		error.text[0] = '\0';
	else if (strcmp(error.text, newest.error.text) != 0)
		log_warning("%s The page goes on as it was.", error.text);
	newest.error = error;
}

void site_copy(struct site *ret_site)
{
	const time_t second = now();

	(void)pthread_mutex_lock(&newest.lock); /* fails only where it was never made */
	if (second != newest.looked) {
		newest.looked = second;
		look_again();
	}
	*ret_site = newest.site;
	(void)pthread_mutex_unlock(&newest.lock);
}
