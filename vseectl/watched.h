/*
 * One line of a log: what the module said of a login in mode watch. Logs hold text of whoever
 * tried to log in, so only a line whose message begins with our tag counts, and of that only
 * key=value in the module's own form.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "policy/login.h"

#define WATCHED_TIME_SIZE 40
#define WATCHED_SERVICE_SIZE 65

struct watched_line {
	char time[WATCHED_TIME_SIZE]; /* as the log has it */
	char user[VSEE_NAME_SIZE], service[WATCHED_SERVICE_SIZE];
	/*
	 * What enforce would have done: DEMAND, DENY, INACTIVE, ENDED; REPORT where the password
	 * had expired and the person would have got in (a job, or a key); ALLOW else.
	 */
	enum vsee_login outcome;
};

/*
 * text[0..size): a line without its newline, as journalctl -o short-iso or syslog (both forms of
 * time) writes it. True with ret_line for an account phase in mode watch.
 */
bool watched_parse(const char *text, size_t size, struct watched_line *ret_line);
