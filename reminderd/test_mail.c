/* reminderd test-mail: one mail, to see whether the way to the server and the words are right. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "base/cleanup.h"
#include "log.h"
#include "send.h"
#include "sending.h"

#define STAGE_DEFAULT 3
#define TURN_MS 1000
#define NAME "test-user"

static enum exit_code check(const struct options *options, struct reminder *row)
{
	const char *language = options->language, *fault;

	if (!options->argument) {
		log_error("to whom? reminderd test-mail ADDRESS");
		return EXIT_USAGE;
	}
	fault = address_fault(options->argument, strlen(options->argument));
	if (fault) {
		log_error("%s: %s", options->argument, fault);
		return EXIT_USAGE;
	}
	(void)snprintf(row->address, sizeof(row->address), "%s", options->argument);
	if (language && !address_language(language, strlen(language), &row->language)) {
		log_error("--lang %s: en or de is wanted", language);
		return EXIT_USAGE;
	}
	return EXIT_GOOD;
}

/* The files as they are now, for this is how one finds out whether they are right. */
static enum exit_code read_config(struct sending *sending)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	const int r = vsee_config_read(&sending->paths, sending->owner, &config);

	for (size_t i = 0; i < config.error_count; i++)
		log_error("%s:%u: %s", config.errors[i].file, config.errors[i].line,
			  config.errors[i].text);
	if (r < 0) {
		if (config.error_count == 0)
			log_error("%s: %s", sending->paths.config_dir, strerror(-r));
		return r == -EINVAL ? EXIT_CONFIG : EXIT_FILES;
	}
	vsee_policy_clear(&sending->policy);
	sending->policy = config.policy;
	config.policy = (struct vsee_policy){0}; /* ours now */
	if (vsee_policy_mails(&sending->policy))
		return EXIT_GOOD;
	log_error("%s/vsee-expire.conf: [mail] smtp is not set, so there is no way to send by",
		  sending->paths.config_dir);
	return EXIT_CONFIG;
}

/*
 * The product's name carries the mark, so that subject and text are those of a true reminder, which
 * a filter would treat alike, and yet nobody takes it for one.
 */
static int mark(struct vsee_policy *policy)
{
	char *product;

	if (asprintf(&product, "%s (test)", policy->product) < 0)
		return -ENOMEM;
	free(policy->product);
	policy->product = product;
	return 0;
}

static int compose_row(const struct sending *sending, vsee_day left, struct reminder *row,
		       char **ret_text, size_t *ret_size)
{
	const struct compose compose = sending_compose(sending, sending->now);
	const char *at = strchr(sending->sender, '@');
	int r = compose_message_id(at ? at + 1 : sending->host, row->message_id);

	(void)snprintf(row->name, sizeof(row->name), NAME);
	row->stage = left;
	row->deadline = vsee_day_of(sending->now) + left;
	return r < 0 ? r : compose_reminder(&compose, row, left, ret_text, ret_size);
}

static enum exit_code tell(const struct sending *sending, const struct result *result)
{
	const char *server = sending->policy.delivery.smtp;

	switch (result->outcome) {
	case OUTCOME_TAKEN:
		(void)printf("%s has taken the mail: %s\n", server,
			     result->answer[0] ? result->answer : "no answer is given there");
		if (result->code > 0)
			(void)printf("Code: %d\n", result->code);
		if (result->queue_id[0])
			(void)printf("Queue id: %s\n", result->queue_id);
		(void)printf("Whether it arrives is now up to that server.\n");
		return EXIT_GOOD;
	case OUTCOME_DEFERRED:
		log_error("%s puts the mail off (code %d): %s", server, result->code,
			  result->answer);
		return EXIT_SOME;
	case OUTCOME_REFUSED:
		log_error("%s refuses the mail (code %d): %s", server, result->code,
			  result->answer);
		return EXIT_SOME;
	case OUTCOME_UNKNOWN:
		log_error("%s had the whole mail, but the connection ended before its answer: "
			  "it may arrive. %s",
			  server, result->answer);
		return EXIT_SOME;
	case OUTCOME_UNREACHABLE:
		break;
	}
	log_error("%s could not be used: %s", server, result->answer);
	return EXIT_FILES;
}

static enum exit_code carry(struct sending *sending, const struct parcel *parcel)
{
	struct result result;
	size_t count = 0;
	int r = transport_submit(sending->transport, parcel);

	while (r == 0 && count == 0)
		r = transport_turn(sending->transport, TURN_MS, &result, 1, &count);
	if (r == 0)
		return tell(sending, &result);
	log_error("the mail could not be handed over: %s", strerror(-r));
	return EXIT_FILES;
}

static enum exit_code send_one(struct sending *sending, struct reminder *row)
{
	const vsee_day left =
		sending->options->stage >= 0 ? sending->options->stage : STAGE_DEFAULT;
	struct parcel parcel = {.sender = sending->sender, .recipient = row->address};
	autofree char *text = NULL;
	enum exit_code code;
	int r;

	r = compose_row(sending, left, row, &text, &parcel.size);
	if (r < 0) {
		log_error("the mail can't be composed: %s",
			  r == -EINVAL ? "a value of the configuration has a character that no "
					 "mail can carry"
				       : strerror(-r));
		return r == -EINVAL ? EXIT_CONFIG : EXIT_FILES;
	}
	parcel.text = text;
	code = carry(sending, &parcel);
	transport_free(sending->transport); /* it may read the text until then */
	sending->transport = NULL;
	if (code == EXIT_GOOD && (fflush(stdout) != 0 || ferror(stdout)))
		code = EXIT_FILES;
	return code == EXIT_GOOD && sending->texts.faults > 0 ? EXIT_SOME : code;
}

enum exit_code test_mail_run(const struct options *options)
{
	autosending struct sending sending = {.state_fd = -1, .mail_fd = -1};
	struct reminder row = {0};
	enum exit_code code = check(options, &row);

	if (code != EXIT_GOOD)
		return code;
	code = sending_start(options, &sending);
	if (code == EXIT_GOOD)
		code = read_config(&sending);
	if (code != EXIT_GOOD)
		return code;
	if (!options->language)
		row.language = sending.policy.language;
	code = sending_equip(&sending);
	if (code != EXIT_GOOD)
		return code;
	if (mark(&sending.policy) < 0) {
		log_error("%s", strerror(ENOMEM));
		return EXIT_FILES;
	}
	return send_one(&sending, &row);
}
