#include "gateway/bank_key.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/hash.h"

/* How often this key was met in the file before. */
static uint32_t seen_before(struct bank_keys *k, uint64_t key)
{
    size_t at;

    if (2 * k->used >= k->room) {
        size_t room = k->room == 0 ? 256 : 2 * k->room;
        uint64_t *seen = ARENA_ARRAY(k->arena, uint64_t, room);
        uint32_t *count = ARENA_ARRAY(k->arena, uint32_t, room);

        for (size_t i = 0; i < k->room; i++)
            if (k->seen[i] != 0) {
                at = k->seen[i] & (room - 1);
                while (seen[at] != 0)
                    at = (at + 1) & (room - 1);
                seen[at] = k->seen[i];
                count[at] = k->count[i];
            }
        k->seen = seen;
        k->count = count;
        k->room = room;
    }
    key |= 1;
    at = key & (k->room - 1);
    while (k->seen[at] != 0 && k->seen[at] != key)
        at = (at + 1) & (k->room - 1);
    if (k->seen[at] == 0)
        k->used++;
    k->seen[at] = key;
    return k->count[at]++;
}

void bank_key(struct bank_keys *keys, struct arena *brief, bool announced, const char *account, struct bank_entry *e)
{
    char *text = arena_printf(brief, "%s%s\n%s\n%" PRId64 "%c%s\n%d\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%d",
                              announced ? "announced " : "", account, e->bank_ref, e->amount_minor,
                              e->credit ? '+' : '-', e->currency, e->booked_on, e->value_on, e->end_to_end_id, e->mandate_reference, e->iban, e->reference, e->text, e->return_code, e->part);
    struct hash hash = hash_text(text);
    uint64_t short_key;

    memcpy(&short_key, hash.bytes, sizeof short_key);
    hash = hash_text(arena_printf(brief, "%s\n%" PRIu32, text, seen_before(keys, short_key)));
    memcpy(e->key, encode_hex(brief, hash.bytes, (BANK_KEY_BYTES - 1) / 2), BANK_KEY_BYTES);
}
