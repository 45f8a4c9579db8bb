/* One call of the module: who, for which service, on what day, and what is known about them. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "store/subject.h"

struct context {
	pam_handle_t *pamh;
	unsigned flags; /* PAM_SILENT and others */
	struct options options;
	const char *user, *service; /* owned by the handle */
	int64_t now;		    /* seconds since the epoch, read once */
	vsee_day today;
	struct vsee_paths paths;
	struct vsee_subject subject;
	struct vsee_judgement judgement;
	const char *would; /* mode watch: what enforce would have done; NULL: let in */
};

enum context_news {
	CONTEXT_NOT_OURS, /* the policy does not cover the account, or nobody asked us to act */
	CONTEXT_OURS,	  /* subject and judgement are set */
	CONTEXT_FAULT,	  /* something could not be read; it is logged */
};

/*
 * Gather everything about the user of the handle. The caller calls context_clear() whatever comes
 * back. A caller that is not root (a screen locker) is not ours: it can't read the facts.
 */
enum context_news context_load(pam_handle_t *pamh, unsigned flags, const struct options *options,
			       struct context *ret_context);
void context_clear(struct context *context);
#define autocontext CLEANUP(context_clear)

/* Whether real uid 0 acts through su. */
bool context_su_by_root(const struct context *context);
/* An administrator sets somebody's password with passwd or chpasswd. */
bool context_admin_reset(const struct context *context);
