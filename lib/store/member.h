/* One name in the set of members; for members.c, which keeps it, and members_load.c alone. */
#pragma once

#include <string.h>

#include "store/members.h"

struct vsee_member {
	char *name; /* NULL: a free slot */
	uint64_t digest, groups;
	enum { VSEE_MEMBER_UNMET, VSEE_MEMBER_MET, VSEE_MEMBER_MALFORMED } record; /* in passwd */
	uid_t uid;
	gid_t gid;
};

/* A piece of a line, or a name: not NUL-terminated. */
struct vsee_piece {
	const char *text;
	size_t size;
};

static inline bool vsee_piece_is(const struct vsee_piece *piece, const char *name)
{
	/* Not strncmp(3): it would stop at a NUL in piece, far before its end. */
	return strnlen(name, piece->size + 1) == piece->size &&
	       memcmp(name, piece->text, piece->size) == 0;
}

/* The member of this name, added where it was not there; valid until the next is added. 0, -ENOMEM.
 */
int vsee_member_add(struct vsee_members *members, const struct vsee_piece *name,
		    struct vsee_member **ret_member);

/* NULL: the name was never added. */
const struct vsee_member *vsee_member_find(const struct vsee_members *members,
					   const struct vsee_piece *name);
