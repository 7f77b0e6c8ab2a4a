/* secret: encryption at rest (AES-256-GCM) and passwords (scrypt).
 *
 * A sealed text is "v1:<nonce>:<data and tag>", base64url. `place` names tenant, table, column and
 * row: it is authenticated, so a sealed value copied to another row does not open. */
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

char *secret_seal(struct arena *arena, const struct secret_key *key, const char *place,
                  const void *data, size_t bytes);

/* False when the text was changed, moved, or sealed under another key. data ends with a NUL. */
bool secret_open(struct arena *arena, const struct secret_key *key, const char *place,
                 const char *sealed, unsigned char **data, size_t *bytes);

/* "$scrypt$ln=17,r=8,p=1$salt$hash"; takes about 0.6 s and 128 MiB at ln 17. ln is 10..20. */
char *password_hash(struct arena *arena, const char *password, int ln);

/* False also for a stored text that is no such hash (the work is done all the same). */
bool password_matches(const char *password, const char *stored);

#endif
