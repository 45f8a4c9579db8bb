/* reminderd preview: what the configuration would do to the people of this host, summed up. */
#pragma once

#include "scan.h"

#define PREVIEW_DAYS 60	     /* how far the table of days goes */
#define PREVIEW_MAIL_DAYS 30 /* and that of mails */
#define PREVIEW_NAMES_MAX 20

struct preview {
	struct view view; /* first: the view that scan hands back is this preview */
	uint64_t sections[VSEE_SECTIONS_MAX]; /* accounts that each covers */
	uint64_t asked, expired;	      /* must change at the next login, and why */
	uint64_t lenient;		      /* expired, but the mode lets them in */
	uint64_t days[PREVIEW_DAYS];	      /* deadlines by days from today */
	uint64_t later, never, unusable;
	uint64_t mails[PREVIEW_MAIL_DAYS]; /* accounts that reach a reminder stage, by day */
	uint64_t no_address;		   /* among those that are reminded */
	uint64_t restored;		   /* no longer covered: shadow's own values come back */
	struct tally_names floors;	   /* who is granted notice_days, with the date */
	struct queue soonest;		   /* PREVIEW_NAMES_MAX of them */
};

/* The verb: a view by the configuration. Writes nothing but standard output. */
enum exit_code preview_run(const struct options *options);

/* soonest is sorted. */
void preview_print_text(const struct preview *preview, const struct scan *scan);
void preview_print_json(const struct preview *preview, const struct scan *scan);
