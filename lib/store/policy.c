#include "store/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "store/keys.h"
#include "store/value.h"

#define POLICY_FILE "policy"

static void words_clear(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void delivery_clear(struct vsee_delivery *delivery)
{
	words_clear(delivery->addresses, delivery->address_count);
	free(delivery->smtp);
	free(delivery->ca_file);
	free(delivery->user);
	free(delivery->password_file);
	free(delivery->from);
	free(delivery->reply_to);
	free(delivery->bounces);
	free(delivery->map);
	free(delivery->domain);
}

void vsee_policy_clear(struct vsee_policy *policy)
{
	for (size_t i = 0; i < policy->section_count; i++) {
		free(policy->sections[i].name);
		free(policy->sections[i].source.file);
	}
	free(policy->sections);
	words_clear(policy->exempt_users, policy->exempt_user_count);
	words_clear(policy->report_only, policy->report_only_count);
	for (size_t i = 0; i < policy->group_count; i++)
		free(policy->groups[i]);
	free(policy->exempt_reason);
	free(policy->exempt_source.file);
	delivery_clear(&policy->delivery);
	free(policy->product);
	free(policy->base_url);
	free(policy->support);
	free(policy->login_page);
	*policy = (struct vsee_policy){0};
}

int vsee_policy_group(struct vsee_policy *policy, const char *name, unsigned *ret_bit)
{
	unsigned bit = 0;

	while (bit < policy->group_count && strcmp(policy->groups[bit], name) != 0)
		bit++;
	if (bit == VSEE_GROUPS_MAX)
		return -ENOSPC;
	if (bit == policy->group_count) {
		policy->groups[bit] = strdup(name);
		if (!policy->groups[bit])
			return -ENOMEM;
		policy->group_count++;
	}
	*ret_bit = bit;
	return 0;
}

static void print_source(const struct vsee_source *source, struct vsee_writer *writer)
{
	vsee_writer_add(writer, "source=%u %s\n", source->line, source->file ? source->file : "");
}

/* Every key that stands in sections, or every one that does not. */
static void print_keys(bool in_section, const void *base, struct vsee_writer *writer)
{
	for (size_t i = 0; i < vsee_key_count; i++) {
		const struct vsee_key *key = &vsee_keys[i];

		if (key->in_section != in_section)
			continue;
		vsee_writer_add(writer, "%s=", key->name);
		vsee_value_print(key, base, writer);
		vsee_writer_add(writer, "\n");
	}
}

static void print_sections(const struct vsee_policy *policy, struct vsee_writer *writer)
{
	static const char *const kinds[] = {
		[VSEE_SECTION_POLICY] = "policy",
		[VSEE_SECTION_GROUP] = "group ",
		[VSEE_SECTION_USER] = "user ",
	};

	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_section *section = &policy->sections[i];

		vsee_writer_add(writer, "section=%s%s\n", kinds[section->kind], section->name);
		print_source(&section->source, writer);
		print_keys(true, &section->rules, writer);
	}
}

int vsee_policy_print(const struct vsee_policy *policy, struct vsee_secret *ret_text)
{
	autosecret struct vsee_secret text = {0};
	int r;

	if (policy->section_count == 0 || policy->sections[0].kind != VSEE_SECTION_POLICY)
		return -EINVAL;
	r = vsee_secret_alloc(VSEE_POLICY_BYTES_MAX + 1, &text);
	if (r < 0)
		return r;

	struct vsee_writer writer = {.text = text.text, .size = text.size};

	vsee_writer_add(&writer, "vsee-policy 1\n");
	vsee_writer_add(&writer, "uids=%" PRIuMAX " %" PRIuMAX "\n", (uintmax_t)policy->uid_min,
			(uintmax_t)policy->uid_max);
	print_source(&policy->exempt_source, &writer);
	print_keys(false, policy, &writer);
	print_sections(policy, &writer);
	vsee_writer_add(&writer, "digest=%016" PRIx64 "\nend\n",
			vsee_digest(writer.text, writer.length));
	if (writer.overflow)
		return -EFBIG;
	text.length = writer.length;
	*ret_text = text;
	text = (struct vsee_secret){0};
	return 0;
}

int vsee_policy_load(int state_fd, uid_t owner, struct vsee_policy *ret_policy)
{
	autosecret struct vsee_secret text = {0};
	unsigned line;
	int r = vsee_file_read(state_fd, POLICY_FILE, owner, VSEE_POLICY_BYTES_MAX, &text);

	if (r < 0)
		return r;
	return vsee_policy_parse(text.text, text.length, ret_policy, &line);
}

int vsee_policy_publish(int state_fd, const struct vsee_policy *policy)
{
	autosecret struct vsee_secret text = {0};
	int r = vsee_policy_print(policy, &text);

	if (r < 0)
		return r;
	return vsee_file_replace(state_fd, POLICY_FILE, 0644, text.text, text.length);
}

int vsee_policy_unpublish(int state_fd)
{
	if (unlinkat(state_fd, POLICY_FILE, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return fsync(state_fd) < 0 ? -errno : 0;
}

void vsee_policy_hold(struct vsee_policy *policy)
{
	for (size_t i = 0; i < policy->section_count; i++) {
		struct vsee_section *section = &policy->sections[i];

		if (section->rules.mode != VSEE_MODE_ENFORCE)
			continue;
		section->rules.mode = VSEE_MODE_REMIND;
		section->rules.held = true;
	}
}

void vsee_policy_unhold(struct vsee_policy *policy)
{
	for (size_t i = 0; i < policy->section_count; i++) {
		struct vsee_section *section = &policy->sections[i];

		if (section->rules.held)
			section->rules.mode = VSEE_MODE_ENFORCE;
		section->rules.held = false;
	}
}

bool vsee_policy_mails(const struct vsee_policy *policy)
{
	return policy->delivery.smtp && policy->delivery.smtp[0] != '\0';
}

bool vsee_delivery_local(const struct vsee_delivery *delivery)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
	static const char scheme[] = "smtp://";

	if (strncmp(delivery->smtp, "maildir:", strlen("maildir:")) == 0)
		return true;
	if (strncmp(delivery->smtp, scheme, strlen(scheme)) != 0)
		return false;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		const char *host = delivery->smtp + strlen(scheme);

		if (strncmp(host, hosts[i], strlen(hosts[i])) == 0 &&
		    (host[strlen(hosts[i])] == ':' || host[strlen(hosts[i])] == '\0'))
			return true;
	}
	return false;
}

bool vsee_policy_reports_only(const struct vsee_policy *policy, const char *service)
{
	for (size_t i = 0; i < policy->report_only_count; i++)
		if (strcmp(policy->report_only[i], service) == 0)
			return true;
	return false;
}
