#include "base/loginuid.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"

uid_t vsee_loginuid_read(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char text[16];
	ssize_t size;
	int64_t uid;

	if (fd < 0)
		return (uid_t)-1;
	size = read(fd, text, sizeof(text));
	if (size <= 0 || vsee_number_parse(text, (size_t)size, 0, UINT32_MAX, &uid) < 0)
		return (uid_t)-1;
	return (uid_t)uid;
}
