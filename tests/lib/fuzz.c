/*
 * Memory that fails on demand. The linker's --wrap leads each call of our objects here; shared
 * libraries keep their own calls. Works with and without sanitizers, whose allocators stay behind.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned counted, failing; /* allocations of this run; the one that fails, 0: none */

/* Whether this allocation is to fail. */
static bool starves(void)
{
	if (++counted != failing)
		return false;
	errno = ENOMEM;
	return true;
}

/* One run; failing: see above. */
static int run(const uint8_t *data, size_t size, unsigned nth)
{
	int r;

	counted = 0;
	failing = nth;
	r = fuzz_run(data, size);
	failing = 0;
	return r;
}

static void run_starving(const uint8_t *data, size_t size, unsigned nth, int expected)
{
	const int r = run(data, size, nth);

	if (r == expected || r == -ENOMEM)
		return;
	fprintf(stderr, "with allocation %u failing: %d, else %d\n", nth, r, expected);
	abort();
}

static int run_fed(const uint8_t *data, size_t size)
{
	const int r = run(data, size, 0);

	CHECK(r != -ENOMEM);
	return r;
}

/* Any change of the input may choose another allocation, and one input always the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int r = run_fed(data, size);
	const unsigned count = counted;

	if (count > 0)
		run_starving(data, size,
			     1 + (unsigned)(vsee_digest((const char *)data, size) % count), r);
	return 0;
}

unsigned fuzz_replay(const uint8_t *data, size_t size)
{
	const int r = run_fed(data, size);
	const unsigned count = counted;

	for (unsigned nth = 1; nth <= count; nth++)
		run_starving(data, size, nth, r);
	return 1 + count;
}

/* Names of the linker's --wrap: __wrap_x is called for x, and __real_x is what x was. */
#define WRAPPED(type, name, parameters)                                                            \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters

WRAPPED(void *, malloc, (size_t size));
WRAPPED(void *, calloc, (size_t count, size_t size));
WRAPPED(void *, realloc, (void *pointer, size_t size));
WRAPPED(void *, reallocarray, (void *pointer, size_t count, size_t size));
WRAPPED(char *, strdup, (const char *text));
WRAPPED(char *, strndup, (const char *text, size_t size));
WRAPPED(FILE *, open_memstream, (char **text, size_t *size));
WRAPPED(FILE *, fdopen, (int fd, const char *mode));

void *__wrap_malloc(size_t size)
{
	return starves() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return starves() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return starves() ? NULL : __real_realloc(pointer, size);
}

void *__wrap_reallocarray(void *pointer, size_t count, size_t size)
{
	return starves() ? NULL : __real_reallocarray(pointer, count, size);
}

char *__wrap_strdup(const char *text)
{
	return starves() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return starves() ? NULL : __real_strndup(text, size);
}

FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return starves() ? NULL : __real_open_memstream(text, size);
}

FILE *__wrap_fdopen(int fd, const char *mode)
{
	return starves() ? NULL : __real_fdopen(fd, mode);
}

/* With _FORTIFY_SOURCE the headers make the second name of the first. */
#define FORMATS(format_at, values_at) __attribute__((format(printf, format_at, values_at)))

FORMATS(2, 0) int __real_vasprintf(char **text, const char *format, va_list values);
FORMATS(2, 0) int __wrap_vasprintf(char **text, const char *format, va_list values);
FORMATS(2, 3) int __wrap_asprintf(char **text, const char *format, ...);
FORMATS(3, 0)
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list values);
FORMATS(3, 4) int __wrap___asprintf_chk(char **text, int flag, const char *format, ...);

int __wrap_vasprintf(char **text, const char *format, va_list values)
{
	return starves() ? -1 : __real_vasprintf(text, format, values);
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list values)
{
	(void)flag; /* how strictly it is checked */
	return __wrap_vasprintf(text, format, values);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list values;
	int size;

	va_start(values, format);
	size = __wrap_vasprintf(text, format, values);
	va_end(values);
	return size;
}

int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
	va_list values;
	int size;

	va_start(values, format);
	size = __wrap___vasprintf_chk(text, flag, format, values);
	va_end(values);
	return size;
}
