/* The change itself: what pam_chauthtok() does, and what became of it. */
#pragma once

#include "session.h"
#include "work.h"

/*
 * current: "" for a link, where root sets the password; else the account's own uid does, with
 * root's rights to write, so that every module treats it as the person's own change: the current
 * one asked for, the history enforced, shadow's minimum kept. Facts 0.2.
 *
 * The new password is checked first. subject: as loaded before; its hash is the one to be replaced.
 */
struct wire_reply renew(struct work *work, struct session *session,
			const struct vsee_subject *subject, const char *current);
