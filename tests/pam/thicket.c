#include "thicket.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/writer.h"
#include "sandbox.h"

#define FILES 5 /* a file includes only those behind it */

struct thicket {
	uint64_t state;
	const char *module;
	unsigned tag;
	struct vsee_writer *writer;
};

/* xorshift64: the same on every host. */
static unsigned pick(struct thicket *thicket, unsigned count)
{
	uint64_t state = thicket->state;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	thicket->state = state;
	return (unsigned)((state >> 11) % count);
}

static bool chance(struct thicket *thicket, unsigned percent)
{
	return pick(thicket, 100) < percent;
}

#define ONE_OF(thicket, list) ((list)[pick(thicket, COUNT(list))])

static void add_type(struct thicket *thicket)
{
	static const char *const types[] = {"auth", "account", "password", "session"};
	static const char *const odd[] = {"Account", "AUTH", "-account", "-password", "acount"};

	vsee_writer_add(thicket->writer, "%s",
			chance(thicket, 6) ? ONE_OF(thicket, odd) : ONE_OF(thicket, types));
}

static void add_action(struct thicket *thicket)
{
	static const char *const actions[] = {"ok", "done", "bad", "die", "ignore", "reset"};

	if (chance(thicket, 30))
		vsee_writer_add(thicket->writer, "%u", 1 + pick(thicket, 4));
	else
		vsee_writer_add(thicket->writer, "%s", ONE_OF(thicket, actions));
}

/* The codes in play; the rest are as good as these. */
static const struct {
	const char *name;
	int code;
} codes[] = {
	{"success", 0},		 {"service_err", 3},	   {"perm_denied", 6},
	{"auth_err", 7},	 {"new_authtok_reqd", 12}, {"acct_expired", 13},
	{"authtok_err", 20},	 {"ignore", 25},	   {"abort", 26},
	{"authtok_expired", 27}, {"module_unknown", 28},
};

static void add_control(struct thicket *thicket)
{
	static const char *const words[] = {"required", "requisite", "sufficient", "optional",
					    "Required"};
	static const char *const odd[] = {
		"[success=oke]", "[success]", "[]",	     "[succes=ok]",
		"success=1",	 "always",    "[default=0]", "[ success = 1  default=\tdie ]"};

	if (chance(thicket, 50)) {
		vsee_writer_add(thicket->writer, "%s", ONE_OF(thicket, words));
		return;
	}
	if (chance(thicket, 5)) {
		vsee_writer_add(thicket->writer, "%s", ONE_OF(thicket, odd));
		return;
	}
	vsee_writer_add(thicket->writer, "[");
	for (unsigned i = pick(thicket, 4); i > 0; i--) {
		vsee_writer_add(thicket->writer, "%s=", ONE_OF(thicket, codes).name);
		add_action(thicket);
		vsee_writer_add(thicket->writer, "%s", chance(thicket, 90) ? " " : "");
	}
	if (chance(thicket, 80)) {
		vsee_writer_add(thicket->writer, "default=");
		add_action(thicket);
	}
	vsee_writer_add(thicket->writer, "]");
}

static int pick_code(struct thicket *thicket)
{
	static const int odd[] = {-1, 32, 77};
	const unsigned kind = pick(thicket, 100);

	if (kind < 60)
		return 0;
	if (kind < 75)
		return 25;
	return kind < 77 ? ONE_OF(thicket, odd) : ONE_OF(thicket, codes).code;
}

static void add_module(struct thicket *thicket)
{
	static const char *const odd[] = {
		" required\n",
		"\n",
		" [success=1\n",
		" optional \\\n\n # nothing\n",
		" requisite \\ # a comment\n",
		" requisite # a comment\n",
	};

	if (chance(thicket, 3)) {
		vsee_writer_add(thicket->writer, "%s", ONE_OF(thicket, odd));
		return;
	}
	vsee_writer_add(thicket->writer, " ");
	add_control(thicket);
	vsee_writer_add(thicket->writer, "%s%s %u %s%d%s\t%d%s\n",
			chance(thicket, 10) ? " \\\n # not here\n  " : " ",
			chance(thicket, 5) ? "/nowhere.so" : thicket->module, ++thicket->tag,
			chance(thicket, 10) ? "\\\n" : "", pick_code(thicket),
			chance(thicket, 5) ? " \\\n\n" : "",
			chance(thicket, 60) ? 0 : pick_code(thicket),
			chance(thicket, 10) ? " # sufficient" : "");
}

static void add_include(struct thicket *thicket, unsigned file)
{
	static const char *const folders[] = {"", "", "", THICKET_FOLDER "/"};
	static const char *const kinds[] = {"include", "substack", "substack", "Include"};
	const unsigned target = file + 1 + pick(thicket, FILES - file);

	if (chance(thicket, 30)) {
		vsee_writer_add(thicket->writer, "@include");
	} else {
		add_type(thicket);
		vsee_writer_add(thicket->writer, " %s", ONE_OF(thicket, kinds));
	}
	/* The last is not there: rarely asked for, else most stacks would be broken. */
	if (target < FILES || chance(thicket, 3))
		vsee_writer_add(thicket->writer, " %sfile%u\n", ONE_OF(thicket, folders), target);
	else
		vsee_writer_add(thicket->writer, " last\n");
}

static void grow_file(struct thicket *thicket, const char *name, unsigned file)
{
	char text[16384] = "", path[128];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	thicket->writer = &writer;
	for (unsigned i = pick(thicket, 9); i > 0; i--) {
		if (file < FILES && chance(thicket, 25)) {
			add_include(thicket, file);
			continue;
		}
		add_type(thicket);
		add_module(thicket);
	}
	if (chance(thicket, 1))
		vsee_writer_add(&writer, "auth required \\\n");
	(void)snprintf(path, sizeof(path), THICKET_FOLDER "/%s", name);
	sandbox_write(path, 0644, text);
}

void thicket_grow(uint64_t seed, const char *module)
{
	struct thicket thicket = {.state = seed * UINT64_C(0x9e3779b97f4a7c15), .module = module};
	char name[32];

	sandbox_remove(THICKET_FOLDER);
	sandbox_mkdir(THICKET_FOLDER, 0755);
	for (unsigned i = 1; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "file%u", i);
		grow_file(&thicket, name, i);
	}
	grow_file(&thicket, "last", FILES);
	if (chance(&thicket, 70))
		grow_file(&thicket, "other", FILES);
	if (chance(&thicket, 97))
		grow_file(&thicket, THICKET_SERVICE, 0);
}
