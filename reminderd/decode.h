/* JSON that is read. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/cleanup.h"

/*
 * Once, at the program's start: from then on the program ends where jansson finds no memory.
 * jansson 2.14 goes on reading where a buffer of its own could not grow, and writes behind another
 * one; and a list that it could not extend would be short without a word.
 */
void decode_begin(void);

/* text[0..size) as an object without a key that stands there twice. 0 or -EBADMSG. */
int decode_object(const char *text, size_t size, json_t **ret_object);

void decode_release(json_t **json);
#define autojson CLEANUP(decode_release)
