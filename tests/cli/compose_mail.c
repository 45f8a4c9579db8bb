/*
 * compose-mail CONFIG-DIR ROOT: each line of standard input is a JSON object with values of a
 * reminder; for each the length of its message and the message, or the error as a negative number.
 * compose-mail --time COUNT: how many a second.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "compose.h"
#include "mail_texts.h"

static char *string_of(const json_t *values, const char *name, const char *fallback)
{
	const char *text = json_string_value(json_object_get(values, name));

	return strdup(text ? text : fallback); /* as its owner has it: all of a policy is owned */
}

static int64_t number_of(const json_t *values, const char *name, int64_t fallback)
{
	const json_t *number = json_object_get(values, name);

	return number ? json_integer_value(number) : fallback;
}

static void row_read(const json_t *values, struct reminder *row)
{
	autofree char *name = string_of(values, "name", "alice");
	autofree char *address = string_of(values, "address", "alice@example.com");
	autofree char *id = string_of(values, "message_id", "<0123456789abcdef@example.com>");
	autofree char *language = string_of(values, "language", "en");

	*row = (struct reminder){.deadline = number_of(values, "deadline", 20782)};
	(void)snprintf(row->name, sizeof(row->name), "%s", name);
	(void)snprintf(row->address, sizeof(row->address), "%s", address);
	(void)snprintf(row->message_id, sizeof(row->message_id), "%s", id);
	row->language = strcmp(language, "de") == 0 ? VSEE_LANGUAGE_DE : VSEE_LANGUAGE_EN;
}

static int compose_one(const struct mail_texts *texts, const json_t *values, char **ret_text,
		       size_t *ret_size)
{
	autopolicy struct vsee_policy policy = {
		.product = string_of(values, "product", "VSee Messenger"),
		.base_url = string_of(values, "base_url", ""),
		.support = string_of(values, "support", ""),
		.delivery.from = string_of(values, "from", "\"Help desk\" <help@example.com>"),
		.delivery.reply_to = string_of(values, "reply_to", ""),
	};
	autofree char *host = string_of(values, "host", "host1.example.com");
	struct reminder row;

	row_read(values, &row);

	const struct compose compose = {
		.policy = &policy,
		.texts = {texts->texts[0], texts->texts[1]},
		.host = host,
		.now = number_of(values, "now", INT64_C(1795392000)),
	};

	return compose_reminder(&compose, &row, number_of(values, "days_left", 3), ret_text,
				ret_size);
}

static int compose_lines(const struct mail_texts *texts)
{
	autofree char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, stdin) > 0) {
		autofree char *text = NULL;
		json_error_t error;
		json_t *values = json_loads(line, 0, &error);
		size_t size = 0;

		if (!values) {
			fprintf(stderr, "compose-mail: %s\n", error.text);
			return 1;
		}

		int r = compose_one(texts, values, &text, &size);

		json_decref(values);
		printf("%lld\n", r < 0 ? (long long)r : (long long)size);
		if (r == 0 && fwrite(text, 1, size, stdout) != size)
			return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

static int compose_many(const struct mail_texts *texts, long count)
{
	struct timespec begin, end;
	json_t *values = json_pack("{s:s,s:s,s:s}", "base_url", "https://%H:9443", "support",
				   "https://help.example.com/", "language", "de");
	int r = values ? 0 : -1;

	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 0; i < count && r == 0; i++) {
		autofree char *text = NULL;
		size_t size;

		r = compose_one(texts, values, &text, &size);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	json_decref(values);
	printf("%.0f\n", (double)count / ((double)(end.tv_sec - begin.tv_sec) +
					  (double)(end.tv_nsec - begin.tv_nsec) / 1e9));
	return r < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct mail_texts texts;
	const bool timed = argc == 4 && strcmp(argv[1], "--time") == 0;
	int r;

	if (argc != 3 && !timed)
		return 1;
	r = mail_texts_load(argv[argc - 1], timed ? "/nonexistent" : argv[1], getuid(),
			    VSEE_LANGUAGE_DE, &texts);
	if (r < 0) {
		fprintf(stderr, "compose-mail: %s\n", strerrordesc_np(-r));
		return 1;
	}
	fprintf(stderr, "faults: %u\n", texts.faults);
	r = timed ? compose_many(&texts, strtol(argv[2], NULL, 10)) : compose_lines(&texts);
	mail_texts_clear(&texts);
	return r;
}
