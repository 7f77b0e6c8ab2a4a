#include "service/reopening.h"

#include <string.h>

#include "core/date.h"
#include "core/posting.h"
#include "service/allocating.h"
#include "service/exchanging.h"
#include "store/invoice.h"

enum err open_invoice_again(struct ctx *ctx, const struct allocation_back *back, const char *money_account, struct booking *booking,
                            bool *refused)
{
    struct posting_payment undone = {.money_account = money_account, .amount_minor = back->amount_minor};
    struct posting_list list;
    struct receivable receivable;
    struct credit_account asked;
    struct invoice invoice;

    TRY(ctx, lock_receivable(ctx, back->invoice_id, &receivable));
    TRY(ctx, invoice_by_id(ctx, back->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, &receivable, &asked));
    undone.invoice_total_minor = asked.total_minor;
    undone.invoice_vat_minor = asked.vat_minor;
    undone.paid_before_minor = asked.total_minor - receivable.open_minor - back->amount_minor;
    undone.vat_due = vat_due_from_name(invoice.vat_due);
    booking->reference = invoice.number;
    *refused = undone.paid_before_minor < 0;
    if (*refused)
        return OK;
    TRY(ctx, exchange_money(ctx, &invoice, back->back_on, &undone));
    booking_currencies(booking, invoice.currency, &undone.exchange);
    if (undone.exchange.rate_e6 != 0 && strcmp(money_account, ACCOUNT_DISPUTED) == 0) {
        struct journal_sum out;

        TRY(ctx, journal_sum_of(ctx, "dispute", back->cause_id, posting_label_name(POSTING_RECEIPT), &out));
        undone.money_base_minor = out.debit_minor; /* all of it leaves 416 as it stands there */
    }
    posting_of_payment(&undone, &list);
    posting_turn(&list);
    booking_items(ctx->arena, booking, &list);
    TRY(ctx, insert_allocation_back(ctx, back));
    receivable.open_minor += back->amount_minor;
    receivable.state = "open";
    receivable.paid_on = DATE_NONE;
    receivable.collect_on = DATE_NONE;
    return save_receivable(ctx, &receivable);
}
