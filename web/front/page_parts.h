/* The parts of a page, each written to the stream that page_render() collects. */
#pragma once

#include <stdio.h>

#include "page.h"

/* The criteria in force, with what the script judges them by; those in page->unmet are marked. */
void page_list(FILE *stream, const struct page *page);

/* The words of one criterion, as they stand in the list. */
void page_criterion(FILE *stream, const struct page *page, enum criterion criterion);

/* Summary of what is wrong, criteria, fields and button; also for a one-time link. */
void page_form(FILE *stream, const struct page *page);

/* "Please try again in 3 minutes." */
void page_retry(FILE *stream, const struct page *page);
