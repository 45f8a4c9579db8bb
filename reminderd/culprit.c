#include "culprit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "mention.h"

/* Where their packages and their own installers put them. */
static const struct {
	const char *path, *name;
} tools[] = {
	{"/opt/chef/bin/chef-client",	      "chef"	    },
	   {"/opt/cinc/bin/cinc-client",	 "cinc"	       },
	{"/opt/puppetlabs/bin/puppet",      "puppet"      },
	   {"/opt/saltstack/salt/salt-minion", "salt"	     },
	{"/usr/bin/ansible-pull",		  "ansible-pull"},
	   {"/usr/bin/chef-client",	    "chef"	  },
	{"/usr/bin/cloud-init",		"cloud-init"  },
	   {"/usr/bin/puppet",		       "puppet"      },
	{"/usr/bin/salt-minion",		 "salt"	       },
	   {"/usr/local/bin/ansible-pull",	   "ansible-pull"},
	{"/usr/sbin/cf-agent",	       "cfengine"	 },
	   {"/var/cfengine/bin/cf-agent",	  "cfengine"    },
};

static const char *const cron_folders[] = {
	"/etc/cron.d",	    "/etc/cron.daily",	 "/etc/cron.hourly",
	"/etc/cron.weekly", "/etc/cron.monthly", "/var/spool/cron/crontabs",
};

static void add(struct vsee_writer *writer, const char *name)
{
	vsee_writer_add(writer, "%s%s", writer->length > 0 ? ", " : "", name);
}

static void find_tools(const char *root, struct vsee_writer *writer)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(tools); i++) {
		if (snprintf(path, sizeof(path), "%s%s", root, tools[i].path) >=
			    (int)sizeof(path) ||
		    access(path, F_OK) < 0 || strstr(writer->text, tools[i].name))
			continue;
		add(writer, tools[i].name);
	}
}

static bool add_job(void *context, const char *path)
{
	add(context, path);
	return true;
}

const char *culprit_list(const char *root, char *ret_text, size_t size)
{
	struct vsee_writer writer = {.text = ret_text, .size = size};

	ret_text[0] = '\0';
	find_tools(root, &writer);
	if (mention_file(root, "/etc/crontab", "chage"))
		add(&writer, "/etc/crontab");
	for (size_t i = 0; i < COUNT(cron_folders); i++)
		mention_folder(root, cron_folders[i], "chage", add_job, &writer);
	return ret_text;
}
