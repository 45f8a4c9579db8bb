#include "store/culprit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "store/mention.h"

/* Where their packages and their own installers put them. */
/* clang-format off */
static const struct {
	const char *path, *name;
} tools[] = {
	{"/etc/chef", "chef"},
	{"/etc/cloud/cloud.cfg", "cloud-init"},
	{"/etc/puppet", "puppet"},
	{"/etc/puppetlabs", "puppet"},
	{"/etc/salt", "salt"},
	{"/opt/chef/bin/chef-client", "chef"},
	{"/opt/cinc/bin/cinc-client", "cinc"},
	{"/opt/puppetlabs/bin/puppet", "puppet"},
	{"/opt/saltstack/salt/salt-minion", "salt"},
	{"/usr/bin/ansible-pull", "ansible-pull"},
	{"/usr/bin/chef-client", "chef"},
	{"/usr/bin/cloud-init", "cloud-init"},
	{"/usr/bin/puppet", "puppet"},
	{"/usr/bin/salt-minion", "salt"},
	{"/usr/local/bin/ansible-pull", "ansible-pull"},
	{"/usr/sbin/cf-agent", "cfengine"},
	{"/var/cfengine", "cfengine"},
	{"/var/lib/cfengine3", "cfengine"},
};
/* clang-format on */

static bool add(void *context, const char *name)
{
	struct vsee_writer *writer = context;

	vsee_writer_add(writer, "%s%s", writer->length > 0 ? ", " : "", name);
	return true;
}

static void find_tools(const char *root, struct vsee_writer *writer)
{
	char path[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < COUNT(tools); i++) {
		if (strstr(writer->text, tools[i].name) ||
		    snprintf(path, sizeof(path), "%s%s", root, tools[i].path) >= (int)sizeof(path))
			continue;
		/* Not followed: below another root an absolute link leads astray. */
		if (lstat(path, &st) == 0)
			(void)add(writer, tools[i].name);
	}
}

const char *vsee_culprit_list(const char *root, char *ret_text, size_t size)
{
	static const char *const words[] = {"chage", "ansible-pull"};
	struct vsee_writer writer = {.text = ret_text, .size = size};

	ret_text[0] = '\0';
	find_tools(root, &writer);
	for (size_t i = 0; i < COUNT(words); i++)
		(void)vsee_mention_cron(root, words[i], add, &writer);
	return ret_text;
}
