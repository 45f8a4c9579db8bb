/* What the module and the password page agree on: the page's PAM services, and their answer. */
#pragma once

/* The services of the page's worker: with the current password, and with a one-time link. */
#define VSEE_PAGE_SERVICE "vsee-reset"
#define VSEE_PAGE_LINK_SERVICE "vsee-reset-token"

/*
 * In these two services only, the module names the text it refused with in the PAM environment:
 * the code of message.h ("V11"), so that nobody reads translated sentences; and with "too soon" the
 * second from which a change is possible, since the epoch.
 */
#define VSEE_PAGE_ANSWER "VSEE_ANSWER"
#define VSEE_PAGE_UNTIL "VSEE_UNTIL"
