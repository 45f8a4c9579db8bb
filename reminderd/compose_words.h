/* Encoded words of RFC 2047, for what a header can't carry as it is. */
#pragma once

#include <stdbool.h>

/*
 * Whether text may stand in a header as it is: printable ASCII, nothing that a reader would take
 * for an encoded word, no word so long that its line could not be folded.
 */
bool words_plain(const char *text);

/* text (UTF-8) as encoded words of at most 75 bytes, folded. NULL: no memory. The caller frees. */
char *words_encode(const char *text);
