#include "service/bank_fees.h"

#include <string.h>

#include "base/str.h"
#include "core/posting.h"
#include "service/exchanging.h"
#include "store/company.h"

static const char *reference_of(const struct bank_entry_row *entry, const char *reference)
{
    if (entry->end_to_end_id[0] != '\0')
        return entry->end_to_end_id;
    return entry->bank_ref[0] != '\0' ? entry->bank_ref : reference;
}

enum err bank_fee_booking(struct ctx *ctx, const struct bank_entry_row *entry, int64_t fee_minor, bool given_back, const char *reference,
                          int64_t journal_id, struct booking *booking)
{
    struct posting_bases bases = {.converts = false};
    struct posting_list list;
    struct exchange money;
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    *booking = (struct booking){.entry_id = journal_id, .journal = "BQ", .on = ctx->today_on, .source_kind = "bank_fee", .source_id = entry->id,
                                .reference = str_cut(ctx->arena, reference_of(entry, reference), 35)};
    money = strcmp(company.currency, entry->currency) == 0 ? EXCHANGE_NONE : exchange_between(entry->currency, company.currency, EXCHANGE_ONE);
    booking_currencies(booking, entry->currency, &money);
    if (money.rate_e6 != 0) {
        bases.converts = true;
        TRY(ctx, exchange_on(ctx, &money, booking->on, fee_minor, &bases.to_minor));
        bases.from_minor = bases.to_minor;
    }
    posting_of_fee(fee_minor, bases, &list);
    if (given_back)
        posting_turn(&list);
    booking_items(ctx->arena, booking, &list);
    return OK;
}
