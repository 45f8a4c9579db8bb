/*
 * The server's judgement of passwords, for tests of the page's script: a line of JSON each,
 *
 *   {"settings": {"minlen": 8, "dcredit": -1}, "password": "x", "current": "", "user": "anna"}
 *
 * settings: numbers under the names that pwquality.conf(5) has, 0 where left out. Prints for each
 * line, in decimal, the bits of strength.h that are unmet and a blank and those in force.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "wire/strength.h"

static int number(const json_t *settings, const char *name)
{
	return (int)json_integer_value(json_object_get(settings, name));
}

static const char *text(const json_t *line, const char *name)
{
	const char *value = json_string_value(json_object_get(line, name));

	return value ? value : "";
}

static struct strength read_settings(const json_t *settings)
{
	return (struct strength){
		.min_length = number(settings, "minlen"),
		.digit_credit = number(settings, "dcredit"),
		.upper_credit = number(settings, "ucredit"),
		.lower_credit = number(settings, "lcredit"),
		.other_credit = number(settings, "ocredit"),
		.classes = number(settings, "minclass"),
		.repeat = number(settings, "maxrepeat"),
		.class_repeat = number(settings, "maxclassrepeat"),
		.sequence = number(settings, "maxsequence"),
		.different = number(settings, "difok"),
		.name = number(settings, "usercheck") != 0,
		.name_part = number(settings, "usersubstr"),
		.common = number(settings, "dictcheck") != 0,
	};
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	while (r == 0 && getline(&line, &size, stdin) > 0) {
		json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		const struct strength strength = read_settings(json_object_get(root, "settings"));

		if (!root) {
			(void)fprintf(stderr, "judge: not JSON: %s", line);
			r = 1;
			break;
		}
		(void)printf("%" PRIu32 " %" PRIu32 "\n",
			     strength_judge(&strength, text(root, "password"),
					    text(root, "current"), text(root, "user")),
			     strength_criteria(&strength));
		(void)fflush(stdout); /* who asks waits for it */
		json_decref(root);
	}
	free(line);
	return r;
}
