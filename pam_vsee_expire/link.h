/* The link to the page: with the name, or for a person who just proved it, with a token. */
#pragma once

#include "context.h"
#include "talk.h"

/* base_url/?user=NAME; support's address where there is no page; "" where there is neither. */
void link_plain(const struct context *context, char *ret_link);

/* Support's address, or "". */
void link_support(const struct context *context, char *ret_link);

/*
 * As link_plain(), with a one-time token that is valid for VSEE_TOKEN_LOGIN_SECONDS, where the
 * terminal can open a link at all, and not for those who may have none. Its hash is kept in the
 * account's state, replacing an earlier one; the token itself stands nowhere but in ret_link, which
 * the caller wipes. Without state, or on any fault, the plain link.
 */
void link_with_token(struct context *context, char *ret_link);
