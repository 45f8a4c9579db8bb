#include "decode.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "exit.h"
#include "log.h"

static void *allocate(size_t size)
{
	void *const memory = malloc(size);

	if (memory)
		return memory;
	log_error("out of memory");
	_exit(EXIT_FILES);
}

void decode_begin(void)
{
	json_set_alloc_funcs(allocate, free);
}

int decode_object(const char *text, size_t size, json_t **ret_object)
{
	json_t *const object = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(object)) {
		json_decref(object);
		return -EBADMSG;
	}
	*ret_object = object;
	return 0;
}

void decode_release(json_t **json)
{
	json_decref(*json);
}
