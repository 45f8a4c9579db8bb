#include "entropy.h"

#include <errno.h>
#include <sys/random.h>

int entropy_hex(size_t size, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];

	if (size > sizeof(bytes))
		return -EINVAL;
	if (getrandom(bytes, size, 0) != (ssize_t)size)
		return -EIO;
	for (size_t i = 0; i < size; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_text[2 * size] = '\0';
	return 0;
}
