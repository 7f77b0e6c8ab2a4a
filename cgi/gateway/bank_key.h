/* bank_key: what makes an entry of the bank itself, whatever file brings it: the same entry has the same key. Where banks
 * give equal entries no reference of their own, the first of a file is the first of the next file too. */
#ifndef TACITE_GATEWAY_BANK_KEY_H
#define TACITE_GATEWAY_BANK_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "gateway/bank_file.h"

/* Keys of a file's entries without their repetition: open addressing, 0 is free. Begins as zeros. */
struct bank_keys {
    struct arena *arena;
    uint64_t *seen;
    uint32_t *count;
    size_t used, room;
};

/* Writes e->key from everything else of it; its amount is what was booked. What is announced is not yet what is booked: the
 * statement's entry is another one. */
void bank_key(struct bank_keys *keys, struct arena *brief, bool announced, const char *account, struct bank_entry *e);

#endif
