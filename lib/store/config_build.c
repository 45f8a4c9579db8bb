/* From the draft to a policy: defaults, inheritance, and what must fit together. */
#include "store/config_draft.h"

#include "store/value.h"

#define TOLD_DAYS 3 /* scan keeps an untold deadline that far ahead (design, section 3) */

struct build {
	struct vsee_draft *draft;
	struct vsee_policy policy;
};

static const struct vsee_draft_value *draft_value(const struct vsee_draft *draft, size_t section,
						  const struct vsee_key *key)
{
	return &draft->sections[section].values[key - vsee_keys];
}

static void error_at(struct vsee_draft *draft, const struct vsee_draft_value *value,
		     const char *text)
{
	vsee_draft_error(draft, draft->files[value->file], value->line, "%s", text);
}

/* Where a section's value was written: in it, or in [policy]. */
static const struct vsee_draft_value *origin(const struct vsee_draft *draft, size_t section,
					     const char *name)
{
	const struct vsee_key *key = vsee_key_find("policy", name, strlen(name));
	const struct vsee_draft_value *value = draft_value(draft, section, key);

	return value->text ? value : draft_value(draft, VSEE_DRAFT_POLICY, key);
}

static int source_set(const struct vsee_draft *draft, unsigned file, unsigned line,
		      struct vsee_source *ret_source)
{
	char *copy = strdup(draft->files[file]);

	if (!copy)
		return -ENOMEM;
	*ret_source = (struct vsee_source){copy, line};
	return 0;
}

static size_t fixed_section(const struct vsee_key *key)
{
	static const char *const names[] = {"policy", "exempt", "text", "mail", "web"};
	size_t i = 0;

	while (strcmp(names[i], key->section) != 0)
		i++;
	return i;
}

/* One key of [policy], [exempt], [text], [mail] or [web]. */
static int build_key(struct build *build, const struct vsee_key *key)
{
	const struct vsee_draft_value *value = draft_value(build->draft, fixed_section(key), key);
	const char *text = value->text ? value->text : key->fallback;
	void *base = key->in_section ? (void *)&build->policy.sections[0].rules : &build->policy;
	int r = vsee_value_parse(key, text, strlen(text), base);

	if (r == -ENOSPC) {
		error_at(build->draft, value, "more than 64 groups are mentioned");
		return 0;
	}
	return r;
}

static int build_group(struct build *build, const struct vsee_draft_section *from,
		       struct vsee_section *section)
{
	int r = vsee_policy_group(&build->policy, section->name, &section->group);

	if (r != -ENOSPC)
		return r;
	vsee_draft_error(build->draft, build->draft->files[from->file], from->line,
			 "more than %d groups are mentioned", VSEE_GROUPS_MAX);
	return 0;
}

static int build_section(struct build *build, size_t index)
{
	const struct vsee_draft_section *from = &build->draft->sections[index];
	struct vsee_section *section = &build->policy.sections[build->policy.section_count];
	int r;

	section->name = strdup(from->name);
	if (!section->name)
		return -ENOMEM;
	section->kind = from->kind;
	build->policy.section_count++;
	r = source_set(build->draft, from->file, from->line, &section->source);
	if (r < 0 || index == VSEE_DRAFT_POLICY)
		return r;
	section->rules = build->policy.sections[0].rules;
	for (size_t i = 0; i < vsee_key_count && r == 0; i++) {
		if (from->values[i].text)
			r = vsee_value_parse(&vsee_keys[i], from->values[i].text,
					     strlen(from->values[i].text), &section->rules);
	}
	if (r == 0 && from->kind == VSEE_SECTION_GROUP)
		r = build_group(build, from, section);
	return r;
}

static int build_policy(struct build *build)
{
	const struct vsee_draft *draft = build->draft;
	const struct vsee_draft_section *exempt = &draft->sections[VSEE_DRAFT_EXEMPT];
	struct vsee_policy *policy = &build->policy;
	int r;

	policy->uid_min = draft->uid_min;
	policy->uid_max = draft->uid_max;
	policy->sections = calloc(draft->section_count, sizeof(*policy->sections));
	if (!policy->sections)
		return -ENOMEM;
	r = source_set(draft, exempt->file, exempt->line, &policy->exempt_source);
	if (r == 0)
		r = build_section(build, VSEE_DRAFT_POLICY);
	for (size_t i = 0; i < vsee_key_count && r == 0; i++)
		r = build_key(build, &vsee_keys[i]);
	for (size_t i = VSEE_DRAFT_FIXED; i < draft->section_count && r == 0; i++)
		r = build_section(build, i);
	return r;
}

