/* The private copy of the configuration in which an edit is tried out. */
#pragma once

#include "edit.h"

#define EDIT_FOLDER "vsee-expire.conf.d"
#define EDIT_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define EDIT_COPY_TEMPLATE "/tmp/vseectl-XXXXXX"

/*
 * Copy what the configuration's reader would read, with edit->after in place of the drop-in where
 * edit->present. 0 or negative errno; edit->copy names the folder, also after an error.
 */
int edit_copy_make(struct edit *edit);

/* Remove the folder copy, and make the name empty; "" is none. */
void edit_copy_remove(char *copy);
