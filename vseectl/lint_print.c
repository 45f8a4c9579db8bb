#include "lint_print.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

/* Whatever came from a file: control characters shown as '?'; lines behind the first indented. */
static void print_shown(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\n')
			(void)printf("\n            ");
		else
			(void)putchar((unsigned char)*c < ' ' || *c == '\x7f' ? '?' : *c);
	}
}

static void print_services(const struct lint_finding *finding)
{
	const size_t shown = finding->service_count < LINT_SERVICES_SHOWN ? finding->service_count
									  : LINT_SERVICES_SHOWN;

	if (shown == 0)
		return;
	(void)printf("\n  services: ");
	for (size_t i = 0; i < shown; i++) {
		(void)printf("%s", i == 0 ? "" : ", ");
		print_shown(finding->services[i]);
	}
	if (finding->service_count > shown)
		(void)printf(" and %zu more", finding->service_count - shown);
}

static void print_finding(const struct lint_finding *finding)
{
	const struct lint_kind *kind = lint_kind_of(finding->code);

	(void)printf("%s L%02d: ", lint_severity_name(kind->severity), (int)finding->code + 1);
	if (finding->file[0]) {
		print_shown(finding->file);
		if (finding->line > 0)
			(void)printf(":%u", finding->line);
		(void)printf(": ");
	}
	print_shown(finding->text);
	(void)printf("\n  why:      %s\n  remedy:   ", kind->why);
	print_shown(finding->remedy);
	print_services(finding);
	(void)printf("\n\n");
}

void lint_print_text(const struct lint *lint)
{
	size_t counts[LINT_ERROR + 1] = {0};

	for (size_t i = 0; i < lint->count; i++) {
		print_finding(&lint->findings[i]);
		counts[lint_kind_of(lint->findings[i].code)->severity]++;
	}
	if (lint->count == 0)
		(void)printf("Nothing is wrong.\n");
	else
		(void)printf("Errors: %zu, warnings: %zu, notes: %zu.\n", counts[LINT_ERROR],
			     counts[LINT_WARNING], counts[LINT_NOTE]);
}

/* Text that is no UTF-8 would make the line no JSON: its bytes above ASCII become '?'. */
static void print_string(const char *text)
{
	const bool good = vsee_utf8_valid(text, strlen(text));

	(void)putchar('"');
	for (const char *c = text; *c; c++) {
		const unsigned char byte = (unsigned char)*c;

		if (*c == '"' || *c == '\\')
			(void)printf("\\%c", *c);
		else if (byte < ' ' || byte == 0x7f)
			(void)printf("\\u%04x", byte);
		else
			(void)putchar(byte >= 0x80 && !good ? '?' : byte);
	}
	(void)putchar('"');
}

static void print_member(const char *name, const char *text)
{
	(void)printf(",\"%s\":", name);
	print_string(text);
}

void lint_print_json(const struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_finding *finding = &lint->findings[i];
		const struct lint_kind *kind = lint_kind_of(finding->code);

		(void)printf("{\"severity\":\"%s\",\"code\":\"L%02d\"",
			     lint_severity_name(kind->severity), (int)finding->code + 1);
		print_member("file", finding->file);
		(void)printf(",\"line\":%u", finding->line);
		print_member("text", finding->text);
		print_member("why", kind->why);
		print_member("remedy", finding->remedy);
		(void)printf(",\"services\":[");
		for (size_t j = 0; j < finding->service_count && j < LINT_SERVICES_SHOWN; j++) {
			(void)printf("%s", j == 0 ? "" : ",");
			print_string(finding->services[j]);
		}
		(void)printf("],\"service_count\":%zu}\n", finding->service_count);
	}
}
