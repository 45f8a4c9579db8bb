/*
 * Settings of crypt(3), that is method, cost and salt: which is stronger, whose hash is this.
 * Drawing one is declared in candidate.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Compare method and cost of two settings or complete hashes: > 0 when a is stronger, < 0 when b
 * is. The method decides first (yescrypt, gost-yescrypt, scrypt, bcrypt, sha512crypt, sha256crypt,
 * md5crypt, anything else), then the cost. What can't be read counts as the least cost.
 */
int vsee_setting_compare(const char *a, const char *b);

/*
 * Bytes of memory that crypt(3) takes for a hash of this method and cost, besides its crypt_data.
 * 0: none to speak of, or a cost that can't be read, or one beyond 4 GiB, which no hash has.
 */
uint64_t vsee_setting_memory(const char *setting);

/* Whether hash was made under setting, salt included. An empty setting made none. */
bool vsee_setting_owns(const char *setting, const char *hash);
