#include "service/allocating.h"

#include <string.h>

#include "core/date.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "store/credit.h"
#include "store/deposit.h"
#include "store/payable.h"
#include "store/receipt.h"

enum err credit_account_of(struct ctx *ctx, const struct invoice *invoice, const struct receivable *receivable,
                           struct credit_account *account)
{
    struct credited credited;
    struct deducted deducted;

    TRY(ctx, credited_of(ctx, invoice->id, &credited));
    TRY(ctx, deducted_from(ctx, invoice->id, &deducted));
    *account = (struct credit_account){invoice->total_minor - deducted.total_minor - credited.total_minor,
                                       invoice->vat_minor - deducted.vat_minor - credited.vat_minor, receivable->open_minor};
    return OK;
}

/* What a customer's advance is in the books when a part of it is used: what is left keeps its share of what came. One from
 * before the books were converted does not stand in them: it stays the day's amount. */
static enum err advance_leaves(struct ctx *ctx, int64_t payment_id, int64_t amount_minor, int64_t *base_minor)
{
    struct journal_sum sum;
    struct advance advance;

    TRY(ctx, lock_advance(ctx, payment_id, &advance));
    TRY(ctx, journal_sum_of(ctx, "payment", payment_id, posting_label_name(POSTING_ADVANCE), &sum));
    if (sum.foreign_currency[0] != '\0')
        *base_minor = exchange_share(sum.base_minor, sum.foreign_minor, advance.left_minor) -
                      exchange_share(sum.base_minor, sum.foreign_minor, advance.left_minor - amount_minor);
    return OK;
}

enum err allocate_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking, int64_t *above_minor)
{
    struct receivable receivable;
    struct invoice invoice;
    struct credit_account asked;
    struct posting_list list;
    struct posting_payment payment = {.money_account = money_account, .amount_minor = amount_minor};
    int64_t booked;

    TRY(ctx, lock_receivable(ctx, invoice_id, &receivable));
    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    booked = amount_minor < receivable.open_minor ? amount_minor : receivable.open_minor;
    TRY(ctx, credit_account_of(ctx, &invoice, &receivable, &asked));
    if (asked.total_minor >= 0) { /* else more was credited than was asked: nothing of the payment is for it */
        payment.invoice_total_minor = asked.total_minor;
        payment.invoice_vat_minor = asked.vat_minor;
        payment.paid_before_minor = asked.total_minor - receivable.open_minor;
    }
    payment.vat_due = vat_due_from_name(invoice.vat_due);
    TRY(ctx, exchange_money(ctx, &invoice, ctx->today_on, &payment));
    if (strcmp(money_account, ACCOUNT_ADVANCE) == 0 && payment.exchange.rate_e6 != 0)
        TRY(ctx, advance_leaves(ctx, payment_id, amount_minor, &payment.money_base_minor));
    *booking = (struct booking){.journal = "BQ", .on = ctx->today_on, .source_kind = "payment", .source_id = payment_id,
                                .reference = invoice.number, .customer_id = invoice.customer_id};
    booking_currencies(booking, invoice.currency, &payment.exchange);
    posting_of_payment(&payment, &list);
    booking_items(ctx->arena, booking, &list);
    if (booked > 0)
        TRY(ctx, insert_allocation(ctx, payment_id, invoice_id, booked));
    receivable.open_minor -= booked;
    receivable.state = receivable_state_name(receivable_state_of(receivable.open_minor));
    if (receivable.open_minor == 0) {
        receivable.paid_on = ctx->today_on;
        receivable.collect_on = DATE_NONE;
    }
    *above_minor = amount_minor - booked;
    TRY(ctx, save_receivable(ctx, &receivable));
    return receivable.open_minor == 0 ? end_case_paid(ctx, invoice_id) : OK;
}

enum err allocate_receipt(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking)
{
    struct advance advance = {.payment_id = payment_id};

    TRY(ctx, allocate_payment(ctx, payment_id, invoice_id, amount_minor, money_account, booking, &advance.total_minor));
    advance.customer_id = booking->customer_id;
    advance.currency = booking->foreign != NULL ? booking->foreign : booking->currency;
    advance.left_minor = advance.total_minor;
    return advance.total_minor > 0 ? insert_advances(ctx, &advance, 1) : OK; /* paid otherwise or credited meanwhile */
}

enum err book_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                      int64_t entry_id)
{
    struct booking booking;

    TRY(ctx, allocate_receipt(ctx, payment_id, invoice_id, amount_minor, money_account, &booking));
    booking.entry_id = entry_id;
    return book_entries(ctx, &booking, 1);
}
