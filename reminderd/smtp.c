/* The SMTP of a mail: its steps, their time, and what the replies mean. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/cleanup.h"
#include "log.h"
#include "smtp_connection.h"
#include "smtp_fault.h"
#include "smtp_secret.h"
#include "smtp_setup.h"
#include "store/syntax.h"
#include "way.h"

/* How long a step may take: RFC 5321, section 4.5.3.2. */
static const int64_t step_ms[] = {
	[SMTP_CONNECT] = (int64_t)2 * SMTP_CONNECT_MS, /* libcurl's own limit comes first */
	[SMTP_MAIL] = (int64_t)5 * SMTP_MINUTE_MS,     [SMTP_RCPT] = (int64_t)5 * SMTP_MINUTE_MS,
	[SMTP_DATA] = (int64_t)2 * SMTP_MINUTE_MS,     [SMTP_BODY] = (int64_t)3 * SMTP_MINUTE_MS,
	[SMTP_DOT] = (int64_t)10 * SMTP_MINUTE_MS,     [SMTP_JUDGED] = SMTP_GOODBYE_MS,
};

struct line {
	struct smtp_connection connection;
	const atomic_bool *ending;
	bool login;	/* AUTH is wanted */
	bool logged_in; /* on this connection */
	bool reused;	/* the connection served a mail before this one */
	const struct parcel *parcel;
	size_t offset; /* bytes of the text that libcurl has taken */
	enum smtp_step step;
	enum smtp_step judged; /* the step whose reply decided */
	int64_t deadline_ms;
	struct smtp_reply reply;
	struct smtp_secret secret;
	char own_error[128];	     /* why we gave up */
	char error[CURL_ERROR_SIZE]; /* why libcurl did; it writes here last */
};

static int64_t now_ms(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time); /* cannot fail */
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void enter(struct line *line, enum smtp_step step)
{
	if (step == SMTP_JUDGED)
		line->judged = line->step;
	line->step = step;
	line->deadline_ms = now_ms() + step_ms[step];
}

/* libcurl hands over each line the server says. */
static size_t on_reply(char *text, size_t size, size_t count, void *pointer)
{
	struct line *line = pointer;

	if (line->step == SMTP_JUDGED ||
	    smtp_secret_add(&line->secret, &line->reply, text, size * count) < 0 ||
	    !line->reply.whole)
		return size * count;
	if (line->step != SMTP_CONNECT)
		enter(line, smtp_next(line->step, line->reply.code));
	else if (line->reply.code == 220)
		line->logged_in = false; /* the greeting, or the answer to STARTTLS */
	else if (line->reply.code == 235)
		line->logged_in = true;
	return size * count;
}

/* The connection is ready, MAIL FROM comes next. libcurl goes on where AUTH is not offered. */
static int on_ready(void *pointer, char *ip, char *own_ip, int port, int own_port)
{
	struct line *line = pointer;

	(void)ip, (void)own_ip, (void)port, (void)own_port; /* as libcurl's type has it */
	if (line->login && !line->logged_in) {
		(void)snprintf(line->own_error, sizeof(line->own_error),
			       "The server offers no AUTH that a user and a password can do");
		return CURL_PREREQFUNC_ABORT;
	}
	line->reply = (struct smtp_reply){0};
	enter(line, SMTP_MAIL);
	return CURL_PREREQFUNC_OK;
}

static size_t on_text(char *to, size_t size, size_t count, void *pointer)
{
	struct line *line = pointer;
	const size_t left = line->parcel->size - line->offset;
	const size_t length = left < size * count ? left : size * count;

	/* libcurl asks again only after all it had is sent: an answer of 0 lets it send the dot. */
	if (length == 0 && line->step == SMTP_BODY)
		enter(line, SMTP_DOT);
	memcpy(to, line->parcel->text + line->offset, length);
	line->offset += length;
	return length;
}

/* Once a second, also while libcurl waits for the reply to the final dot. */
static int on_time(void *pointer, curl_off_t total, curl_off_t now, curl_off_t upload_total,
		   curl_off_t upload_now)
{
	struct line *line = pointer;

	(void)total, (void)now, (void)upload_total, (void)upload_now; /* as libcurl's type has it */
	if (*line->ending) {
		(void)snprintf(line->own_error, sizeof(line->own_error), "The run was ended");
		smtp_connection_end(&line->connection, SHUT_RDWR);
		return 1;
	}
	if (now_ms() <= line->deadline_ms)
		return 0;
	smtp_connection_end(&line->connection, SHUT_RDWR);
	if (line->step != SMTP_JUDGED)
		(void)snprintf(line->own_error, sizeof(line->own_error), "No reply to %s in %d s",
			       smtp_step_name(line->step), (int)(step_ms[line->step] / 1000));
	return 1;
}

