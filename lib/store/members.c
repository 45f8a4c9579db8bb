/* The set of names: a hash table that grows with the members of the mentioned groups. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "store/member.h"

#define FIRST_SLOTS 64 /* a power of two, as is every later number */

/* The slot that holds the name, or the free one where it belongs. There is always a free one. */
static struct vsee_member *slot_of(struct vsee_member *slots, size_t count, uint64_t digest,
				   const struct vsee_piece *name)
{
	/* Folded: names that differ only in their last digits would crowd in the low bits. */
	size_t i = (digest ^ digest >> 32) & (count - 1);

	while (slots[i].name && (slots[i].digest != digest || !vsee_piece_is(name, slots[i].name)))
		i = (i + 1) & (count - 1);
	return &slots[i];
}

static int grow(struct vsee_members *members)
{
	const size_t count = members->slot_count > 0 ? members->slot_count * 2 : FIRST_SLOTS;
	struct vsee_member *slots = calloc(count, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < members->slot_count; i++) {
		const char *name = members->slots[i].name;

		if (name)
			*slot_of(slots, count, members->slots[i].digest,
				 &(struct vsee_piece){name, strlen(name)}) = members->slots[i];
	}
	free(members->slots);
	members->slots = slots;
	members->slot_count = count;
	return 0;
}

int vsee_member_add(struct vsee_members *members, const struct vsee_piece *name,
		    struct vsee_member **ret_member)
{
	const uint64_t digest = vsee_digest(name->text, name->size);
	struct vsee_member *slot;
	int r;

	if (members->used >= members->slot_count / 4 * 3) {
		r = grow(members);
		if (r < 0)
			return r;
	}
	slot = slot_of(members->slots, members->slot_count, digest, name);
	if (!slot->name) {
		slot->name = strndup(name->text, name->size);
		if (!slot->name)
			return -ENOMEM;
		slot->digest = digest;
		members->used++;
	}
	*ret_member = slot;
	return 0;
}

const struct vsee_member *vsee_member_find(const struct vsee_members *members,
					   const struct vsee_piece *name)
{
	const struct vsee_member *slot;

	if (!members->slots)
		return NULL;
	slot = slot_of(members->slots, members->slot_count, vsee_digest(name->text, name->size),
		       name);
	return slot->name ? slot : NULL;
}

void vsee_members_clear(struct vsee_members *members)
{
	for (size_t i = 0; i < members->slot_count; i++)
		free(members->slots[i].name);
	free(members->slots);
	*members = (struct vsee_members){0};
}

uint64_t vsee_members_groups(const struct vsee_members *members, const char *name, size_t size)
{
	const struct vsee_piece text = {name, size};
	const struct vsee_member *member;

	if (members->only[0])
		return vsee_piece_is(&text, members->only) ? members->only_groups : 0;
	member = vsee_member_find(members, &text);
	return member ? member->groups : 0;
}

uint64_t vsee_members_groups_of_gid(const struct vsee_members *members, gid_t gid)
{
	uint64_t groups = 0;

	for (uint64_t left = members->found; left; left &= left - 1) {
		const int bit = __builtin_ctzll(left);

		if (members->gids[bit] == gid)
			groups |= UINT64_C(1) << bit;
	}
	return groups;
}

void vsee_members_filter(const struct vsee_members *members, uint64_t groups,
			 struct vsee_filter *filter)
{
	for (size_t i = 0; i < members->slot_count; i++) {
		const struct vsee_member *slot = &members->slots[i];

		if (slot->name && (groups == 0 || (slot->groups & groups)))
			vsee_filter_add(filter, slot->name, strlen(slot->name));
	}
}

int vsee_members_ids(const struct vsee_members *members, const char *name, uid_t *ret_uid,
		     gid_t *ret_gid)
{
	const struct vsee_member *member =
		vsee_member_find(members, &(struct vsee_piece){name, strlen(name)});

	if (!member || member->record == VSEE_MEMBER_UNMET)
		return -ENOENT;
	if (member->record == VSEE_MEMBER_MALFORMED)
		return -EBADMSG;
	*ret_uid = member->uid;
	*ret_gid = member->gid;
	return 0;
}
