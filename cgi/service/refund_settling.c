#include "service/refund_settling.h"

#include <string.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/posting.h"
#include "service/allocating.h"
#include "service/crediting.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "service/reopening.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/stray_return.h"

bool refund_by_gateway(const struct refund *refund)
{
    return strcmp(refund->kind, "card") == 0;
}

static enum err lock_everything(struct ctx *ctx, struct refund_settling *s, struct refund *f, struct attempt *attempt)
{
    struct refundable payment;

    TRY(ctx, refund_by_id(ctx, s->refund_id, f));
    attempt->id = 0;
    if (f->payment_id != 0) {
        TRY(ctx, refundable_payment(ctx, f->payment_id, &payment));
        TRY(ctx, lock_attempt(ctx, payment.attempt_id, attempt));
    }
    if (f->credit_note_id != 0) {
        struct customer_credit credit;

        TRY(ctx, lock_customer_credit(ctx, f->credit_note_id, &credit));
    }
    return lock_refund(ctx, s->refund_id, f);
}

static const char *money_account(const struct refund *f)
{
    return refund_by_gateway(f) ? ACCOUNT_CARD : ACCOUNT_BANK;
}

static enum err open_again(struct ctx *ctx, const struct refund *f, struct booking *booking)
{
    const struct allocation_back back = {"refund", f->id, f->payment_id, f->invoice_id, f->amount_minor, ctx->today_on};
    bool refused;

    TRY(ctx, open_invoice_again(ctx, &back, money_account(f), booking, &refused));
    return refused ? FAIL(ctx, ERR_CONFLICT, "refund %lld is more than is paid of %s", (long long)f->id, booking->reference) : OK;
}

/* The money is ours again: the invoice is paid by it as before. What was paid otherwise meanwhile stands on 4191. */
static enum err close_again(struct ctx *ctx, const struct refund *f, struct booking *booking)
{
    struct posting_payment again = {.money_account = money_account(f), .amount_minor = f->amount_minor};
    struct allocation_back row = {"refund_failed", f->id, f->payment_id, f->invoice_id, 0, ctx->today_on};
    struct posting_list list;
    struct receivable receivable;
    struct credit_account asked;
    struct invoice invoice;
    int64_t booked;

    TRY(ctx, lock_receivable(ctx, f->invoice_id, &receivable));
    TRY(ctx, invoice_by_id(ctx, f->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, &receivable, &asked));
    booked = f->amount_minor < receivable.open_minor ? f->amount_minor : receivable.open_minor;
    again.invoice_total_minor = asked.total_minor;
    again.invoice_vat_minor = asked.vat_minor;
    again.paid_before_minor = asked.total_minor - receivable.open_minor;
    again.vat_due = vat_due_from_name(invoice.vat_due);
    booking->reference = invoice.number;
    TRY(ctx, exchange_money(ctx, &invoice, booking->on, &again));
    booking_currencies(booking, invoice.currency, &again.exchange);
    posting_of_payment(&again, &list);
    booking_items(ctx->arena, booking, &list);
    if (booked > 0) {
        row.amount_minor = -booked;
        TRY(ctx, insert_allocation_back(ctx, &row));
    }
    receivable.open_minor -= booked;
    if (receivable.open_minor == 0) {
        receivable.state = "paid";
        receivable.paid_on = ctx->today_on;
        receivable.collect_on = DATE_NONE;
    }
    TRY(ctx, save_receivable(ctx, &receivable));
    return receivable.open_minor == 0 ? end_case_paid(ctx, f->invoice_id) : OK;
}

static enum err give_credit_back(struct ctx *ctx, const struct refund *f)
{
    struct customer_credit credit;

    TRY(ctx, lock_customer_credit(ctx, f->credit_note_id, &credit));
    credit.left_minor += f->amount_minor;
    return save_customer_credits(ctx, &credit, 1);
}

/* The attempt says what is left of its money. It is never live beside another one. */
enum err move_attempt_back(struct ctx *ctx, struct attempt *attempt, int64_t payment_id)
{
    struct operator_item item = {.kind = "money_unexpected", .subject_kind = "attempt", .subject_id = attempt->id,
                                 .amount_minor = attempt->amount_minor, .currency = attempt->currency, .detail = attempt->attempt_key,
                                 .opened_on = ctx->today_on};
    enum attempt_state from = attempt->state;
    enum attempt_event event;
    struct taken_back taken;
    struct attempt live;
    enum err err;

    TRY(ctx, taken_back_of(ctx, payment_id, &taken));
    event = (enum attempt_event)refund_attempt_event(attempt->amount_minor, taken.back_minor);
    if (attempt_next(from, event, &attempt->state) != ATTEMPT_MOVES)
        return OK;
    if (attempt->state == ATTEMPT_SUCCEEDED) {
        err = live_attempt(ctx, attempt->payable_id, &live);
        if (err == OK) {
            attempt->state = ATTEMPT_OPERATOR;
            TRY(ctx, open_operator_item(ctx, &item));
        } else if (err != ERR_NOT_FOUND) {
            return err;
        }
    }
    return move_attempt(ctx, attempt, from, attempt_event_name(event), "");
}

