/* A site for tests of the page, and each page that it can show. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "page.h"

#define PAGE_CASE_PROBLEMS (PROBLEM_STALE + 1)

/* What a strict host asks: every criterion is in force, with numbers above 1. */
static inline struct strength page_case_strict(void)
{
	return (struct strength){
		.min_length = 12,
		.digit_credit = -2,
		.upper_credit = -2,
		.lower_credit = -2,
		.other_credit = -2,
		.classes = 3,
		.repeat = 2,
		.class_repeat = 4,
		.sequence = 3,
		.different = 5,
		.name = true,
		.common = true,
		.remember = 6,
	};
}

/* What most hosts ask. */
static inline struct strength page_case_usual(void)
{
	return (struct strength){
		.min_length = 15,
		.digit_credit = -1,
		.upper_credit = -1,
		.different = 1,
		.name = true,
		.common = true,
		.remember = 6,
	};
}

static inline struct site page_case_site(void)
{
	return (struct site){
		.host = "clinic-3",
		.authority = "clinic-3.example.com",
		.origin = "https://clinic-3.example.com",
		.path = "/reset",
		.product = "VSee Messenger",
		.support = "https://help.example.com/",
		.login_page = "https://example.com/login",
		.strength = page_case_usual(),
	};
}

static inline struct page page_case_page(const struct site *site, enum page_kind kind)
{
	return (struct page){
		.kind = kind,
		.site = site,
		.user = "maria.hofer",
		.form_token = "0123456789abcdef0123456789abcdef",
		.text = "It is too simple.",
		.reference = "5f0c2a9d51e7b034",
		.unmet = CRITERION_BIT(CRITERION_LENGTH) | CRITERION_BIT(CRITERION_COMMON),
		.retry_after = 12 * 60,
		.until = 1795687200, /* 2026-11-26 10:00 UTC */
	};
}

/* Only a form has problems. */
static inline bool page_case_exists(enum page_kind kind, enum page_problem problem)
{
	return kind == PAGE_FORM || kind == PAGE_LINK_FORM || problem == PROBLEM_NONE;
}
