/* The border to PAM: what a login comes to, as PAM's return codes. */
#pragma once

#include "policy/login.h"

/* The account phase's code for a decision; PAM_SERVICE_ERR for anything unforeseen. */
int codes_account(enum vsee_login login);
