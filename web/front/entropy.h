/* Random names. */
#pragma once

#include <stddef.h>

/* size bytes of the kernel's generator as 2 * size lower-case hexadecimal digits and a NUL; size at
 * most 16. 0 or negative errno. */
int entropy_hex(size_t size, char *ret_text);