/* How the parcel ended, from what the server said last, else from where the line broke. */
static void judge(const struct line *line, CURLcode code, struct result *result)
{
	const bool said = line->step == SMTP_JUDGED ||
			  (line->step == SMTP_CONNECT && line->reply.code >= 400);
	const char *error = said ? line->reply.text : line->own_error;
	char fault[ANSWER_SIZE];
	size_t length = 0;

	result->code = said ? line->reply.code : 0;
	if (line->step == SMTP_JUDGED)
		result->outcome = smtp_outcome(line->judged, line->reply.code);
	else
		result->outcome = line->step == SMTP_DOT ? OUTCOME_UNKNOWN : OUTCOME_UNREACHABLE;
	if (!error[0]) {
		smtp_fault_text(code, line->step, line->error, fault);
		error = fault;
	}
	smtp_reply_text(result->answer, sizeof(result->answer), &length, error, strlen(error));
	if (result->outcome == OUTCOME_TAKEN)
		smtp_reply_queue_id(result->answer, result->queue_id);
}

/* Servers close what was idle or served enough; nothing of the mail was taken then. */
static bool stale(const struct line *line)
{
	return line->reused &&
	       (line->step == SMTP_MAIL || (line->step == SMTP_JUDGED &&
					    line->judged == SMTP_MAIL && line->reply.code == 421));
}

static CURLcode perform(struct line *line, struct curl_slist *recipients, long fresh)
{
	long connections = 0;

	line->offset = 0;
	line->own_error[0] = line->error[0] = '\0';
	line->reply = (struct smtp_reply){0};
	enter(line, SMTP_CONNECT);

	/* A number, a pointer, and a handle that is ours: cannot fail. */
	(void)curl_easy_setopt(line->connection.easy, CURLOPT_FRESH_CONNECT, fresh);
	(void)curl_easy_setopt(line->connection.easy, CURLOPT_MAIL_RCPT, recipients);

	const CURLcode code = smtp_connection_carry(&line->connection, line->error);

	(void)curl_easy_getinfo(line->connection.easy, CURLINFO_NUM_CONNECTS, &connections);
	line->reused = connections == 0;
	return code;
}

/* A line end in an address would be a command of its own: libcurl 7.88 sends it. */
static bool sound(const struct parcel *parcel)
{
	return vsee_syntax_address(parcel->sender, strlen(parcel->sender)) &&
	       vsee_syntax_address(parcel->recipient, strlen(parcel->recipient)) &&
	       parcel->size >= 2 && memcmp(parcel->text + parcel->size - 2, "\r\n", 2) == 0;
}

static void smtp_carry(void *pointer, const struct parcel *parcel, struct result *result)
{
	struct line *line = pointer;
	char recipient[ADDRESS_SIZE];
	struct curl_slist recipients = {.data = recipient};

	if (!sound(parcel)) {
		result->outcome = OUTCOME_REFUSED;
		(void)snprintf(result->answer, sizeof(result->answer),
			       "Not sent: no address, or a text without a line end");
		return;
	}
	(void)snprintf(recipient, sizeof(recipient), "%s", parcel->recipient);
	line->parcel = parcel;
	if (curl_easy_setopt(line->connection.easy, CURLOPT_MAIL_FROM, parcel->sender) !=
	    CURLE_OK) {
		result->outcome = OUTCOME_UNREACHABLE;
		(void)snprintf(result->answer, sizeof(result->answer), "Out of memory");
		return;
	}

	CURLcode code = perform(line, &recipients, 0);

	if (stale(line))
		code = perform(line, &recipients, 1);
	judge(line, code, result);
	if (result->outcome == OUTCOME_UNKNOWN) /* libcurl 7.88 would use it for the next mail */
		smtp_connection_end(&line->connection, SHUT_RDWR);
}

static CURLcode set_callbacks(struct line *line)
{
	CURL *const easy = line->connection.easy;
	const struct {
		CURLoption option;
		void *value;
	} data[] = {
		{CURLOPT_ERRORBUFFER, line->error}, {CURLOPT_HEADERDATA, line},
		{CURLOPT_PREREQDATA, line},	    {CURLOPT_READDATA, line},
		{CURLOPT_XFERINFODATA, line},
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; i < COUNT(data) && code == CURLE_OK; i++)
		code = curl_easy_setopt(easy, data[i].option, data[i].value);
	if (code == CURLE_OK)
		code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
	if (code == CURLE_OK)
		code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
	if (code == CURLE_OK)
		code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_text);
	return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_time) : code;
}

static void smtp_close(void *pointer)
{
	struct line *line = pointer;

	smtp_connection_close(&line->connection);
	smtp_secret_clear(&line->secret);
	free(line);
}

static int smtp_open(const struct way_setting *setting, void **ret_line)
{
	struct line *line = calloc(1, sizeof(*line));
	CURLcode code;

	if (!line || smtp_connection_open(&line->connection) < 0) {
		log_error("libcurl can't be set up: %s", strerror(ENOMEM));
		free(line);
		return -ENOMEM;
	}
	line->ending = setting->ending;
	code = set_callbacks(line);
	line->login = smtp_wants_login(setting);
	if (line->login &&
	    smtp_secret_init(setting->delivery->user, setting->password, &line->secret) < 0)
		code = CURLE_OUT_OF_MEMORY;
	if (code == CURLE_OK)
		code = smtp_setup(line->connection.easy, setting);
	if (code != CURLE_OK) {
		if (code != CURLE_SSL_CACERT_BADFILE) /* that was said */
			log_error("libcurl can't be set up: %s", curl_easy_strerror(code));
		smtp_close(line);
		return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
	}
	*ret_line = line;
	return 0;
}

const struct way smtp_way = {smtp_open, smtp_carry, smtp_close};
