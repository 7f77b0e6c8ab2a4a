/* booking: the one way into the journal: number, chain and rows of a whole group of entries.
 *
 * The series of the entry's financial year is locked here, after that of invoices and before COMMIT: every transaction
 * locks in this order, years rising; a year that has no row yet gets it first (service/financial_years). What a transaction books is numbered in its order, without gap. Roles become
 * the numbers that the chart gives them; what comes for a closed period is dated the first open day. */
#ifndef TACITE_SERVICE_BOOKING_H
#define TACITE_SERVICE_BOOKING_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/posting.h"

struct booking {
    int64_t entry_id; /* reserved before the transaction */
    const char *journal; /* "VT", "BQ", "OD" */
    int32_t on; /* wanted */
    const char *source_kind;
    int64_t source_id;
    const char *reference;
    const char *currency; /* of the books */
    const char *foreign;  /* of the amounts beside them (posting.foreign_minor); NULL: there are none */
    int64_t customer_id; /* stands on the items of the customers' account */
    const struct posting *items; /* booking_items; none: nothing is booked */
    size_t item_count;
    int64_t total_minor; /* sum of debits = sum of credits */
};

/* What is booked, copied: 50,000 bookings of a statement hold what they have, not what a list has room for. */
void booking_items(struct arena *arena, struct booking *booking, const struct posting_list *list);

/* Currencies of what a document in this currency books: its own, or the house's with its own beside it. */
void booking_currencies(struct booking *booking, const char *currency, const struct exchange *exchange);

enum err book_entries(struct ctx *ctx, const struct booking *bookings, size_t count) MUST_USE;
/* The same by a chart that was read before in this transaction. OK says also that no period was closed since it was read, and
 * that none that was open then can be closed before COMMIT, when anything is booked; ERR_DB_RETRY: one was. */
struct chart;
enum err book_entries_by(struct ctx *ctx, const struct chart *chart, const struct booking *bookings, size_t count) MUST_USE;

/* Verifies numbers and chain of one year's journal, from its first sealed entry to its counter. *bad names the
 * first entry that is not what was booked, is dated outside of the year, is gone, or was slipped in ("" none);
 * *verified counts the good ones. Others may book meanwhile: it goes to the counter that the series was read with. */
struct journal_series;
enum err verify_journal(struct ctx *ctx, const struct journal_series *series, const char **bad, int64_t *verified) MUST_USE;

#endif
