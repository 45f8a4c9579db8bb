#include "check.h"

#include <errno.h>
#include <string.h>

#include "say.h"

enum exit_code check_config(const struct context *context, struct vsee_config *ret_config)
{
	const int r = vsee_config_read(&context->paths, context->owner, ret_config);

	for (size_t i = 0; i < ret_config->error_count; i++) {
		const struct vsee_config_error *error = &ret_config->errors[i];

		if (error->line > 0)
			say_error("%s:%u: %s", error->file, error->line, error->text);
		else
			say_error("%s: %s", error->file, error->text);
	}
	if (r == 0 || r == -EINVAL)
		return r == 0 ? EXIT_GOOD : EXIT_CONFIG;
	say_error("%s: %s", context->paths.config_dir, strerror(-r));
	return EXIT_FILES;
}
