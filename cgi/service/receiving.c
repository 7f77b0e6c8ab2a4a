#include "service/receiving.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/ids.h"
#include "core/date.h"
#include "core/posting.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/receipt.h"

/* What a group writes, filled payment by payment, written table by table. */
struct group {
    struct claim *claims; /* in the order of invoices */
    size_t claim_count;
    struct allocation allocations[RECEIVED_AT_ONCE];
    struct advance advances[RECEIVED_AT_ONCE];
    struct activity activities[RECEIVED_AT_ONCE];
    struct mail mails[RECEIVED_AT_ONCE];
    size_t allocation_count, advance_count, count;
};

struct claim *claim_of_invoice(struct claim *claims, size_t count, int64_t invoice_id)
{
    return bsearch(&invoice_id, claims, count, sizeof claims[0], by_id); /* its invoice's id comes first */
}

static enum err lock_group(struct ctx *ctx, const struct receipt *receipts, size_t count, struct claim **claims, size_t *claim_count)
{
    int64_t ids[RECEIVED_AT_ONCE];

    for (size_t i = 0; i < count; i++)
        ids[i] = receipts[i].invoice_id;
    return lock_claims(ctx, ids, ids_once(ids, count), claims, claim_count);
}

static enum err add_receipt(struct ctx *ctx, struct group *g, const struct receipt *r, struct claim *claim, struct booking *booking)
{
    const struct payment *p = &r->payment;
    const struct exchange exchange = exchange_between(claim->currency, claim->books, claim->books_rate_e6);
    int64_t applied = p->amount_minor < claim->open_minor ? p->amount_minor : claim->open_minor;
    int64_t asked = claim->total_minor > 0 ? claim->total_minor : 0; /* more may be credited than was asked: then none of it is for this claim */
    struct posting_payment posting = {.money_account = r->money_account, .amount_minor = p->amount_minor, .invoice_total_minor = asked,
                                      .invoice_vat_minor = asked > 0 ? claim->vat_minor : 0, .paid_before_minor = asked - claim->open_minor,
                                      .vat_due = vat_due_from_name(claim->vat_due)};
    struct posting_list list;

    *booking = (struct booking){.entry_id = r->journal_id, .journal = "BQ", .on = ctx->today_on, .source_kind = "payment", .source_id = p->id,
                                .reference = claim->number, .customer_id = claim->customer_id};
    TRY(ctx, exchange_payment(ctx, &exchange, ctx->today_on, &posting));
    booking_currencies(booking, claim->currency, &exchange);
    posting_of_payment(&posting, &list);
    booking_items(ctx->arena, booking, &list);
    claim->open_minor -= applied;
    claim->state = receivable_state_name(receivable_state_of(claim->open_minor));
    if (claim->open_minor == 0) {
        claim->paid_on = ctx->today_on;
        claim->collect_on = DATE_NONE;
    }
    if (applied > 0)
        g->allocations[g->allocation_count++] = (struct allocation){p->id, claim->invoice_id, applied};
    if (applied < p->amount_minor)
        g->advances[g->advance_count++] = (struct advance){p->id, claim->customer_id, claim->currency, p->amount_minor - applied, p->amount_minor - applied};
    g->activities[g->count] = (struct activity){
        .at = ctx->now, .happened_on = ctx->today_on, .subject_kind = ABOUT_INVOICE, .subject_id = claim->invoice_id,
        .kind = claim->open_minor == 0 ? "invoice.paid" : "invoice.part_paid", .actor = ctx->actor,
        .params = history_params(ctx->arena, "number", claim->number, NULL)};
    g->mails[g->count++] = (struct mail){
        .template = "receipt", .language = claim->language, .to_address = claim->email, .to_name = claim->name, .customer_id = claim->customer_id,
        .subscription_id = claim->subscription_id, .invoice_id = claim->invoice_id,
        .dedup_key = arena_printf(ctx->arena, "receipt %lld", (long long)p->id)};
    return OK;
}

/* Dunning and people's lists, for the few that have something there. */
static enum err end_paid(struct ctx *ctx, const struct group *g)
{
    for (size_t i = 0; i < g->claim_count; i++) {
        const struct claim *claim = &g->claims[i];

        if (claim->open_minor > 0)
            continue;
        if (claim->has_case)
            TRY(ctx, end_case_paid(ctx, claim->invoice_id));
        if (claim->has_item)
            TRY(ctx, close_operator_items(ctx, "renewal_declined", ABOUT_INVOICE, claim->invoice_id));
    }
    return OK;
}

enum err receive_claimed(struct ctx *ctx, struct receipt *receipts, size_t count, struct claim *claims, size_t claim_count,
                         struct booking *bookings)
{
    struct payment *payments = ARENA_ARRAY(ctx->arena, struct payment, count + 1);
    struct group *g = ARENA_NEW(ctx->arena, struct group);

    CHECK(count <= RECEIVED_AT_ONCE);
    if (count == 0)
        return OK;
    g->claims = claims;
    g->claim_count = claim_count;
    for (size_t i = 0; i < count; i++)
        payments[i] = receipts[i].payment;
    TRY(ctx, insert_payments(ctx, payments, count));
    for (size_t i = 0; i < count; i++) {
        struct claim *claim = claim_of_invoice(claims, claim_count, receipts[i].invoice_id);

        CHECK(claim != NULL && claim->customer_id == receipts[i].payment.customer_id);
        receipts[i].payment.id = payments[i].id;
        TRY(ctx, add_receipt(ctx, g, &receipts[i], claim, &bookings[i]));
    }
    TRY(ctx, insert_allocations(ctx, g->allocations, g->allocation_count));
    TRY(ctx, insert_advances(ctx, g->advances, g->advance_count));
    TRY(ctx, save_claims(ctx, g->claims, g->claim_count));
    TRY(ctx, note_activities(ctx, g->activities, g->count));
    TRY(ctx, queue_mails(ctx, g->mails, g->count));
    return end_paid(ctx, g);
}

static enum err receive_group(struct ctx *ctx, struct receipt *receipts, size_t count, struct booking *bookings)
{
    struct claim *claims;
    size_t claim_count;

    TRY(ctx, lock_group(ctx, receipts, count, &claims, &claim_count));
    return receive_claimed(ctx, receipts, count, claims, claim_count, bookings);
}

enum err receive_payments(struct ctx *ctx, struct receipt *receipts, size_t count, struct booking *bookings)
{
    struct ctx group = *ctx;
    enum err err = OK;

    CHECK(db_in_transaction(ctx));
    group.arena = arena_new(); /* of one group: 50,000 payments need no more than 500 */
    for (size_t i = 0; err == OK && i < count; i += RECEIVED_AT_ONCE) {
        size_t n = count - i < RECEIVED_AT_ONCE ? count - i : RECEIVED_AT_ONCE;

        arena_reset(group.arena);
        err = receive_group(&group, receipts + i, n, bookings + i);
        for (size_t k = i; err == OK && k < i + n; k++) { /* the claim's texts, and the items, go with the group */
            bookings[k].items = arena_memdup(ctx->arena, bookings[k].items, bookings[k].item_count * sizeof bookings[k].items[0]);
            bookings[k].reference = arena_strdup(ctx->arena, bookings[k].reference);
            bookings[k].currency = bookings[k].foreign == NULL ? receipts[k].payment.currency : bookings[k].currency; /* else of a table that stays */
        }
    }
    memcpy(ctx->trail, group.trail, sizeof ctx->trail);
    arena_free(group.arena);
    return err;
}
