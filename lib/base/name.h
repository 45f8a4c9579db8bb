/* Account names: which we handle at all, and how one becomes a file name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define VSEE_NAME_SIZE 256	/* with NUL; shadow-utils allows 32, LOGIN_NAME_MAX is 256 */
#define VSEE_FILE_NAME_SIZE 768 /* each byte may become %XX */

/*
 * Whether an account of this name can be ours. Refused: empty, longer than VSEE_NAME_SIZE - 1,
 * "." and "..", a leading '-' or '+', and any '/', ':', ',', blank, control character or byte
 * above 126: such a name cannot stand in a shadow(5) line safely, or is no name of an account.
 */
bool vsee_name_valid(const char *name);

/* The same for name[0..size), which need not end with a NUL. */
bool vsee_name_valid_sized(const char *name, size_t size);

/*
 * The file name for a valid account name: letters, digits, '_' and '-' stay, all else becomes %XX.
 * Also '.': so a file name with a '.' in it (a temporary file, one set aside as <name>.damaged)
 * is never an account's. Different names give different file names. Cannot fail for a valid name;
 * ret_file_name holds at least VSEE_FILE_NAME_SIZE bytes.
 */
void vsee_name_escape(const char *name, char *ret_file_name);

/*
 * The account name behind a file name, for whoever lists the folder. 0, or -EINVAL for a file name
 * that vsee_name_escape() never makes; ret_name holds at least VSEE_NAME_SIZE bytes.
 */
int vsee_name_unescape(const char *file_name, char *ret_name);
