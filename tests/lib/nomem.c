/*
 * Memory that runs out: preloaded into one program, it lets chosen allocations fail. Each call of
 * malloc(3) and its kin counts, whoever makes it, and each anonymous mapping. What to fail and what
 * came of it stand in a page that nomem.py shares with the program, so that they outlive a crash.
 *
 * NOMEM_FILE: the page. NOMEM_PROGRAM: the name of the program it is meant for; others that it
 * starts have the memory they want. NOMEM_OWN: the names of the objects under test, apart by
 * spaces. NOMEM_MARKED: only what lies between two calls of getpgid(2) with a telling argument
 * counts (tests/pam/worker.c). Who asks again and again is ended.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define FRAMES_MAX 64
#define TRAIL_SIZE 400
#define STACK_SIZE 65536
#define MARK 0x5eed
#define PATIENCE 100000
#define WAYS_MAX 8192 /* nomem.py knows it */

struct page {
	uint64_t count;	      /* of all allocations so far */
	uint64_t first, last; /* the numbers of those that fail, from 1 */
	uint64_t failed;
	uint64_t noting;	  /* ways is to be filled */
	char refused[TRAIL_SIZE]; /* who made the first that failed: objects, innermost first */
	char crashed[TRAIL_SIZE]; /* where a fatal signal came */
	uint64_t ways[WAYS_MAX];  /* of each allocation: alike where the same calls led to it */
};

/* What glibc has for libraries like this one. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *memalign(size_t alignment, size_t size);

static struct page *page;
static const char *own = "";
static bool counting;

static const char *object_of(void *address)
{
	Dl_info info = {0};
	const char *name;

	if (dladdr(address, &info) == 0 || !info.dli_fname)
		return NULL;
	name = strrchr(info.dli_fname, '/');
	return name ? name + 1 : info.dli_fname;
}

static bool is_own(const char *object)
{
	const size_t size = strlen(object);

	for (const char *at = own; (at = strstr(at, object)); at += size)
		if ((at == own || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
			return true;
	return false;
}

/* The calls in objects under test that led to here; 0: none did. */
static uint64_t find_way(void)
{
	void *frames[FRAMES_MAX];
	const int count = backtrace(frames, FRAMES_MAX);
	uint64_t way = 0;

	for (int i = 1; i < count; i++) {
		const char *object = object_of(frames[i]);

		if (object && is_own(object))
			way = way * UINT64_C(0x9e3779b97f4a7c15) + (uintptr_t)frames[i];
	}
	return way;
}

/* Each object on the way to here, once in a row, but for libc and this one. */
static void write_trail(char *trail)
{
	void *frames[FRAMES_MAX];
	const int count = backtrace(frames, FRAMES_MAX);
	const char *before = "";
	size_t used = 0;

	for (int i = 1; i < count; i++) {
		const char *name = object_of(frames[i]);

		if (!name || strcmp(name, before) == 0 || strncmp(name, "libc.so", 7) == 0 ||
		    strncmp(name, "nomem", 5) == 0 || strlen(name) + used + 2 > TRAIL_SIZE)
			continue;
		before = name;
		used = (size_t)(stpcpy(stpcpy(trail + used, used > 0 ? " " : ""), name) - trail);
	}
}

static void note_crash(int number)
{
	write_trail(page->crashed);
	(void)raise(number); /* its handler is gone by SA_RESETHAND: this one ends the program */
}

__attribute__((constructor)) static void begin(void)
{
	static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGTRAP, SIGFPE, SIGILL};
	const struct sigaction action = {.sa_handler = note_crash,
					 .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
	static char stack[STACK_SIZE]; /* who recurses for ever has none left of its own */
	const stack_t own_stack = {.ss_sp = stack, .ss_size = sizeof(stack)};
	const char *path = getenv("NOMEM_FILE"), *program = getenv("NOMEM_PROGRAM");
	void *frame, *map;
	int fd;

	if (!path || !program || strcmp(program, program_invocation_short_name) != 0)
		return;
	(void)backtrace(&frame, 1); /* allocates, the first time */
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	map = (void *)syscall(SYS_mmap, NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			      0);
	(void)close(fd);
	if (map == MAP_FAILED)
		abort();
	(void)sigaltstack(&own_stack, NULL); /* its arguments are good, as those below */
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		(void)sigaction(fatal[i], &action, NULL);
	page = map;
	if (getenv("NOMEM_OWN"))
		own = getenv("NOMEM_OWN");
	counting = !getenv("NOMEM_MARKED");
}

static bool refuse(void)
{
	uint64_t number;

	if (!counting)
		return false;
	number = __atomic_add_fetch(&page->count, 1, __ATOMIC_SEQ_CST);
	if (page->noting && number <= WAYS_MAX)
		page->ways[number - 1] = find_way();
	if (number < page->first || number > page->last)
		return false;
	number = __atomic_fetch_add(&page->failed, 1, __ATOMIC_SEQ_CST);
	if (number == 0)
		write_trail(page->refused);
	if (number == PATIENCE) { /* signals may be blocked, and nobody waits for a loop's end */
		write_trail(page->crashed);
		(void)kill(getpid(), SIGKILL); /* it is our own */
	}
	errno = ENOMEM;
	return true;
}

EXPORT pid_t getpgid(pid_t process)
{
	if (page && process == MARK)
		counting = !counting;
	return (pid_t)syscall(SYS_getpgid, process);
}

EXPORT void *malloc(size_t size)
{
	return refuse() ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
	return refuse() ? NULL : __libc_calloc(count, size);
}

EXPORT void *realloc(void *memory, size_t size)
{
	return refuse() ? NULL : __libc_realloc(memory, size);
}

EXPORT void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t bytes;

	if (!__builtin_mul_overflow(count, size, &bytes))
		return realloc(memory, bytes);
	errno = ENOMEM;
	return NULL;
}

EXPORT void *memalign(size_t alignment, size_t size)
{
	return refuse() ? NULL : __libc_memalign(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

EXPORT int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

/* Files that are mapped are no allocation: how they fail is a system call's matter. */
static void *map(void *address, size_t size, int rights, int flags, int fd, off_t offset)
{
	if ((flags & MAP_ANONYMOUS) != 0 && refuse())
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, address, size, rights, flags, fd, offset);
}

/* Under both names, whichever of them sys/mman.h calls mmap: libcrypt wants the short one. */
void *map_short(void *address, size_t size, int rights, int flags, int fd,
		off_t offset) __asm__("mmap");
void *map_long(void *address, size_t size, int rights, int flags, int fd,
	       off_t offset) __asm__("mmap64");

EXPORT void *map_short(void *address, size_t size, int rights, int flags, int fd, off_t offset)
{
	return map(address, size, rights, flags, fd, offset);
}

EXPORT void *map_long(void *address, size_t size, int rights, int flags, int fd, off_t offset)
{
	return map(address, size, rights, flags, fd, offset);
}
