/* journal: the entries of the books with their items, written by array binding, never changed. */
#ifndef TACITE_STORE_JOURNAL_H
#define TACITE_STORE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/financial_year.h"
#include "store/db.h"

struct journal_entry {
    int64_t id;
    const char *series; /* of the financial year that entry_on is in */
    int64_t sequence;
    const char *journal;
    int32_t entry_on;
    const char *source_kind;
    int64_t source_id;
    const char *reference;
    const char *currency;         /* of the books: of total, debits and credits */
    int32_t item_count;
    int64_t total_minor;
    int64_t posted_at;
    unsigned char chain_previous[32];
    unsigned char chain_digest[32];
    const char *foreign_currency; /* of the document or the money, where that is another one; NULL or "" else */
};

struct journal_item {
    int64_t entry_id;
    int32_t position;
    const char *account;
    int64_t customer_id;
    int64_t debit_minor;
    int64_t credit_minor;
    const char *label;
    int64_t foreign_minor; /* debit positive; 0 where the entry has no other currency */
    int32_t entry_items;   /* written, not read: item_count and total_minor of its entry (item_knows_its_entry) */
    int64_t entry_total_minor;
};

enum err insert_journal_entries(struct ctx *ctx, const struct journal_entry *rows, size_t count) MUST_USE;
enum err insert_journal_items(struct ctx *ctx, const struct journal_item *rows, size_t count) MUST_USE;

/* What entries of a cause put on items of a label, credit positive: in the books, and in the other currency where they
 * have one; zeros and "" when there is no such item. */
struct journal_sum {
    const char *currency;
    const char *foreign_currency; /* "" none */
    int64_t base_minor;
    int64_t foreign_minor;
    int64_t debit_minor; /* debits alone, in the books */
};
enum err journal_sum_of(struct ctx *ctx, const char *source_kind, int64_t source_id, const char *label, struct journal_sum *sum) MUST_USE;

/* Where a year's journal stands: what its counter says, and how many entries from before the chain are not sealed. */
struct journal_series {
    const char *name;
    int32_t from_on;  /* the days of its year; DATE_NONE: no year has this journal */
    int32_t until_on;
    int64_t last_sequence;
    unsigned char chain_head[32];
    int64_t unsealed;
};
enum err journal_series(struct ctx *ctx, struct journal_series **rows, size_t *count) MUST_USE;

/* In the order of their numbers, those in (after, until]. For verification. */
enum err journal_entries_between(struct ctx *ctx, const char *series, int64_t after, int64_t until, struct journal_entry **rows,
                                 size_t *count) MUST_USE;
/* The items of entries that follow each other, by entry id and position; those of others may be among them. */
enum err journal_items_of(struct ctx *ctx, const struct journal_entry *entries, size_t entry_count, struct journal_item **rows,
                          size_t *count) MUST_USE;
/* The number of an entry behind the counter, asked in one statement: nobody booked it. 0 none. */
enum err journal_stray(struct ctx *ctx, const char *series, int64_t *sequence) MUST_USE;

#endif
