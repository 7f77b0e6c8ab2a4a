/* secret: encryption at rest (AES-256-GCM), fingerprints of what is sealed, and passwords (scrypt).
 *
 * A sealed text is "v2:<key id>:<nonce>:<data and tag>", base64url; "v1:" has no key id and is still
 * read. `place` names tenant, table, column and row: it is authenticated, so a sealed value copied to
 * another row does not open.
 *
 * A ring holds the key that seals and, while a house changes its keys, the one before it: what that
 * one sealed opens until `tacite-batch rekey` has sealed everything anew. */
#ifndef TACITE_BASE_SECRET_H
#define TACITE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { SECRET_KEY_BYTES = 32 };

struct secret_key {
    unsigned char bytes[SECRET_KEY_BYTES];
};

/* A key for one purpose, derived from the master key: HMAC-SHA-256(master, purpose). */
struct secret_key secret_derive(const struct secret_key *master, const char *purpose);

enum { SECRET_ID_BYTES = 9 };

struct secret_ring {
    struct secret_key key;
    struct secret_key old;
    char id[SECRET_ID_BYTES];     /* 8 hex digits that name the key and tell nothing of it */
    char old_id[SECRET_ID_BYTES]; /* "": there is no old key */
};

/* Keys for one purpose; old_master may be NULL. */
struct secret_ring secret_ring_of(const struct secret_key *master, const struct secret_key *old_master, const char *purpose);

/* Under the ring's key. */
char *secret_seal(struct arena *arena, const struct secret_ring *ring, const char *place,
                  const void *data, size_t bytes);

/* False when the text was changed, moved, or sealed under a key that the ring does not hold. data
 * ends with a NUL. */
bool secret_open(struct arena *arena, const struct secret_ring *ring, const char *place,
                 const char *sealed, unsigned char **data, size_t *bytes);

/* How texts begin that the ring's key sealed ("v2:0a1b2c3d:"): the others are to be sealed anew. */
char *secret_prefix(struct arena *arena, const struct secret_ring *ring);

/* "$scrypt$ln=17,r=8,p=1$salt$hash"; takes about 0.6 s and 128 MiB at ln 17. ln is 10..20. */
char *password_hash(struct arena *arena, const char *password, int ln);

/* False also for a stored text that is no such hash (the work is done all the same). */
bool password_matches(const char *password, const char *stored);

#endif
