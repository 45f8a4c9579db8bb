/*
 * reminderd's transport without anything else of it, for transport.py:
 *
 *   test-transport-driver SMTP COUNT [KEY=VALUE...]
 *
 * Hands over COUNT mails and prints one line for each: its number, outcome, code, queue id and
 * answer, with tabs between. Keys are those of [mail], and root, sender, recipient (%u: the mail's
 * number), text (\r and \n as such), wait (end after so many milliseconds, come what may).
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "password.h"
#include "transport.h"

#define MAILS_MAX 100000

static struct vsee_delivery delivery = {.starttls = VSEE_STARTTLS_REQUIRED, .connections = 1};
static char empty[] = "", sender[] = "bounces@vsee.example", recipient[] = "user%u@vsee.example";
static char mail[] = "Subject: test\r\n\r\nA line.\r\n.\r\n..two\r\nFrom here\r\n";
static char *root = empty, *from = sender, *to = recipient, *text = mail;
static int64_t wait_ms = 60000;

static const struct {
	const char *name;
	char **value;
} keys[] = {
	{"ca_file", &delivery.ca_file},
	{"from", &from},
	{"password_file", &delivery.password_file},
	{"root", &root},
	{"text", &text},
	{"to", &to},
	{"user", &delivery.user},
};

static bool set(char *word)
{
	char *value = strchr(word, '=');
	int64_t number = 0;

	if (!value)
		return false;
	*value++ = '\0';
	(void)vsee_number_parse(value, strlen(value), 0, 1000000, &number); /* else it stays 0 */
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(word, keys[i].name) == 0)
			return (*keys[i].value = value) != NULL;
	if (strcmp(word, "connections") == 0)
		delivery.connections = (unsigned)number;
	else if (strcmp(word, "wait") == 0)
		wait_ms = number;
	else if (strcmp(word, "starttls") == 0)
		delivery.starttls =
			strcmp(value, "never") == 0 ? VSEE_STARTTLS_NEVER : VSEE_STARTTLS_REQUIRED;
	else
		return false;
	return true;
}

/* "\r" and "\n" in a value become what they stand for. */
static void unescape(char *value)
{
	char *out = value;

	for (const char *in = value; *in; in++) {
		const bool escape = in[0] == '\\' && (in[1] == 'r' || in[1] == 'n');

		*out++ = (char)(!escape ? *in : in[1] == 'r' ? '\r' : '\n');
		in += escape;
	}
	*out = '\0';
}

/* The recipient's address of a mail, which the caller frees. */
static char *address_of(size_t index)
{
	const char *mark = strstr(to, "%u");
	char *address = NULL;

	if (!mark)
		return strdup(to);
	if (asprintf(&address, "%.*s%zu%s", (int)(mark - to), to, index, mark + 2) < 0)
		return NULL;
	return address;
}

static void show(const struct result *result)
{
	static const char *const names[] = {"taken", "deferred", "refused", "unknown",
					    "unreachable"};
	struct parcel *parcel = result->context;

	(void)printf("%s\t%s\t%d\t%s\t%s\n", parcel->recipient, names[result->outcome],
		     result->code, result->queue_id, result->answer);
	free((char *)parcel->recipient);
	parcel->recipient = NULL;
}

static int64_t now_ms(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time); /* cannot fail */
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int hand_over(struct transport *transport, struct parcel *parcel, size_t index)
{
	*parcel = (struct parcel){.context = parcel,
				  .sender = from,
				  .recipient = address_of(index),
				  .text = text,
				  .size = strlen(text)};
	return transport_submit(transport, parcel);
}

static int run(struct transport *transport, struct parcel *parcels, size_t count)
{
	const int64_t end = now_ms() + wait_ms;
	size_t given = 0, done = 0;
	int r = 0;

	while (r == 0 && done < count && now_ms() < end) {
		struct result results[16];
		size_t got;

		while (r == 0 && given < count && transport_room(transport) > 0) {
			r = hand_over(transport, &parcels[given], given);
			given++;
		}
		if (r == 0)
			r = transport_turn(transport, 100, results, COUNT(results), &got);
		for (size_t i = 0; r == 0 && i < got; i++)
			show(&results[i]);
		done += r == 0 ? got : 0;
	}
	return r;
}

int main(int argc, char **argv)
{
	autosecret struct vsee_secret password = {0};
	struct transport *transport;
	int64_t count;
	int r;

	delivery.ca_file = delivery.user = delivery.password_file = empty;
	if (argc < 3 || vsee_number_parse(argv[2], strlen(argv[2]), 0, MAILS_MAX, &count) < 0)
		return 1;
	delivery.smtp = argv[1];
	for (int i = 3; i < argc; i++)
		if (!set(argv[i]))
			return 1;
	unescape(text);
	unescape(from);
	unescape(to);
	r = password_read(&delivery, root, &password);
	if (r < 0)
		return 2;
	r = transport_new(&delivery, root, "client.vsee.example", &password, &transport);
	if (r < 0)
		return 3;

	struct parcel *parcels = calloc((size_t)count + 1, sizeof(*parcels));

	if (parcels)
		r = run(transport, parcels, (size_t)count);
	transport_free(transport);
	for (int64_t i = 0; parcels && i < count; i++)
		free((char *)parcels[i].recipient);
	free(parcels);
	return r < 0 || !parcels ? 4 : 0;
}
