/*
 * The letter as a page: nothing loaded from elsewhere, no script, and readable where the reader's
 * program drops the styles. Colours stand in the sheet only, so that they come in pairs.
 */
#include "compose_letter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/html.h"

#define STYLE                                                                                      \
	":root{color-scheme:light dark}"                                                           \
	"body{margin:0;padding:16px;background:#f4f5f7;color:#1c2430;"                             \
	"font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"        \
	".m{max-width:560px;margin:0 auto;padding:20px 24px;background:#ffffff;"                   \
	"border:1px solid #d5dae1;border-radius:8px;overflow-wrap:anywhere}"                       \
	".l{font-size:20px;line-height:1.35;font-weight:600}"                                      \
	"table{width:100%;border-collapse:collapse;background:#f4f5f7}"                            \
	"th{color:#55606e;overflow-wrap:normal}"                                                   \
	"a{color:#0b57b0}"                                                                         \
	".s{color:#55606e;border-top:1px solid #d5dae1}"                                           \
	"@media (prefers-color-scheme:dark){"                                                      \
	"body{background:#14181e;color:#e6e9ee}"                                                   \
	".m{background:#1d232b;border-color:#39424e}"                                              \
	"table{background:#14181e}"                                                                \
	"th{color:#a9b3c0}"                                                                        \
	"a{color:#8ab8f5}"                                                                         \
	".s{color:#a9b3c0;border-color:#39424e}}"                                                  \
	"@media (max-width:420px){body{padding:8px}.m{padding:16px}th,td{display:block}"           \
	"th{padding-bottom:0!important}td{padding-top:0!important}}"

#define CELL "padding:6px 10px;text-align:left;vertical-align:top"

static void escape(FILE *file, const char *text)
{
	for (;; text++) {
		size_t plain = strcspn(text, "&<>\"'");

		fwrite(text, 1, plain, file);
		text += plain;
		if (*text == '\0')
			return;
		fputs(vsee_html_entity(*text), file);
	}
}

static void head(FILE *file, const struct letter *letter)
{
	fprintf(file, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		letter->language);
	fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>",
	      file);
	escape(file, letter->subject);
	fputs("</title>\n<style>" STYLE "</style>\n</head>\n<body>\n<div class=\"m\">\n", file);
}

/* Text between two pieces of mark-up. */
static void element(FILE *file, const char *before, const char *text, const char *after)
{
	fputs(before, file);
	escape(file, text);
	fputs(after, file);
}

static void part(FILE *file, const struct part *part)
{
	switch (part->kind) {
	case PART_PARAGRAPH:
		element(file, "<p>", part->text, "</p>\n");
		break;
	case PART_LEAD:
		element(file, "<p class=\"l\">", part->text, "</p>\n");
		break;
	case PART_FACT:
		element(file, "<tr><th scope=\"row\" style=\"" CELL ";font-weight:normal\">",
			part->label, "</th>");
		element(file, "<td dir=\"auto\" style=\"" CELL "\">", part->text, "</td></tr>\n");
		break;
	case PART_LINK:
		element(file, "<p><a href=\"", part->text, "\">");
		element(file, "", part->text, "</a></p>\n");
		break;
	case PART_SMALL:
		element(file, "<p class=\"s\" style=\"font-size:14px;padding-top:12px\">",
			part->text, "</p>\n");
		break;
	}
}

int letter_html(const struct letter *letter, char **ret_text, size_t *ret_size)
{
	enum part_kind before = PART_PARAGRAPH;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return -ENOMEM;
	head(file, letter);
	for (size_t i = 0; i < letter->count; i++) {
		const enum part_kind kind = letter->parts[i].kind;

		if (kind == PART_FACT && before != PART_FACT)
			fputs("<table>\n", file);
		if (kind != PART_FACT && before == PART_FACT)
			fputs("</table>\n", file);
		part(file, &letter->parts[i]);
		before = kind;
	}
	fputs(before == PART_FACT ? "</table>\n" : "", file);
	fputs("</div>\n</body>\n</html>\n", file);

	bool bad = ferror(file) != 0;

	if (fclose(file) != 0 || bad) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	*ret_size = size;
	return 0;
}
