#include "options.h"

#include <string.h>
#include <syslog.h>
#include <security/pam_ext.h>

#include "base/cleanup.h"
#include "base/number.h"

static const char *value_of(const char *argument, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(argument, name, length) != 0 || argument[length] != '=')
		return NULL;
	return argument + length + 1;
}

static bool read_flag(const char *argument, struct options *options)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"again", &options->again},
		{"bind", &options->bind},
		{"debug", &options->debug},
		{"enforce_for_root", &options->enforce_for_root},
		{"use_authtok", &options->use_authtok},
	};

	for (size_t i = 0; i < COUNT(flags); i++)
		if (strcmp(argument, flags[i].name) == 0)
			return *flags[i].flag = true;
	return false;
}

/* pam_get_authtok() reads these from argv itself. */
static bool for_libpam(const char *argument)
{
	return strcmp(argument, "try_first_pass") == 0 || strcmp(argument, "use_first_pass") == 0 ||
	       value_of(argument, "authtok_type");
}

static bool read_expired(const char *value, struct options *options)
{
	const bool change = strcmp(value, "change") == 0;

	if (!change && strcmp(value, "deny") != 0)
		return false;
	options->expired = change ? VSEE_EXPIRED_CHANGE : VSEE_EXPIRED_DENY;
	options->expired_set = true;
	return true;
}

static bool read_value(const char *argument, struct options *options)
{
	const char *value = value_of(argument, "state");
	int64_t retry;

	if (value && value[0] == '/') {
		options->state = value;
		return true;
	}
	value = value_of(argument, "expired");
	if (value)
		return read_expired(value, options);
	value = value_of(argument, "retry");
	if (!value || vsee_number_parse(value, strlen(value), 1, 10, &retry) < 0)
		return false;
	options->retry = (int)retry;
	return true;
}

struct options options_read(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options = {0};

	for (int i = 0; i < argc; i++)
		if (!read_flag(argv[i], &options) && !read_value(argv[i], &options) &&
		    !for_libpam(argv[i]))
			pam_syslog(pamh, LOG_ERR, "argument=%.60s error=unknown-or-bad-value",
				   argv[i]);
	return options;
}
