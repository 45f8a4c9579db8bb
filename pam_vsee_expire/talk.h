/* What the module says: texts for the person, key=value lines for the log. */
#pragma once

#include "context.h"
#include "policy/message.h"

#define TALK_LINK_SIZE 512

/*
 * Show a text through the conversation, unless PAM_SILENT. link: "" for none. A conversation that
 * fails changes nothing: it is information only.
 */
void talk_show(const struct context *context, enum vsee_message message, bool error,
	       const char *link);

/* One line about what was decided; level as for syslog(3). */
void talk_log(const struct context *context, int level, const char *phase, const char *action);

/* A fault of ours, with its cause. */
void talk_fault(const struct context *context, const char *what, int error);
