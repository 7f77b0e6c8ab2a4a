#include "service/debit_returns.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/mandate.h"
#include "core/posting.h"
#include "core/return_code.h"
#include "service/allocating.h"
#include "service/booking.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "store/bank.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/journal.h"
#include "store/link.h"
#include "store/mandate.h"
#include "store/outbox.h"
#include "store/payable.h"

#define DAY (INT64_C(86400) * 1000000)

struct returning {
    const char *end_to_end_id;
    const char *code;
    int64_t journal_id;
    bool known;
};

enum { REOPENED_MAX = 3 }; /* invoices of one payment: what is more is a person's */

/* One invoice is open again by what the payment paid of it; 512 and the VAT that had become due go back: more of the booking's
 * list. */
static enum err reopen_invoice(struct ctx *ctx, const struct paid_part *part, const struct booking *booking, struct posting_list *booked,
                               struct receivable *receivable)
{
    struct posting_payment back = {.money_account = ACCOUNT_BANK, .amount_minor = part->amount_minor};
    struct posting_list list;
    struct credit_account asked;
    struct invoice invoice;

    TRY(ctx, lock_receivable(ctx, part->invoice_id, receivable));
    TRY(ctx, invoice_by_id(ctx, part->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, receivable, &asked));
    back.invoice_total_minor = asked.total_minor;
    back.invoice_vat_minor = asked.vat_minor;
    back.paid_before_minor = asked.total_minor - receivable->open_minor - part->amount_minor;
    back.vat_due = vat_due_from_name(invoice.vat_due);
    if (back.paid_before_minor < 0) /* credited since: a person decides what is owed */
        return ERR_CONFLICT;
    TRY(ctx, exchange_money(ctx, &invoice, booking->on, &back));
    if ((booking->foreign != NULL) != (back.exchange.rate_e6 != 0)) /* one of them is from before the books were converted */
        return ERR_CONFLICT;
    posting_of_payment(&back, &list);
    posting_turn(&list);
    posting_add(booked, &list);
    receivable->open_minor += part->amount_minor;
    receivable->state = "open";
    receivable->paid_on = DATE_NONE;
    return OK;
}

/* What was above the invoice and is not used yet: it is no advance any more. */
static enum err take_advance_back(struct ctx *ctx, int64_t payment_id, const struct booking *booking, struct posting_list *booked)
{
    struct posting_payment back = {.money_account = ACCOUNT_BANK};
    struct exchange money = exchange_between(booking->foreign != NULL ? booking->foreign : "", booking->currency, EXCHANGE_ONE); /* no document */
    struct posting_list list;
    struct journal_sum sum;
    struct advance advance;
    enum err err = lock_advance(ctx, payment_id, &advance);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    if (advance.left_minor == 0)
        return OK;
    back.amount_minor = advance.left_minor;
    if (booking->foreign != NULL) {
        TRY(ctx, exchange_payment(ctx, &money, booking->on, &back));
        TRY(ctx, journal_sum_of(ctx, "payment", payment_id, posting_label_name(POSTING_ADVANCE), &sum));
        back.above_base_minor = exchange_share(sum.base_minor, sum.foreign_minor, advance.left_minor);
    }
    posting_of_payment(&back, &list);
    posting_turn(&list);
    posting_add(booked, &list);
    return withdraw_advance(ctx, &advance);
}

/* A payment goes back whole: from the invoice that was collected, from those that its surplus paid since, and from what
 * is left of that. ERR_CONFLICT, before anything is written: it is for a person. */
static enum err reopen(struct ctx *ctx, int64_t invoice_id, int64_t attempt_id, const char *code, struct booking *booking, struct receivable *receivable)
{
    struct posting_list booked = {.count = 0};
    struct receivable others[REOPENED_MAX];
    struct returned_payment payment;
    struct paid_part *parts;
    struct exchange exchange;
    struct invoice invoice;
    size_t count;

    TRY(ctx, payment_of_attempt(ctx, attempt_id, &payment));
    TRY(ctx, lock_receivable(ctx, invoice_id, receivable));
    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    *booking = (struct booking){.entry_id = booking->entry_id, .journal = "BQ", .on = ctx->today_on, .source_kind = "return",
                                .source_id = payment.payment_id, .reference = invoice.number, .customer_id = invoice.customer_id};
    exchange = exchange_of_invoice(&invoice);
    booking_currencies(booking, invoice.currency, &exchange);
    TRY(ctx, lock_parts_of_payment(ctx, payment.payment_id, &parts, &count));
    if (count > REOPENED_MAX)
        return ERR_CONFLICT;
    for (size_t i = 0; i < count; i++) {
        enum err err = reopen_invoice(ctx, &parts[i], booking, &booked, &others[i]);

        if (err != OK)
            return err;
    }
    TRY(ctx, take_advance_back(ctx, payment.payment_id, booking, &booked));
    booking_items(ctx->arena, booking, &booked);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].invoice_id == invoice_id) {
            *receivable = others[i]; /* the caller goes on with it */
            continue;
        }
        TRY(ctx, save_receivable(ctx, &others[i]));
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, parts[i].invoice_id, "invoice.returned", history_params(ctx->arena, "code", code, NULL)));
    }
    return insert_payment_return(ctx, payment.payment_id, payment.amount_minor, code);
}

static enum err change_mandate(struct ctx *ctx, int64_t payment_method_id, enum mandate_event event)
{
    enum mandate_state next;
    struct mandate m;

    if (event == 0)
        return OK;
    TRY(ctx, lock_mandate(ctx, payment_method_id, &m));
    if (!mandate_next(mandate_state_from_name(m.state), event, &next))
        return OK;
    m.state = mandate_state_name(next);
    if (next != MANDATE_SUSPENDED)
        m.ended_on = ctx->today_on;
    TRY(ctx, save_mandate(ctx, &m));
    TRY(ctx, save_payment_method_state(ctx, payment_method_id, "refused"));
    return note_audit(ctx, "mandate.return", m.reference, m.state);
}

