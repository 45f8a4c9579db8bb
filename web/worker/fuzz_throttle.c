/*
 * Any bytes in place of the throttle's table, and then attempts: a damaged table is told of and
 * empty, and whoever it was, after so many charges nobody is let through. The input is a row of
 * patches for a table in use: place (three bytes), length (one), bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "throttle.h"
#include "throttle_table.h"

#define NOW INT64_C(100000)

static const struct throttle_limits limits = {1, 20, 900};
static char path[64];
static char *good;
static size_t good_size;

static void remove_file(void)
{
	(void)unlink(path); /* at the end, with nobody to tell */
}

static void begin(void)
{
	autoclose int fd = -1;
	struct stat st;

	if (good)
		return;
	(void)snprintf(path, sizeof(path), "%s/vsee-throttle-%d",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
	CHECK(atexit(remove_file) == 0);
	CHECK(throttle_charge(path, &limits, "maria", "192.0.2.1", NOW) == 0);
	CHECK(throttle_charge(path, &limits, "eva", "192.0.2.2", NOW) == 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	good_size = (size_t)st.st_size;
	good = malloc(good_size);
	CHECK(good && read(fd, good, good_size) == st.st_size);
}

static void write_at(int fd, const void *text, size_t size, size_t place)
{
	CHECK(pwrite(fd, text, size, (off_t)place) == (ssize_t)size);
}

/* The last patch may also make the file longer or shorter. */
static void write_damaged(const uint8_t *data, size_t size)
{
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
	write_at(fd, good, good_size, 0);
	while (size > 4) {
		const size_t place = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]);
		const size_t length = data[3] < size - 4 ? data[3] : size - 4;

		if (length == 0)
			CHECK(ftruncate(fd, (off_t)(place % (2 * good_size))) == 0);
		else
			write_at(fd, data + 4, length, place % good_size);
		data += 4 + length;
		size -= 4 + length;
	}
}

/*
 * However the table came to be: the account's limit is met, and then it waits, a day at most. From
 * two other sources, since the first may be one that waits.
 */
static int check_limit(void)
{
	static const char *const sources[] = {"198.51.100.1", "203.0.113.1"};
	int r = 0;

	for (unsigned i = 0; i < COUNT(sources); i++) {
		r = throttle_charge(path, &limits, "maria", sources[i], NOW + 60);
		if (r == -ENOMEM)
			return r;
		CHECK(r >= 0 && r <= THROTTLE_SECONDS_MAX);
	}
	CHECK(r > 0);
	return r;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	int r;

	begin();
	write_damaged(data, size);
	r = throttle_charge(path, &limits, "maria", "192.0.2.1", NOW + 60);
	if (r == -ENOMEM)
		return r;
	CHECK(r >= 0 || r == -EBADMSG);
	if (r == -EBADMSG) /* this once */
		r = throttle_charge(path, &limits, "maria", "192.0.2.1", NOW + 60);
	if (r == -ENOMEM)
		return r;
	CHECK(r >= 0 && r <= THROTTLE_SECONDS_MAX);
	return check_limit();
}
