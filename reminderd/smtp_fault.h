/* What became of a connection on which no reply decided, in words that a help desk can use. */
#pragma once

#include <curl/curl.h>

#include "reminder.h"
#include "smtp_verdict.h"

/*
 * code: libcurl's. step: what was being done. detail: what libcurl says itself, "" for nothing; it
 * may hold words of a stranger and is not made printable here.
 */
void smtp_fault_text(CURLcode code, enum smtp_step step, const char *detail,
		     char ret_text[ANSWER_SIZE]);