static enum err tell_customer(struct ctx *ctx, const struct refund *f, int64_t about_id)
{
    struct customer customer;
    struct refundable payment = {.method_text = ""};
    struct mail mail = {.template = "refund_made", .customer_id = f->customer_id, .invoice_id = about_id};

    if (f->payment_id != 0)
        TRY(ctx, refundable_payment(ctx, f->payment_id, &payment));
    TRY(ctx, customer_by_id(ctx, f->customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.params = history_params(ctx->arena, "amount", arena_printf(ctx->arena, "%lld", (long long)f->amount_minor), "currency", f->currency,
                                 "reason", f->reason, "to", f->payment_id != 0 ? payment.method_text : f->iban_masked, "kind", f->kind, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "refund_made %lld", (long long)f->id);
    return queue_mail(ctx, &mail);
}

/* What the refund is about, for people: the note, or the invoice. */
static int64_t about(const struct refund *f)
{
    return f->credit_note_id != 0 ? f->credit_note_id : f->invoice_id;
}

static enum err note(struct ctx *ctx, const struct refund *f, const char *kind)
{
    const char *params = history_params(ctx->arena, "amount", arena_printf(ctx->arena, "%lld", (long long)f->amount_minor), "currency",
                                        f->currency, NULL);
    struct credit_note n;

    if (f->credit_note_id != 0) {
        TRY(ctx, credit_note_of(ctx, f->credit_note_id, &n));
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, n.corrected_id, kind, params));
    }
    return note_activity(ctx, ABOUT_INVOICE, about(f), kind, params);
}

static enum err ask_person(struct ctx *ctx, const struct refund *f, const char *kind, const char *detail)
{
    struct operator_item item = {.kind = kind, .subject_kind = ABOUT_INVOICE, .subject_id = about(f), .amount_minor = f->amount_minor,
                                 .currency = f->currency, .detail = str_cut(ctx->arena, detail, 400), .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

static enum err begin_booking(struct ctx *ctx, const struct refund *f, const char *source, struct refund_settling *s)
{
    struct invoice invoice;

    TRY(ctx, invoice_by_id(ctx, about(f), &invoice));
    s->booking = (struct booking){.entry_id = s->entry_id, .journal = "BQ", .on = s->on, .source_kind = source, .source_id = f->id,
                                  .reference = invoice.number, .customer_id = f->customer_id};
    s->exchange = exchange_of_invoice(&invoice);
    booking_currencies(&s->booking, f->currency, &s->exchange);
    return OK;
}

/* A customer's credit and the money that it becomes, or was: before and after what stands of the note. */
static enum err book_credit(struct ctx *ctx, const struct refund *f, struct refund_settling *s, bool back)
{
    struct posting_bases bases = {.converts = s->exchange.rate_e6 != 0};
    struct posting_list list;
    int64_t standing = 0;

    if (bases.converts) {
        TRY(ctx, credit_standing(ctx, f->credit_note_id, &standing)); /* as it is now */
        bases.to_minor = back ? exchange_step(&s->exchange, standing, standing - f->amount_minor)
                              : exchange_step(&s->exchange, standing + f->amount_minor, standing);
        TRY(ctx, exchange_on(ctx, &s->exchange, s->on, f->amount_minor, &bases.from_minor));
    }
    posting_of_refund(money_account(f), f->amount_minor, bases, &list);
    if (back)
        posting_turn(&list);
    booking_items(ctx->arena, &s->booking, &list);
    return OK;
}

static enum err take_success(struct ctx *ctx, const struct refund *f, struct refund_settling *s)
{
    TRY(ctx, begin_booking(ctx, f, "refund", s));
    TRY(ctx, f->credit_note_id != 0 ? book_credit(ctx, f, s, false) : open_again(ctx, f, &s->booking));
    TRY(ctx, note(ctx, f, "invoice.refunded"));
    return tell_customer(ctx, f, about(f));
}

static enum err take_failure(struct ctx *ctx, const struct refund *f, bool was_booked, struct refund_settling *s)
{
    if (f->credit_note_id != 0)
        TRY(ctx, give_credit_back(ctx, f));
    if (f->state == REFUND_CANCELLED)
        return note(ctx, f, "invoice.refund_withdrawn");
    if (was_booked) {
        TRY(ctx, begin_booking(ctx, f, "refund_failed", s));
        TRY(ctx, f->credit_note_id != 0 ? book_credit(ctx, f, s, true) : close_again(ctx, f, &s->booking));
    }
    TRY(ctx, ask_person(ctx, f, "refund_failed", f->failure));
    return note(ctx, f, "invoice.refund_failed");
}

static void take_answer(struct ctx *ctx, struct refund *f, const struct gateway_answer *answer)
{
    if (answer == NULL)
        return;
    if (answer->object_ref != NULL && answer->object_ref[0] != '\0' && f->refund_ref[0] == '\0')
        f->refund_ref = answer->object_ref;
    if (answer->decline_code[0] != '\0' || answer->message[0] != '\0')
        f->failure = str_trim(ctx->arena, arena_printf(ctx->arena, "%s %s", answer->decline_code, answer->message));
}

static enum err none_waits_to_be_sent(struct ctx *ctx, bool *none)
{
    struct stray_return *strays;
    struct refund *refunds;
    size_t count, stray_count;

