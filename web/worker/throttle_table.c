#include "throttle_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"

#define MAGIC "VSEETHR"
#define VERSION 1
#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LENGTH 36
#define HASH_LENGTH 43
#define STEP_MS 20

struct header {
	char magic[sizeof(MAGIC)];
	uint32_t version, entries;
	char boot[BOOT_ID_LENGTH + 4];
	char setting[VSEE_SETTING_CHEAP_SIZE];
};

#define ENTRIES_SIZE (THROTTLE_ENTRIES * sizeof(struct throttle_entry))
#define FILE_SIZE (sizeof(struct header) + ENTRIES_SIZE)

void throttle_table_clear(struct throttle_table *table)
{
	vsee_cleanup_close(&table->fd); /* unlocks, too */
	free(table->entries);
	*table = (struct throttle_table){.fd = -1};
}

static int read_boot(char *ret_boot, size_t size)
{
	autosecret struct vsee_secret text = {0};
	const int r = vsee_file_read(AT_FDCWD, BOOT_ID_PATH, 0, size, &text);

	if (r < 0)
		return r;
	if (text.length < BOOT_ID_LENGTH)
		return -EIO;
	memset(ret_boot, 0, size);
	memcpy(ret_boot, text.text, BOOT_ID_LENGTH);
	return 0;
}

/* Not waiting in flock(2): a request has its time, and no signal is needed to end it. */
static int lock(int fd)
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

	for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited_ms += STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (waited_ms >= THROTTLE_WAIT_MS)
			return -EBUSY;
		(void)nanosleep(&step, NULL); /* shorter where a signal comes */
	}
	return 0;
}

static int judge_file(int fd, size_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0 ||
	    st.st_nlink != 1)
		return -EPERM;
	*ret_size = (size_t)st.st_size;
	return 0;
}

static int read_at(int fd, void *buffer, size_t size, off_t offset)
{
	for (size_t done = 0; done < size;) {
		const ssize_t r =
			pread(fd, (char *)buffer + done, size - done, offset + (off_t)done);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0)
			return -EBADMSG;
		done += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

static int write_at(int fd, const void *buffer, size_t size, off_t offset)
{
	for (size_t done = 0; done < size;) {
		const ssize_t r =
			pwrite(fd, (const char *)buffer + done, size - done, offset + (off_t)done);

		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

static bool entry_good(const struct throttle_entry *entry)
{
	if (entry->key[0] == '\0')
		return true;
	return strnlen(entry->key, sizeof(entry->key)) == HASH_LENGTH && entry->begin >= 0 &&
	       entry->begin < INT64_MAX / 2 && entry->end >= entry->begin &&
	       entry->end - entry->begin <= INT64_C(2) * THROTTLE_SECONDS_MAX;
}

/* As it was drawn: with another character in it crypt(3) would refuse each attempt from then on. */
static bool setting_good(const char *setting, size_t size)
{
	static const char letters[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const size_t skip = strlen(VSEE_SETTING_CHEAP);

	return strnlen(setting, size) < size && strncmp(setting, VSEE_SETTING_CHEAP, skip) == 0 &&
	       setting[skip] != '\0' && setting[skip + strspn(setting + skip, letters)] == '\0';
}

static bool header_good(const struct header *header)
{
	return memcmp(header->magic, MAGIC, sizeof(MAGIC)) == 0 && header->version == VERSION &&
	       header->entries == THROTTLE_ENTRIES &&
	       setting_good(header->setting, sizeof(header->setting));
}

/* All is written, zeros too: later writes in place then need no room on the disk. */
static int make_anew(const char *boot, struct throttle_table *table)
{
	struct header header = {MAGIC, VERSION, THROTTLE_ENTRIES, {0}, {0}};
	int r;

	memcpy(header.boot, boot, sizeof(header.boot));
	/* It need not be hard to guess, only no list of names. */
	r = vsee_setting_draw_cheap(header.setting);
	if (r < 0)
		return r;
	memcpy(table->setting, header.setting, sizeof(table->setting));
	memset(table->entries, 0, ENTRIES_SIZE);
	if (ftruncate(table->fd, 0) < 0)
		return -errno;
	r = write_at(table->fd, table->entries, ENTRIES_SIZE, sizeof(header));
	if (r == 0)
		r = write_at(table->fd, &header, sizeof(header), 0);
	/* Half a table the next one would find damaged, and say so. */
	return r < 0 && ftruncate(table->fd, 0) < 0 ? -errno : r;
}

static int load(struct throttle_table *table, size_t size)
{
	char boot[BOOT_ID_LENGTH + 4];
	struct header header;
	int r = read_boot(boot, sizeof(boot));

	if (r < 0)
		return r;
	if (size == 0)
		return make_anew(boot, table);
	r = size == FILE_SIZE ? read_at(table->fd, &header, sizeof(header), 0) : -EBADMSG;
	if (r == 0 && !header_good(&header))
		r = -EBADMSG;
	if (r == 0 && memcmp(header.boot, boot, sizeof(boot)) != 0)
		return make_anew(boot, table);
	if (r == 0)
		r = read_at(table->fd, table->entries, ENTRIES_SIZE, sizeof(header));
	for (size_t i = 0; r == 0 && i < THROTTLE_ENTRIES; i++)
		r = entry_good(&table->entries[i]) ? 0 : -EBADMSG;
	if (r == -EBADMSG) {
		r = make_anew(boot, table);
		return r < 0 ? r : -EBADMSG;
	}
	if (r == 0)
		memcpy(table->setting, header.setting, sizeof(table->setting));
	return r;
}

int throttle_table_open(const char *path, struct throttle_table *ret_table)
{
	autothrottle struct throttle_table table = {.fd = -1};
	size_t size = 0;
	int r;

	table.entries = calloc(THROTTLE_ENTRIES, sizeof(*table.entries));
	if (!table.entries)
		return -ENOMEM;
	/* Non-blocking: a FIFO in its place must not hold us. */
	table.fd =
		open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (table.fd < 0)
		return -errno;
	r = judge_file(table.fd, &size);
	if (r == 0)
		r = lock(table.fd);
	if (r == 0)
		r = judge_file(table.fd, &size); /* another may have made it meanwhile */
	if (r == 0)
		r = load(&table, size);
	if (r < 0)
		return r;
	*ret_table = table;
	table = (struct throttle_table){.fd = -1};
	return 0;
}

int throttle_table_key(const struct throttle_table *table, const char *name, char *ret_key)
{
	autocandidate struct vsee_candidate candidate = {.password = name};
	const char *hash = NULL;
	const int r = vsee_candidate_hash(&candidate, table->setting, false, &hash);
	const char *last = r < 0 ? NULL : strrchr(hash, '$');

	if (r < 0)
		return r;
	if (!last || strlen(last + 1) != HASH_LENGTH)
		return -EIO;
	memset(ret_key, 0, THROTTLE_KEY_SIZE);
	memcpy(ret_key, last + 1, HASH_LENGTH);
	return 0;
}

int throttle_table_write(const struct throttle_table *table, const struct throttle_entry *entry)
{
	const size_t at = (size_t)(entry - table->entries) * sizeof(*entry);

	return write_at(table->fd, entry, sizeof(*entry), (off_t)(sizeof(struct header) + at));
}
