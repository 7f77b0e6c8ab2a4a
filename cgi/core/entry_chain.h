/* entry_chain: the canonical record of a journal entry, sealed as core/chain says.
 *
 * One "name=value" a line in the order of the structs, numbers in decimal, days as ISO; it starts with its
 * version: 1, or 2 where the entry says also its amounts in another currency. Nothing in it is personal: the customer
 * is an id. Rule: trust.md INV-13. */
#ifndef TACITE_CORE_ENTRY_CHAIN_H
#define TACITE_CORE_ENTRY_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct entry_record_item {
    const char *account;
    int64_t customer_id; /* 0 none */
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t foreign_minor; /* of version 2: debit positive */
    const char *label; /* posting_label_name */
};

struct entry_record {
    const char *series;
    int64_t sequence;
    const char *journal;
    int32_t entry_on;
    const char *source_kind;
    int64_t source_id;
    const char *reference;
    const char *currency; /* of the books */
    const char *foreign;  /* of the document or the money, where that is another one; NULL: version 1 */
    int64_t total_minor;
    int64_t posted_at; /* UTC microseconds */
    const struct entry_record_item *items;
    size_t item_count;
};

/* Arena memory. */
char *entry_record_text(struct arena *arena, const struct entry_record *record);

#endif