    TRY(ctx, ready_refunds(ctx, 1, &refunds, &count));
    TRY(ctx, ready_stray_returns(ctx, 1, &strays, &stray_count));
    *none = count + stray_count == 0;
    return OK;
}

enum err tell_refund_key(struct ctx *ctx, const struct gateway_answer *answer, bool was_sent)
{
    struct operator_item item = {.kind = "refund_denied", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "", .opened_on = ctx->today_on};
    bool works = was_sent;

    if (answer == NULL || answer->outcome == GATEWAY_NOT_SENT || answer->outcome == GATEWAY_UNKNOWN)
        return OK;
    if (answer->outcome == GATEWAY_DENIED) {
        item.detail = str_cut(ctx->arena, answer->message, 400);
        return open_operator_item(ctx, &item);
    }
    if (!was_sent)
        TRY(ctx, none_waits_to_be_sent(ctx, &works));
    return works ? close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id) : OK;
}

/* Told again, or told something that cannot be. */
static enum err stay(struct ctx *ctx, struct refund *f, struct refund_settling *s)
{
    const char *failure = f->failure;

    TRY(ctx, pressed_before(ctx, s->once));
    if (s->verdict == REFUND_REFUSED) {
        log_event(ctx, LOG_WARNING, "refund.refused", "key", f->refund_key, "state", refund_state_name(f->state), "event",
                  refund_event_name(s->event), NULL);
        return s->event == REFUND_SUCCEEDS || s->event == REFUND_PROCESSES ? ask_person(ctx, f, "refund_unexpected", f->refund_key) : OK;
    }
    if (!refund_unresolved(f->state))
        return OK;
    take_answer(ctx, f, s->answer);
    f->checks++;
    f->next_check_at = attempt_next_check_at(f->checks, ctx->now);
    if (ctx->now - f->created_at > ATTEMPT_OPERATOR_AFTER && f->state == REFUND_UNKNOWN)
        TRY(ctx, ask_person(ctx, f, "refund_unknown", f->refund_key));
    return move_refund(ctx, f, f->state, refund_event_name(s->event), failure);
}

enum err settle_refund(struct ctx *ctx, void *arg)
{
    struct refund_settling *s = arg;
    struct attempt attempt;
    enum refund_state from;
    struct refund f;

    s->booking.item_count = 0;
    s->url = NULL;
    TRY(ctx, lock_everything(ctx, s, &f, &attempt));
    from = f.state;
    TRY(ctx, tell_refund_key(ctx, s->answer, from == REFUND_SENDING));
    s->verdict = refund_next(from, s->event, &f.state);
    /* Another amount than was asked for is a person's: the outcome stays open. */
    if (s->verdict == REFUND_MOVES && f.state == REFUND_SUCCEEDED && s->answer != NULL &&
        (s->answer->amount_minor != f.amount_minor || strcmp(s->answer->currency, f.currency) != 0)) {
        f.state = from;
        s->state = from;
        return ask_person(ctx, &f, "refund_unexpected", f.refund_key);
    }
    s->state = f.state;
    if (s->verdict != REFUND_MOVES)
        return stay(ctx, &f, s);
    take_answer(ctx, &f, s->answer);
    f.sender = 0;
    f.sending_at = 0;
    f.checks = refund_unresolved(f.state) && !refund_unresolved(from) ? 0 : f.checks;
    if (s->event == REFUND_NOTHING_SENT) {
        f.checks++;
        f.first_sent_at = 0;
    }
    f.next_check_at = refund_unresolved(f.state) || f.state == REFUND_READY ? attempt_next_check_at(f.checks, ctx->now) : 0;
    if (f.state == REFUND_SUCCEEDED) {
        f.done_on = s->on;
        f.bank_entry_id = s->bank_entry_id;
    }
    if (!refund_holds(f.state) || f.state == REFUND_SUCCEEDED)
        f.iban_sealed = "";
    TRY(ctx, move_refund(ctx, &f, from, refund_event_name(s->event), f.failure));
    if (f.state == REFUND_SUCCEEDED)
        TRY(ctx, take_success(ctx, &f, s));
    if (!refund_holds(f.state))
        TRY(ctx, take_failure(ctx, &f, from == REFUND_SUCCEEDED, s));
    if (attempt.id != 0 && (f.state == REFUND_SUCCEEDED || from == REFUND_SUCCEEDED))
        TRY(ctx, move_attempt_back(ctx, &attempt, f.payment_id));
    if (s->once != NULL)
        TRY(ctx, spend_once(ctx, s->once, arena_printf(ctx->arena, "%lld", (long long)f.id), &s->url));
    if (!s->books_outside && s->booking.item_count > 0)
        TRY(ctx, book_entries(ctx, &s->booking, 1));
    crash_point("R4");
    return OK;
}
