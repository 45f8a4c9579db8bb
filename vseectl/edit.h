/* One edit of the drop-in, tried out in a private copy of the configuration before it is made. */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "dropin.h"
#include "store/config.h"
#include "verb.h"

struct edit {
	const struct context *context;
	struct dropin dropin; /* the caller changes it between edit_open() and edit_try() */
	bool present;	      /* there is one; the caller may clear it: then it is to go */
	struct vsee_secret before;
	bool was_present;
	char *after;
	size_t after_size;
	int folder_fd;		   /* edit_lock()'s; before it -1 */
	char copy[PATH_MAX];	   /* the folder of the copy; "" none */
	struct vsee_config config; /* as it reads with the edit */
};

/* Read the drop-in. EXIT_GOOD, or another code after a message. */
enum exit_code edit_open(const struct context *context, struct edit *ret_edit);

/* Make the copy with the edit and read it; can be done again. EXIT_GOOD, or after a message. */
enum exit_code edit_try(struct edit *edit);

/* Whether the file has to be written or removed. */
bool edit_changes(const struct edit *edit);

/*
 * Keep others that switch something out until edit_clear(); the real folder is made where it is
 * missing. EXIT_GOOD; EXIT_FILES after a message: somebody else is at it just now.
 */
enum exit_code edit_lock(struct edit *edit);

/*
 * Write the drop-in to the real folder, or remove it; edit_lock() comes first. EXIT_FILES after a
 * message: nothing was changed, or somebody else has edited it meanwhile.
 */
enum exit_code edit_make(const struct edit *edit);

/* Put the file back as edit_open() found it, and say so. */
void edit_take_back(const struct edit *edit);

/* The name of a file of the copy as it is called where it really stands; for messages. */
const char *edit_file_name(const struct edit *edit, const char *file, char *ret_name);

void edit_clear(struct edit *edit);
#define autoedit CLEANUP(edit_clear)