/* Mail with a link to pay, and an item for a person: it goes when the invoice is paid. */
static enum err tell_return(struct ctx *ctx, const struct return_rule *rule, const char *code, int64_t attempt_id, const struct receivable *receivable)
{
    struct link link = {.kind = LINK_KIND_PAY, .object_id = receivable->invoice_id, .expires_at = ctx->now + 365 * DAY};
    struct mail mail = {.template = "debit_returned", .invoice_id = receivable->invoice_id, .subscription_id = receivable->subscription_id};
    struct operator_item item = {.kind = "renewal_declined", .amount_minor = receivable->open_minor, .currency = receivable->currency, .detail = code, .opened_on = ctx->today_on};
    struct customer customer;

    bool tells;

    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, receivable->invoice_id, "invoice.returned", history_params(ctx->arena, "code", code, NULL)));
    if (receivable->open_minor == 0)
        return OK;
    claim_subject(receivable, &item.subject_kind, &item.subject_id);
    TRY(ctx, open_operator_item(ctx, &item));
    /* A new debit is the collection's matter, not a step's. */
    TRY(ctx, rule->contact == CONTACT_SILENCE ? silence_case(ctx, receivable, code) : note_declined_debit(ctx, receivable, false, &tells));
    if (rule->contact == CONTACT_NONE || rule->contact == CONTACT_SILENCE)
        return OK;
    TRY(ctx, customer_by_id(ctx, receivable->customer_id, &customer));
    TRY(ctx, insert_link(ctx, &link, (char **)(uintptr_t)&mail.token));
    mail.link_id = link.id;
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.params = history_params(ctx->arena, "details", rule->contact == CONTACT_NEW_DETAILS ? "yes" : "",
                                 "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "debit_returned %lld", (long long)attempt_id);
    return queue_mail(ctx, &mail);
}

/* Given up because its file never left: what the bank says of it all the same is for a person. */
static bool was_given_up(const struct attempt *attempt, const struct collection *c)
{
    return attempt->state == ATTEMPT_DECLINED && c->file_id != 0 && c->return_code[0] == '\0';
}

static enum err take_return(struct ctx *ctx, void *arg)
{
    struct returning *w = arg;
    const struct return_rule *rule = return_rule_of(w->code);
    struct booking booking = {.entry_id = w->journal_id};
    struct return_outcome outcome;
    struct receivable receivable;
    enum attempt_state from;
    struct collection c;
    struct attempt attempt;
    enum err err = attempt_by_ref(ctx, w->end_to_end_id, &attempt);

    w->known = err == OK && strcmp(attempt.kind, "sepa") == 0;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    if (!w->known)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(ctx, lock_attempt(ctx, attempt.id, &attempt));
    TRY(ctx, collection_of(ctx, attempt.id, &c));
    w->known = !was_given_up(&attempt, &c);
    if (!w->known)
        return OK;
    outcome = return_outcome(rule, attempt.state);
    if (!outcome.acts) {
        bool by_hand;

        TRY(ctx, debit_booked_by_hand(ctx, attempt.id, &by_hand)); /* that money is a payment of its own */
        w->known = !outcome.person && !by_hand;
        return OK;
    }
    if (outcome.claim == CLAIM_REOPENS) {
        err = reopen(ctx, c.invoice_id, attempt.id, w->code, &booking, &receivable);
        if (err == ERR_CONFLICT) {
            w->known = false;
            return OK;
        }
        if (err != OK)
            return err;
    } else {
        TRY(ctx, lock_receivable(ctx, c.invoice_id, &receivable));
    }
    from = attempt.state;
    CHECK(attempt_next(from, outcome.attempt, &attempt.state) == ATTEMPT_MOVES);
    attempt.decline_code = str_cut(ctx->arena, w->code, 35);
    TRY(ctx, move_attempt(ctx, &attempt, from, attempt_event_name(outcome.attempt), w->code));
    c.settles_on = DATE_NONE;
    c.return_code = attempt.decline_code;
    TRY(ctx, save_collection(ctx, &c));
    if (receivable.open_minor > 0) { /* else the whole collection was above what was owed */
        receivable.collect_on = return_retry_on(rule, ctx->today_on, receivable.retries);
        receivable.retries++;
        TRY(ctx, save_receivable(ctx, &receivable));
    }
    TRY(ctx, change_mandate(ctx, c.payment_method_id, rule->mandate));
    crash_point("C25");
    TRY(ctx, tell_return(ctx, rule, w->code, attempt.id, &receivable));
    return outcome.claim == CLAIM_REOPENS ? book_entries(ctx, &booking, 1) : OK;
}

enum err return_collection(struct ctx *ctx, const char *end_to_end_id, const char *code, bool *known)
{
    struct returning work = {.end_to_end_id = end_to_end_id, .code = code};

    *known = false;
    if (end_to_end_id[0] == '\0')
        return OK;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &work.journal_id));
    TRY(ctx, db_transaction(ctx, take_return, &work));
    *known = work.known;
    return OK;
}

enum err refuse_batch(struct ctx *ctx, const char *message_id, const char *batch_id, const char *code, int32_t *count)
{
    struct debited *rows;
    size_t found;

    *count = 0;
    if (message_id[0] == '\0' && batch_id[0] == '\0')
        return OK;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, collections_of_batch(ctx, message_id, batch_id, &rows, &found));
    for (size_t i = 0; i < found; i++) {
        bool known;

        TRY(ctx, return_collection(ctx, rows[i].attempt_key, code, &known));
        *count += known;
    }
    return OK;
}
