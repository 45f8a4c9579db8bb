#include "log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#define LINE_SIZE 1024

static const char *op_name(enum wire_op op)
{
	switch (op) {
	case WIRE_CHANGE:
		return "change";
	case WIRE_CHANGE_LINK:
		return "change-link";
	case WIRE_PEEK_LINK:
		return "look-at-link";
	}
	return "unknown";
}

static const char *status_name(enum wire_status status)
{
	switch (status) {
	case WIRE_CHANGED:
		return "changed";
	case WIRE_LINK_GOOD:
		return "link-good";
	case WIRE_WRONG:
		return "wrong";
	case WIRE_LINK_BAD:
		return "link-bad";
	case WIRE_UNMET:
		return "unmet";
	case WIRE_REFUSED:
		return "refused";
	case WIRE_TOO_SOON:
		return "too-soon";
	case WIRE_THROTTLED:
		return "throttled";
	case WIRE_BUSY:
		return "busy";
	case WIRE_FAULT:
		return "fault";
	case WIRE_UNCERTAIN:
		return "uncertain";
	}
	return "unknown";
}

static void clean(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

__attribute__((format(printf, 2, 0))) static void say(int priority, const char *format,
						      va_list arguments)
{
	char line[LINE_SIZE];

	if (vsnprintf(line, sizeof(line), format, arguments) < 0)
		return;
	clean(line);
	syslog(priority, "%s", line);
}

void log_open(void)
{
	openlog("vsee-resetd", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

__attribute__((format(printf, 2, 3))) static void note(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(priority, format, arguments);
	va_end(arguments);
}

void log_request(const struct wire_request *request, const char *user,
		 const struct wire_reply *reply, const char *reason, int code)
{
	note(reply->status == WIRE_CHANGED || reply->status == WIRE_LINK_GOOD ? LOG_INFO
									      : LOG_NOTICE,
	     "op=%s user=%s source=%s outcome=%s reason=%s code=%d criteria=0x%" PRIx32 " id=%s",
	     op_name(request->op), user, request->source, status_name(reply->status),
	     reason[0] ? reason : "-", code, reply->criteria, request->id);
}

void log_fault(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(LOG_ERR, format, arguments);
	va_end(arguments);
}
