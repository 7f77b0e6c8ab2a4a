#include "service/disputing.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/posting.h"
#include "gateway/stripe.h"
#include "service/booking.h"
#include "service/exchanging.h"
#include "service/gateway_request.h"
#include "service/refund_settling.h"
#include "service/reopening.h"
#include "store/db.h"
#include "store/dispute.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/refund.h"

enum { ENTRIES = 2 };

bool is_dispute_event(const char *type)
{
    return str_starts(type, "charge.dispute.");
}

struct disputing {
    const struct gateway_dispute *told;
    int64_t first_entry_id; /* ENTRIES of them */
};

static enum err ask_person(struct ctx *ctx, const struct dispute *d, const char *kind, const char *detail)
{
    struct operator_item item = {.kind = kind, .subject_kind = "attempt", .subject_id = d->attempt_id, .amount_minor = d->amount_minor,
                                 .currency = d->currency, .detail = detail, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

static struct booking booking_of(const struct ctx *ctx, const struct dispute *d, const char *source, int64_t entry_id)
{
    return (struct booking){.entry_id = entry_id, .journal = "BQ", .on = ctx->today_on, .source_kind = source, .source_id = d->id,
                            .reference = str_cut(ctx->arena, d->dispute_ref, 40), .currency = d->currency, .customer_id = d->customer_id};
}

/* A move of the disputed amount: by the day's rate; what stands on 416 leaves as it stands there. The payment's own entry
 * says whether the books have it in the house's currency. */
static enum err book_move(struct ctx *ctx, const struct dispute *d, const char *to, const char *from, struct booking *booking)
{
    struct posting_bases bases = {.converts = false};
    struct posting_list list;
    struct exchange money = EXCHANGE_NONE;
    struct journal_sum paid, out;

    TRY(ctx, journal_sum_of(ctx, "payment", d->payment_id, posting_label_name(POSTING_RECEIPT), &paid));
    if (paid.foreign_currency[0] != '\0') {
        money = exchange_between(d->currency, paid.currency, EXCHANGE_ONE); /* no document */
        bases.converts = true;
        TRY(ctx, exchange_on(ctx, &money, booking->on, d->amount_minor, &bases.to_minor));
        bases.from_minor = bases.to_minor;
    }
    if (bases.converts && strcmp(from, ACCOUNT_DISPUTED) == 0) {
        TRY(ctx, journal_sum_of(ctx, "dispute", d->id, posting_label_name(POSTING_RECEIPT), &out));
        bases.from_minor = out.debit_minor;
        bases.to_minor = strcmp(to, ACCOUNT_BAD_DEBT) == 0 ? out.debit_minor : bases.to_minor;
    }
    booking_currencies(booking, d->currency, &money);
    posting_of_dispute(to, from, d->amount_minor, bases, &list);
    booking_items(ctx->arena, booking, &list);
    return OK;
}

static enum err begin_case(struct ctx *ctx, const struct gateway_dispute *told, const struct refundable *payment, struct dispute *d)
{
    struct allocated *paid;
    struct invoice invoice;
    size_t count;

    *d = (struct dispute){.dispute_ref = told->dispute_ref, .payment_id = payment->payment_id, .attempt_id = payment->attempt_id,
                          .customer_id = payment->customer_id, .amount_minor = told->amount_minor, .currency = told->currency,
                          .reason = str_cut(ctx->arena, told->reason, 60), .status = str_cut(ctx->arena, told->status, 40),
                          .answer_by = told->answer_by, .out_on = DATE_NONE, .in_on = DATE_NONE, .opened_on = ctx->today_on, .ended_on = DATE_NONE};
    TRY(ctx, allocated_by(ctx, payment->payment_id, &paid, &count));
    if (count > 0) {
        d->invoice_id = paid[0].invoice_id;
        TRY(ctx, invoice_by_id(ctx, d->invoice_id, &invoice));
        d->subscription_id = invoice.subscription_id;
    }
    TRY(ctx, insert_dispute(ctx, d));
    return d->invoice_id != 0 ? note_activity(ctx, ABOUT_INVOICE, d->invoice_id, "invoice.disputed",
                                              history_params(ctx->arena, "reason", d->reason, NULL)) : OK;
}

/* Of another currency, while another one is open, or more than the payment brought: no rows of ours can say it. */
static enum err can_begin(struct ctx *ctx, const struct gateway_dispute *told, const struct refundable *payment, bool *can)
{
    int64_t all = told->amount_minor;
    struct dispute *others;
    size_t count;

