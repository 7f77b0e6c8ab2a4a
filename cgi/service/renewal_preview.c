#include "service/renewal_preview.h"

#include "base/check.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/totals.h"
#include "service/amending.h"
#include "service/contract.h"
#include "service/metering.h"
#include "service/renewal_parts.h"
#include "service/tiering.h"
#include "store/company.h"
#include "store/usage.h"

enum err preview_bills(struct ctx *ctx, const struct subscription *subscription, const struct subscription_line *lines, size_t line_count,
                       struct renewal_preview *bills, size_t max, size_t *count)
{
    struct ctx then = *ctx; /* VAT and discounts are those of that day */
    struct company company;
    struct taxing taxing;
    struct buyer *buyers;
    size_t buyer_count;
    struct subscription_line *plain;
    struct usage_day *usage;
    size_t usage_count;
    struct billing_facts facts;
    struct billing_item items[2];
    struct renewal_part part = {.subscription = subscription, .items = items};
    struct tax_line *taxed;

    *count = 0;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, load_taxing(ctx, &company, &taxing));
    TRY(ctx, buyers_of(ctx, subscription, 1, &buyers, &buyer_count));
    CHECK(buyer_count == 1);
    TRY(ctx, open_usage(ctx, subscription, 1, &usage, &usage_count));
    plain = metered_lines(ctx->arena, subscription, usage, usage_count, lines, line_count, &line_count);
    TRY(ctx, plain_lines(ctx, buyers->language, currency_find(subscription->currency), plain, line_count, &plain, &line_count));
    facts = subscription_billing(ctx, subscription, plain, line_count);
    part.buyer = buyers;
    part.lines = plain;
    while (*count < max) {
        struct totals totals = {0};

        part.item_count = billing_next(ctx->arena, &facts, items);
        if (part.item_count == 0)
            return OK;
        then.today_on = items[0].due_on;
        TRY(ctx, tax_renewal_parts(&then, &taxing, &part, 1, &taxed));
        for (size_t i = 0, n = 0; i < part.item_count; i++)
            for (size_t k = 0; k < items[i].line_count; k++, n++)
                if (!totals_add_line(&totals, &taxed[n].tax, items[i].lines[k].net_minor))
                    return FAIL(ctx, ERR_LIMIT, "the next invoice of %s is out of bounds", subscription->number);
        bills[(*count)++] = (struct renewal_preview){items[0].due_on, totals.net_minor, totals.vat_minor, totals.gross_minor};
        for (size_t i = 0; i < part.item_count; i++)
            *(items[i].timing == BILLING_ADVANCE ? &facts.next_index : &facts.arrears_index) = items[i].index + 1;
    }
    return OK;
}

enum err preview_renewal(struct ctx *ctx, const struct subscription *stored, struct renewal_preview *preview)
{
    struct subscription s = *stored;
    struct subscription_line *lines;
    size_t line_count;
    size_t count;

    *preview = (struct renewal_preview){.due_on = DATE_NONE};
    if (s.due_on == DATE_NONE)
        return OK;
    TRY(ctx, planned_contract(ctx, &s, &lines, &line_count));
    return s.due_on == DATE_NONE ? OK : preview_bills(ctx, &s, lines, line_count, preview, 1, &count);
}
