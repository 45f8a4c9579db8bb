#include "audit.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/loginuid.h"
#include "base/writer.h"
#include "say.h"
#include "store/syntax.h"

#define LINE_SIZE 2048

static uid_t login_uid(void)
{
	return vsee_loginuid_read("/proc/self/loginuid");
}

uid_t audit_actor(void)
{
	const uid_t uid = login_uid();

	return uid == (uid_t)-1 ? getuid() : uid;
}

const char *audit_name(uid_t uid, char *ret_text)
{
	const struct passwd *passwd = getpwuid(uid);

	if (passwd)
		(void)snprintf(ret_text, AUDIT_NAME_SIZE, "%.40s (uid %lu)", passwd->pw_name,
			       (unsigned long)uid);
	else
		(void)snprintf(ret_text, AUDIT_NAME_SIZE, "uid %lu", (unsigned long)uid);
	return ret_text;
}

bool audit_reason_good(const char *reason)
{
	if (!reason || !reason[0]) {
		say_error("--reason TEXT is missing: say why, it is logged and shown");
		return false;
	}
	if (strlen(reason) > AUDIT_REASON_MAX) {
		say_error("the reason is longer than %d bytes", AUDIT_REASON_MAX);
		return false;
	}
	if (!vsee_syntax_text(reason, strlen(reason))) {
		say_error("the reason must be one line of UTF-8 without control characters");
		return false;
	}
	return true;
}

/* Quotes of the text must not end the value. */
static void add_quoted(struct vsee_writer *writer, const char *key, const char *text)
{
	vsee_writer_add(writer, " %s=\"", key);
	for (; *text; text++)
		vsee_writer_add(writer, "%c", *text == '"' ? '\'' : *text);
	vsee_writer_add(writer, "\"");
}

void audit_log(const struct context *context, const char *action, const char *reason,
	       const char *format, ...)
{
	char pairs[512], text[LINE_SIZE];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};
	const uid_t login = login_uid();
	va_list arguments;

	va_start(arguments, format);
	if (vsnprintf(pairs, sizeof(pairs), format, arguments) < 0)
		pairs[0] = '\0';
	va_end(arguments);
	vsee_writer_add(&writer, "action=%s%s%s by=%lu", action, pairs[0] ? " " : "", pairs,
			(unsigned long)getuid());
	if (login != (uid_t)-1)
		vsee_writer_add(&writer, " login_uid=%lu", (unsigned long)login);
	if (reason)
		add_quoted(&writer, "reason", reason);
	if (context->root[0])
		add_quoted(&writer, "root", context->root);
	if (context->state)
		add_quoted(&writer, "state", context->state);
	openlog("vseectl", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_WARNING, "%s", text);
	closelog();
}