    TRY(ctx, disputes_of_payment(ctx, payment->payment_id, &others, &count));
    *can = told->amount_minor > 0 && strcmp(told->currency, payment->currency) == 0;
    for (size_t i = 0; i < count; i++) {
        *can = *can && others[i].state != DISPUTE_OPEN;
        all += others[i].state != DISPUTE_WON ? others[i].amount_minor : 0;
    }
    *can = *can && all <= payment->amount_minor;
    return OK;
}

/* The money leaves once, and comes again once. */
static enum err move_money(struct ctx *ctx, const struct gateway_dispute *told, struct dispute *d, int64_t entry_id, struct booking *bookings, size_t *count)
{
    if (told->gone_minor > 0 && d->out_on == DATE_NONE) {
        d->out_on = ctx->today_on;
        bookings[*count] = booking_of(ctx, d, "dispute", entry_id + (int64_t)*count);
        TRY(ctx, book_move(ctx, d, ACCOUNT_DISPUTED, ACCOUNT_CARD, &bookings[(*count)++]));
    }
    if (told->gone_minor <= 0 && d->out_on != DATE_NONE && d->in_on == DATE_NONE && (d->state == DISPUTE_OPEN || d->state == DISPUTE_LOST || d->state == DISPUTE_WON)) {
        d->in_on = ctx->today_on;
        bookings[*count] = booking_of(ctx, d, "dispute_won", entry_id + (int64_t)*count);
        TRY(ctx, book_move(ctx, d, ACCOUNT_CARD, ACCOUNT_DISPUTED, &bookings[(*count)++]));
    }
    return OK;
}

/* The item's detail: the bank's reason and, while there is time, the day until which to answer (page/admin/today). */
static enum err tell_state(struct ctx *ctx, const struct dispute *d)
{
    const char *by = d->answer_by != 0 ? arena_printf(ctx->arena, "%s %.10s", d->reason, clock_format(ctx->arena, d->answer_by)) : d->reason;

    if (d->state == DISPUTE_OPEN)
        return ask_person(ctx, d, "dispute_open", by);
    TRY(ctx, close_operator_items(ctx, "dispute_open", "attempt", d->attempt_id));
    if (d->state == DISPUTE_LOST)
        return ask_person(ctx, d, "dispute_lost", d->reason);
    return close_operator_items(ctx, "dispute_lost", "attempt", d->attempt_id);
}

static enum err settle(struct ctx *ctx, void *arg)
{
    const struct disputing *w = arg;
    const struct gateway_dispute *told = w->told;
    struct booking bookings[ENTRIES];
    struct refundable payment;
    struct attempt attempt;
    struct dispute d;
    enum dispute_event event = dispute_event_of(told->status);
    enum dispute_state from;
    size_t count = 0;
    enum err err = refundable_of_intent(ctx, told->intent_ref, &payment);

    if (err == ERR_NOT_FOUND) /* another shop's at the same gateway */
        return OK;
    if (err != OK)
        return err;
    TRY(ctx, lock_attempt(ctx, payment.attempt_id, &attempt));
    err = lock_dispute(ctx, told->dispute_ref, &d);
    if (err == ERR_NOT_FOUND) {
        bool can;

        TRY(ctx, can_begin(ctx, told, &payment, &can));
        d = (struct dispute){.attempt_id = payment.attempt_id, .amount_minor = told->amount_minor, .currency = payment.currency};
        if (!can)
            return ask_person(ctx, &d, "dispute_unexpected", told->dispute_ref);
        err = begin_case(ctx, told, &payment, &d);
    }
    if (err != OK)
        return err;
    from = d.state;
    if (event == 0 || dispute_next(from, event, &d.state) == DISPUTE_REFUSED || told->amount_minor != d.amount_minor)
        TRY(ctx, ask_person(ctx, &d, "dispute_unexpected", told->status));
    d.status = str_cut(ctx->arena, told->status, 40);
    d.answer_by = told->answer_by;
    TRY(ctx, move_money(ctx, told, &d, w->first_entry_id, bookings, &count));
    if (d.state != DISPUTE_OPEN && d.ended_on == DATE_NONE)
        d.ended_on = ctx->today_on;
    TRY(ctx, save_dispute(ctx, &d));
    TRY(ctx, tell_state(ctx, &d));
    if (d.state != from && d.invoice_id != 0)
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, d.invoice_id, d.state == DISPUTE_WON ? "invoice.dispute_won" : "invoice.dispute_lost", "{}"));
    TRY(ctx, move_attempt_back(ctx, &attempt, d.payment_id));
    return count > 0 ? book_entries(ctx, bookings, count) : OK;
}

