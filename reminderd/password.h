/* The secret for AUTH. */
#pragma once

#include "base/secret.h"
#include "store/policy.h"

/*
 * Read it from the credential smtp-password of systemd where there is one ($CREDENTIALS_DIRECTORY),
 * else from delivery->password_file below root, which nobody but its owner, root or the caller, may
 * read. Without delivery->user it stays empty.
 * 0 (the caller clears ret_password), or negative errno, said on standard error.
 */
int password_read(const struct vsee_delivery *delivery, const char *root,
		  struct vsee_secret *ret_password);
