/* One PAM handle of a test, with the person at its other end. */
#pragma once

#include <security/pam_appl.h>

#include "base/cleanup.h"
#include "dialog.h"

struct visit {
	pam_handle_t *pamh;
	struct dialog dialog;
	struct pam_conv conversation;
};

/* Answers are OLD and FRESH; change visit->dialog before the next call where others are wanted. */
void visit_begin(struct visit *visit, const char *service, const char *user);
void visit_end(struct visit *visit);
#define autovisit CLEANUP(visit_end)

/* Call the module's own function, as libpam would do; for what libpam does not let through. */
int visit_call(struct visit *visit, const char *module, const char *function, int flags);