static void check_section(struct build *build, size_t index)
{
	const struct vsee_policy *policy = &build->policy;
	struct vsee_draft *draft = build->draft;
	size_t from = index == 0 ? VSEE_DRAFT_POLICY : index - 1 + VSEE_DRAFT_FIXED;
	const struct vsee_rules *rules = &policy->sections[index].rules;

	if (rules->max_days != VSEE_UNSET && rules->min_days >= rules->max_days)
		error_at(draft, origin(draft, from, "min_days"),
			 "min_days is not smaller than max_days: the password would expire before "
			 "it can be changed");
	if (rules->mode == VSEE_MODE_OFF)
		return;
	if (rules->expired == VSEE_EXPIRED_DENY && !policy->base_url[0] && !policy->support[0])
		error_at(draft, origin(draft, from, "expired"),
			 "expired = deny: set base_url or support in [web], else a refused person "
			 "has no way out");
	if (vsee_policy_mails(policy) && rules->stage_count > 0 && rules->stages[0] < TOLD_DAYS)
		error_at(draft, origin(draft, from, "reminders"),
			 "reminders: with mail, the first number must be 3 or more, else nobody is "
			 "told in time and no password expires");
}

/* A key of [mail] as an error names it. */
static void mail_error(struct build *build, const char *name, const char *text)
{
	const struct vsee_key *key = vsee_key_find("mail", name, strlen(name));

	error_at(build->draft, draft_value(build->draft, VSEE_DRAFT_MAIL, key), text);
}

static void check_mail(struct build *build)
{
	const struct vsee_delivery *delivery = &build->policy.delivery;

	if (!vsee_policy_mails(&build->policy))
		return;
	if (!delivery->from[0])
		mail_error(build, "smtp", "smtp is set, but from is not: a mail needs a sender");
	if (delivery->user[0] && delivery->starttls == VSEE_STARTTLS_NEVER &&
	    !vsee_delivery_local(delivery) && strncmp(delivery->smtp, "smtps:", 6) != 0)
		mail_error(build, "user",
			   "user is set and starttls = never: the password would cross the network "
			   "in clear");
	if (!delivery->user[0] && delivery->password_file[0])
		mail_error(build, "password_file", "password_file is set, but user is not");
}

static int values_add(const struct vsee_draft *draft, const struct vsee_draft_section *section,
		      const struct vsee_key *key, struct vsee_config *config)
{
	const struct vsee_draft_value *from = &section->values[key - vsee_keys];
	struct vsee_config_value *value = &config->values[config->value_count++];
	const char *kind = section->kind == VSEE_SECTION_GROUP ? "group " : "user ";
	bool is_fixed = section->kind == VSEE_SECTION_POLICY;

	*value = (struct vsee_config_value){.key = key->name};
	value->value = strdup(from->text ? from->text : key->fallback);
	if (asprintf(&value->section, "%s%s", is_fixed ? section->table : kind, section->name) < 0)
		value->section = NULL;
	if (!value->value || !value->section)
		return -ENOMEM;
	return source_set(draft, from->file, from->line, &value->source);
}

static int build_values(const struct vsee_draft *draft, struct vsee_config *config)
{
	size_t count = vsee_key_count;
	int r = 0;

	for (size_t i = VSEE_DRAFT_FIXED; i < draft->section_count; i++) {
		for (size_t j = 0; j < vsee_key_count; j++)
			count += draft->sections[i].values[j].text ? 1 : 0;
	}
	config->values = calloc(count, sizeof(*config->values));
	if (!config->values)
		return -ENOMEM;
	for (size_t i = 0; i < vsee_key_count && r == 0; i++)
		r = values_add(draft, &draft->sections[fixed_section(&vsee_keys[i])], &vsee_keys[i],
			       config);
	for (size_t i = VSEE_DRAFT_FIXED; i < draft->section_count; i++) {
		for (size_t j = 0; j < vsee_key_count && r == 0; j++) {
			if (draft->sections[i].values[j].text)
				r = values_add(draft, &draft->sections[i], &vsee_keys[j], config);
		}
	}
	return r;
}

/* What is handed out is what a login will read: printed, and read back, digest included. */
static int publishable(struct build *build, struct vsee_policy *ret_policy)
{
	autosecret struct vsee_secret text = {0};
	unsigned line;
	int r = vsee_policy_print(&build->policy, &text);

	if (r == -EFBIG) {
		vsee_draft_error(build->draft, "", 0, "the whole policy is too large");
		return -EINVAL;
	}
	return r < 0 ? r : vsee_policy_parse(text.text, text.length, ret_policy, &line);
}

static void build_clear(struct build *build)
{
	vsee_policy_clear(&build->policy);
}

int vsee_draft_build(struct vsee_draft *draft, struct vsee_config *ret_config)
{
	CLEANUP(build_clear) struct build build = {.draft = draft};
	int r = draft->no_memory ? -ENOMEM : build_policy(&build);

	if (r == 0)
		r = build_values(draft, ret_config);
	if (r < 0)
		return r;
	for (size_t i = 0; i < build.policy.section_count; i++)
		check_section(&build, i);
	check_mail(&build);
	if (draft->no_memory) /* an error may be missing */
		r = -ENOMEM;
	else if (draft->error_count == 0)
		r = publishable(&build, &ret_config->policy);
	ret_config->errors = draft->errors;
	ret_config->error_count = draft->error_count;
	draft->errors = NULL;
	draft->error_count = 0;
	return r == 0 && ret_config->error_count > 0 ? -EINVAL : r;
}
