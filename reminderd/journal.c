/* Which source line wrote a message is no news for administrators. */
#define SD_JOURNAL_SUPPRESS_LOCATION

#include "journal.h"

#include <errno.h>

#if VSEE_SYSTEMD
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ITEMS_MAX (LOG_FIELDS_MAX + 3)

struct items {
	struct iovec list[ITEMS_MAX];
	char *texts[ITEMS_MAX]; /* owned */
	int count;
};

static void items_clear(struct items *items)
{
	for (int i = 0; i < items->count; i++)
		free(items->texts[i]);
}

static int add(struct items *items, const char *name, const char *value)
{
	char *text;
	const int size = asprintf(&text, "%s=%s", name, value);

	if (size < 0)
		return -ENOMEM;
	items->texts[items->count] = text;
	items->list[items->count++] = (struct iovec){.iov_base = text, .iov_len = (size_t)size};
	return 0;
}

bool journal_is_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat stat;
	char own[64];

	if (!stream || fstat(STDERR_FILENO, &stat) < 0)
		return false;
	/* In a chroot, say: sd_journal_sendv(3) calls it a success to find nobody there. */
	if (access("/run/systemd/journal/socket", W_OK) < 0)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)stat.st_dev, (uintmax_t)stat.st_ino);
	return strcmp(stream, own) == 0;
}

int journal_send(const struct journal_entry *entry, unsigned priority, const char *message)
{
	CLEANUP(items_clear) struct items items = {0};
	char digit[12];
	int r;

	(void)snprintf(digit, sizeof(digit), "%u", priority);
	r = add(&items, "MESSAGE", message);
	if (r == 0)
		r = add(&items, "PRIORITY", digit);
	if (r == 0 && entry->message_id)
		r = add(&items, "MESSAGE_ID", entry->message_id);
	for (size_t i = 0; r == 0 && i < entry->count; i++)
		r = add(&items, entry->fields[i].name, entry->fields[i].value);
	return r < 0 ? r : sd_journal_sendv(items.list, items.count);
}
#else
bool journal_is_stderr(void)
{
	return false;
}

int journal_send(const struct journal_entry *entry, unsigned priority, const char *message)
{
	(void)entry;
	(void)priority;
	(void)message;
	return -EOPNOTSUPP;
}
#endif
