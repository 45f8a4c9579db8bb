/* What the page's worker hears of a refusal: a code in the PAM environment. See policy/page.h. */
#pragma once

#include "context.h"
#include "policy/message.h"

/* Forget what an earlier attempt in this handle was told. Outside the page's services: nothing. */
void answer_clear(pam_handle_t *pamh);

/* Why the change was refused; with "too soon", also when it is possible. As above. */
void answer_set(const struct context *context, enum vsee_message message);