enum err take_dispute_event(struct ctx *ctx, const char *dispute_ref, int64_t budget_ms)
{
    struct stripe stripe = house_gateway(ctx);
    struct gateway_dispute told;
    struct disputing w = {.told = &told};

    stripe_dispute(ctx, &stripe, dispute_ref, budget_ms, &told);
    if (told.outcome == GATEWAY_ABSENT)
        return OK;
    if (told.outcome != GATEWAY_SUCCEEDED)
        return FAIL(ctx, ERR_GATEWAY, "%s", told.message);
    TRY(ctx, reserve_ids(ctx, "journal_entry", ENTRIES, &w.first_entry_id));
    return db_transaction(ctx, settle, &w);
}

/* ---- a lost one ---- */

struct choosing {
    int64_t dispute_id;
    bool reopens;
    const struct once *once;
    struct dispute_choice *choice;
    int64_t entry_id;
};

/* 411 and the VAT as before the payment, the money that was taken from 416. */
static enum err open_again(struct ctx *ctx, const struct dispute *d, struct booking *booking, bool *refused)
{
    const struct allocation_back back = {"dispute", d->id, d->payment_id, d->invoice_id, d->amount_minor, ctx->today_on};

    return open_invoice_again(ctx, &back, ACCOUNT_DISPUTED, booking, refused);
}

static enum err choose(struct ctx *ctx, void *arg)
{
    struct choosing *w = arg;
    struct invoice invoice;
    struct booking booking;
    struct attempt attempt;
    struct dispute d;

    *w->choice = (struct dispute_choice){.url = NULL};
    TRY(ctx, dispute_by_id(ctx, w->dispute_id, &d));
    TRY(ctx, lock_attempt(ctx, d.attempt_id, &attempt));
    TRY(ctx, lock_dispute(ctx, d.dispute_ref, &d));
    w->choice->stale = dispute_next(d.state, w->reopens ? DISPUTE_REOPENS : DISPUTE_WRITES_OFF, &d.state) != DISPUTE_MOVES || d.out_on == DATE_NONE ||
                       d.in_on != DATE_NONE;
    if (w->choice->stale)
        return pressed_before(ctx, w->once);
    if (w->reopens && d.invoice_id != 0) {
        TRY(ctx, invoice_by_id(ctx, d.invoice_id, &invoice));
        w->choice->of_deposit = w->choice->refused = strcmp(invoice.kind, "deposit") == 0;
        if (w->choice->refused)
            return OK;
    }
    booking = booking_of(ctx, &d, "dispute_lost", w->entry_id);
    if (w->reopens && d.invoice_id != 0)
        TRY(ctx, open_again(ctx, &d, &booking, &w->choice->refused));
    else
        TRY(ctx, book_move(ctx, &d, ACCOUNT_BAD_DEBT, ACCOUNT_DISPUTED, &booking));
    w->choice->refused = w->choice->refused || (w->reopens && d.invoice_id == 0);
    if (w->choice->refused)
        return OK;
    TRY(ctx, save_dispute(ctx, &d));
    TRY(ctx, close_operator_items(ctx, "dispute_lost", "attempt", d.attempt_id));
    TRY(ctx, note_audit(ctx, "dispute.choose", d.dispute_ref, dispute_state_name(d.state)));
    TRY(ctx, spend_once(ctx, w->once, arena_printf(ctx->arena, "%lld", (long long)d.id), &w->choice->url));
    return book_entries(ctx, &booking, 1);
}

enum err choose_dispute(struct ctx *ctx, int64_t dispute_id, bool reopens, const struct once *once, struct dispute_choice *choice)
{
    struct choosing w = {dispute_id, reopens, once, choice, 0};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &w.entry_id));
    return db_transaction(ctx, choose, &w);
}
