#include "sending.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "date.h"
#include "identity.h"
#include "log.h"
#include "message_id.h"
#include "password.h"
#include "store/syntax.h"

void sending_clear(struct sending *sending)
{
	transport_free(sending->transport); /* its threads still use the password */
	ledger_close(sending->ledger);
	vsee_secret_clear(&sending->password);
	mail_texts_clear(&sending->texts);
	vsee_policy_clear(&sending->policy);
	vsee_cleanup_close(&sending->state_fd);
	vsee_cleanup_close(&sending->mail_fd);
}

static enum exit_code check_clock(const struct sending *sending)
{
	char today[DATE_SIZE];

	if (vsee_day_of(sending->now) >= VSEE_BUILD_DAY)
		return EXIT_GOOD;
	log_about(MESSAGE_CLOCK_REFUSED, NULL);
	log_field("VSEE_TODAY", "%s", time_print(sending->now, today));
	log_error("today's date (%s) can't be right: it is before this program was made; nothing "
		  "was sent. Set the clock",
		  time_print(sending->now, today));
	return EXIT_CLOCK_REFUSED;
}

static enum exit_code load_policy(struct sending *sending)
{
	int r = vsee_dir_open(AT_FDCWD, sending->paths.state, sending->owner);

	if (r >= 0) {
		sending->state_fd = r;
		r = vsee_policy_load(sending->state_fd, sending->owner, &sending->policy);
	} else if (r != -ENOENT) {
		log_error("%s: %s", sending->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	if (r == 0 || r == -ENOENT)
		return EXIT_GOOD;
	log_error("%s/policy: %s; reminderd scan writes it anew", sending->paths.state,
		  strerror(-r));
	return EXIT_FILES;
}

enum exit_code sending_start(const struct options *options, struct sending *sending)
{
	*sending = (struct sending){
		.options = options,
		.owner = geteuid(),
		.state_fd = -1,
		.mail_fd = -1,
		.now = (int64_t)time(NULL),
	};
	if (vsee_paths_init(options->root, options->state, &sending->paths) < 0) {
		log_error("--root or --state is too long");
		return EXIT_USAGE;
	}
	return check_clock(sending);
}

enum exit_code sending_begin(const struct options *options, struct sending *sending)
{
	const enum exit_code code = sending_start(options, sending);

	return code == EXIT_GOOD ? load_policy(sending) : code;
}

const char *sending_idle(const struct sending *sending)
{
	const struct vsee_policy *policy = &sending->policy;

	if (policy->section_count == 0)
		return "no policy is published yet";
	if (!vsee_policy_mails(policy))
		return "[mail] smtp is not set";
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].rules.mode >= VSEE_MODE_REMIND)
			return NULL;
	return "no section is in mode remind or enforce";
}

void sending_address(const struct vsee_delivery *delivery, char ret_address[ADDRESS_SIZE])
{
	const char *from = delivery->bounces[0] ? delivery->bounces : delivery->from;
	const char *open = strrchr(from, '<');
	const char *begin = open ? open + 1 : from;

	(void)snprintf(ret_address, ADDRESS_SIZE, "%.*s", (int)strcspn(begin, ">"), begin);
}

static enum exit_code load_texts(struct sending *sending)
{
	const int r = mail_texts_load(sending->options->root, sending->paths.config_dir,
				      sending->owner, sending->policy.language, &sending->texts);

	if (r == 0)
		return EXIT_GOOD;
	log_error("the texts of the mails can't be read: %s", strerror(-r));
	return EXIT_FILES;
}

static enum exit_code not_equipped(int error)
{
	return error == -ENOMEM ? EXIT_FILES : EXIT_CONFIG;
}

enum exit_code sending_equip(struct sending *sending)
{
	const struct vsee_delivery *delivery = &sending->policy.delivery;
	const char *root = sending->options->root;
	enum exit_code code;
	int r;

	identity_hide();
	r = password_read(delivery, root, &sending->password);
	if (r < 0)
		return not_equipped(r);
	if (identity_become(sending->paths.mail, !root[0]) < 0)
		return EXIT_FILES;
	sending->mail_fd =
		open(sending->paths.mail, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sending->mail_fd < 0) {
		log_error("%s: %s%s", sending->paths.mail, strerror(errno),
			  errno == EACCES ? "; only root and its owner may send" : "");
		return EXIT_FILES;
	}
	code = load_texts(sending);
	if (code != EXIT_GOOD)
		return code;
	/* The kernel takes any bytes for a name; mails and their headers do not. */
	if (gethostname(sending->host, sizeof(sending->host) - 1) < 0 || !sending->host[0] ||
	    !vsee_syntax_text(sending->host, strlen(sending->host)))
		(void)snprintf(sending->host, sizeof(sending->host), "localhost");
	sending_address(delivery, sending->sender);
	sending->pace = pace_new(delivery->max_per_minute);
	r = transport_new(delivery, root, sending->host, &sending->password, &sending->transport);
	return r < 0 ? not_equipped(r) : EXIT_GOOD;
}

struct compose sending_compose(const struct sending *sending, int64_t now)
{
	struct compose compose = {.policy = &sending->policy, .host = sending->host, .now = now};

	memcpy(compose.texts, sending->texts.texts, sizeof(compose.texts));
	return compose;
}

static struct shadow_mark look_at(const char *path)
{
	struct stat stat_now;

	if (stat(path, &stat_now) < 0)
		return (struct shadow_mark){0};
	return (struct shadow_mark){
		.inode = stat_now.st_ino,
		.size = stat_now.st_size,
		.seconds = stat_now.st_mtim.tv_sec,
		.nanoseconds = stat_now.st_mtim.tv_nsec,
	};
}

enum freshness sending_judge(struct sending *sending, int64_t now)
{
	autopolicy struct vsee_policy policy = {0};
	const int r = vsee_policy_load(sending->state_fd, sending->owner, &policy);

	if (r < 0)
		log_warning("%s/policy: %s", sending->paths.state, strerror(-r));

	const struct freshness_facts facts = {
		.header = &sending->header,
		/* One that was published since this run began is not what it sends by. */
		.policy = r == 0 && strcmp(policy.digest, sending->policy.digest) == 0
				  ? policy.digest
				  : "",
		.shadow = look_at(sending->paths.shadow),
		.now = now,
		.asked = sending->asked,
	};

	return freshness_judge(&facts);
}
