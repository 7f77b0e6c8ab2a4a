#include "service/refunding.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/posting.h"
#include "service/allocating.h"
#include "service/banking.h"
#include "service/booking.h"
#include "service/crediting.h"
#include "service/dunning.h"
#include "service/invoicing.h"
#include "service/reopening.h"
#include "service/restoring.h"
#include "service/walking.h"
#include "store/bank.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/form_token.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/reconciliation.h"
#include "store/tenant.h"

enum { KEY_BYTES = 16, CHECK_BUDGET_MS = 30000 };

static struct stripe stripe_of(const struct ctx *ctx)
{
    return (struct stripe){ctx->tenant->gateway_base, ctx->tenant->gateway_key};
}

static char *new_key(struct ctx *ctx)
{
    unsigned char random[KEY_BYTES];

    random_bytes(random, sizeof random);
    return arena_printf(ctx->arena, "%s-%s", ctx->tenant->name, encode_hex(ctx->arena, random, sizeof random));
}

/* What a second press meets is refused already: it is led to where the first one went. */
static enum err pressed_before(struct ctx *ctx, const struct once *once)
{
    const char *url;
    enum err err = once == NULL || once->token == NULL ? ERR_NOT_FOUND : form_token_result(ctx, once->token, &url);

    return err == OK ? ERR_DUPLICATE : err == ERR_NOT_FOUND ? OK : err;
}

static bool is_card(const struct refund *refund)
{
    return strcmp(refund->kind, "card") == 0;
}

/* ---- ordering ---- */

/* What can be opened again of an invoice by one payment; a deposit is none that is asked for again: it is credited. */
static enum err paid_of(struct ctx *ctx, const struct allocated *paid, const struct receivable *receivable, int64_t *minor)
{
    struct credit_account asked;
    struct invoice invoice;

    TRY(ctx, invoice_by_id(ctx, paid->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, receivable, &asked));
    *minor = asked.total_minor - asked.open_minor < paid->amount_minor ? asked.total_minor - asked.open_minor : paid->amount_minor;
    if (strcmp(invoice.kind, "deposit") == 0 || *minor < 0)
        *minor = 0;
    return OK;
}

struct ordering {
    struct refund_order *order;
    const struct once *once;
    struct refund refund;
    struct invoice_ids ids;
};

static struct refund_facts facts_of(const struct ctx *ctx, const struct refund_order *order, const struct refundable *payment,
                                    const struct taken_back *taken)
{
    return (struct refund_facts){
        .amount_minor = order->amount_minor, .payment_left_minor = payment != NULL ? payment->amount_minor - taken->held_minor : INT64_MAX,
        .credit_left_minor = INT64_MAX, .paid_minor = INT64_MAX, .card = payment != NULL, .gateway_ready = ctx->tenant->gateway_base[0] != '\0',
        .came_by_card = payment != NULL && strcmp(payment->gateway, "stripe") == 0 && payment->intent_ref[0] != '\0',
        .under_way = payment != NULL && taken->under_way, .disputed = payment != NULL && taken->disputed, .has_reason = !str_empty(order->reason)};
}

/* A credit note over the rest of the invoice; its credit is what the refund takes. */
static enum err issue_note(struct ctx *ctx, struct ordering *o, int64_t *note_id)
{
    struct refund_order *order = o->order;
    struct credit_request request = {.invoice_id = order->invoice_id, .reason = order->reason};
    struct company company;
    struct invoice_work work;

    TRY(ctx, prepare_credit_note(ctx, &request, &work));
    order->credit_refusal = request.refusal;
    if (request.refusal != CREDIT_NOT_REFUSED)
        return OK;
    if (work.correction->effect.kept_minor != order->amount_minor) {
        order->refusal = REFUND_NOTE_IS_WHOLE;
        return OK;
    }
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, issue_invoices(ctx, &company, &work, 1, &o->ids));
    TRY(ctx, tell_credit_note(ctx, &work));
    *note_id = work.invoice.id;
    return OK;
}

/* From then on the credit pays no invoice. */
static enum err hold_credit(struct ctx *ctx, int64_t note_id, int64_t amount_minor, struct customer_credit *credit)
{
    TRY(ctx, lock_customer_credit(ctx, note_id, credit));
    credit->left_minor -= amount_minor;
    return credit->left_minor < 0 ? OK : save_customer_credits(ctx, credit, 1);
}

static enum err seal_iban(struct ctx *ctx, const struct refund *refund, const char *iban)
{
    return save_refund_iban(ctx, refund->id,
                            secret_seal(ctx->arena, &ctx->tenant->seal_data,
                                        tenant_place(ctx->arena, ctx->tenant, "refund", "iban_sealed", refund->id), iban, strlen(iban)));
}

static enum err judge(struct ctx *ctx, struct refund_order *order, struct refundable *payment)
{
    struct taken_back taken = {.held_minor = 0};
    bool stray = false;
    struct refund_facts facts;
    struct customer_credit credit;
    struct receivable receivable;
    struct allocated *paid;
    struct attempt attempt;
    size_t count;

    if (order->payment_id != 0) {
        TRY(ctx, refundable_payment(ctx, order->payment_id, payment));
        if (payment->attempt_id != 0) /* one order of a payment after the other */
            TRY(ctx, lock_attempt(ctx, payment->attempt_id, &attempt));
        TRY(ctx, taken_back_of(ctx, order->payment_id, &taken));
        TRY(ctx, customer_has_stray_refund(ctx, payment->customer_id, &stray));
    }
    facts = facts_of(ctx, order, order->payment_id != 0 ? payment : NULL, &taken);
    facts.under_way = facts.under_way || stray; /* perhaps this very one, which a restored database does not know */
    if (order->credit_note_id != 0) {
        TRY(ctx, lock_customer_credit(ctx, order->credit_note_id, &credit));
        facts.credit_left_minor = credit.left_minor;
    } else if (!order->with_note) {
        TRY(ctx, allocated_by(ctx, order->payment_id, &paid, &count));
        facts.paid_minor = 0;
        for (size_t i = 0; i < count; i++)
            if (paid[i].invoice_id == order->invoice_id) {
                TRY(ctx, lock_receivable(ctx, order->invoice_id, &receivable));
                TRY(ctx, paid_of(ctx, &paid[i], &receivable, &facts.paid_minor));
            }
    }
    order->refusal = refund_may_be_made(&facts);
    if (order->refusal != REFUND_NOT_REFUSED)
        return OK;
    if (order->credit_note_id != 0 && order->payment_id != 0 &&
        (credit.customer_id != payment->customer_id || strcmp(credit.currency, payment->currency) != 0))
        order->refusal = REFUND_OTHER_CUSTOMER;
    return OK;
}

static enum err order_one(struct ctx *ctx, void *arg)
{
    struct ordering *o = arg;
    struct refund_order *order = o->order;
    struct refundable payment = {.payment_id = 0};
    struct customer_credit credit = {.credit_note_id = 0};
    char masked[IBAN_GROUPED_BYTES];
    struct refund *f = &o->refund;
    int64_t note_id = order->credit_note_id;
    struct refund before;
    enum err err;

    order->refusal = REFUND_NOT_REFUSED;
    order->credit_refusal = CREDIT_NOT_REFUSED;
    order->refund_id = 0;
    err = refund_by_key(ctx, f->refund_key, &before);
    if (err == OK) { /* the COMMIT before stood, its answer was lost */
        order->refund_id = before.id;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, judge(ctx, order, &payment));
    if (order->refusal == REFUND_NOT_REFUSED && order->with_note)
        TRY(ctx, issue_note(ctx, o, &note_id));
    if (order->refusal != REFUND_NOT_REFUSED || order->credit_refusal != CREDIT_NOT_REFUSED)
        return pressed_before(ctx, o->once);
    if (note_id != 0)
        TRY(ctx, hold_credit(ctx, note_id, order->amount_minor, &credit));
    f->payment_id = order->payment_id;
    f->credit_note_id = note_id;
    f->invoice_id = note_id != 0 ? 0 : order->invoice_id;
    f->customer_id = order->payment_id != 0 ? payment.customer_id : credit.customer_id;
    f->currency = order->payment_id != 0 ? payment.currency : credit.currency;
    f->amount_minor = order->amount_minor;
    f->reason = order->reason;
    if (order->payment_id != 0) {
        f->kind = "card";
        f->request_body = stripe_refund_body(ctx->arena, f->refund_key, payment.intent_ref, f->amount_minor);
        f->next_check_at = ctx->now + ATTEMPT_LEASE;
    } else {
        f->kind = "transfer";
        f->iban_key = bank_account_key(ctx, order->iban);
        f->iban_masked = arena_strdup(ctx->arena, iban_masked(order->iban, masked));
        f->account_name = order->account_name;
    }
    TRY(ctx, insert_refund(ctx, f));
    if (order->payment_id == 0)
        TRY(ctx, seal_iban(ctx, f, order->iban));
    order->refund_id = f->id;
    TRY(ctx, note_audit(ctx, "refund.order", arena_printf(ctx->arena, "refund %lld", (long long)f->id), "ok"));
    TRY(ctx, spend_once(ctx, o->once, arena_printf(ctx->arena, "%lld", (long long)f->id), &order->url));
    crash_point("R1");
    return OK;
}

enum err order_refund(struct ctx *ctx, struct refund_order *order, const struct once *once)
{
    struct ordering o = {.order = order, .once = once,
                         .refund = {.refund_key = new_key(ctx), .request_body = "", .iban_sealed = "", .iban_key = "", .iban_masked = "",
                                    .account_name = "", .failure = "", .refund_ref = ""}};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refuse_while_restored(ctx)); /* it may have been given back already */
    if (order->with_note)
        TRY(ctx, reserve_invoice_ids(ctx, 1, &o.ids));
    TRY(ctx, db_transaction(ctx, order_one, &o));
    return OK;
}

enum err refund_outlook(struct ctx *ctx, const struct refundable *payment, struct refund_outlook *outlook)
{
    struct refund_order order = {.amount_minor = 1, .reason = "-"};
    struct credit_request request = {.reason = ""};
    struct receivable receivable;
    struct refund_facts facts;
    struct taken_back taken;
    struct invoice_work work;
    struct allocated *paid;
    bool stray;
    size_t count;

    *outlook = (struct refund_outlook){.paid = {.number = ""}};
    TRY(ctx, taken_back_of(ctx, payment->payment_id, &taken));
    TRY(ctx, customer_has_stray_refund(ctx, payment->customer_id, &stray));
    facts = facts_of(ctx, &order, payment, &taken);
    facts.under_way = facts.under_way || stray;
    outlook->left_minor = facts.payment_left_minor;
    outlook->refusal = refund_may_be_made(&facts);
    TRY(ctx, allocated_by(ctx, payment->payment_id, &paid, &count));
    if (count == 0)
        return OK;
    outlook->paid = paid[0];
    TRY(ctx, receivable_of(ctx, paid[0].invoice_id, &receivable));
    TRY(ctx, paid_of(ctx, &paid[0], &receivable, &outlook->paid_minor));
    request.invoice_id = paid[0].invoice_id;
    TRY(ctx, preview_credit_note(ctx, &request, &work));
    if (request.refusal == CREDIT_NOT_REFUSED)
        outlook->noted_minor = work.correction->effect.kept_minor;
    return OK;
}

/* ---- one outcome of one refund ---- */

struct settling {
    int64_t refund_id;
    enum refund_event event;
    const struct gateway_answer *answer; /* NULL: no gateway spoke */
    int64_t bank_entry_id;
    int32_t on;           /* what it is booked for */
    int64_t entry_id;     /* of the journal, reserved */
    bool books_outside;   /* the caller books *booking */
    const struct once *once;
    struct booking booking;
    struct exchange exchange; /* of the document that it is about */
    enum refund_state state;
    enum refund_verdict verdict;
    const char *url;
};

static enum err lock_everything(struct ctx *ctx, struct settling *s, struct refund *f, struct attempt *attempt)
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
    return is_card(f) ? ACCOUNT_CARD : ACCOUNT_BANK;
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

static enum err begin_booking(struct ctx *ctx, const struct refund *f, const char *source, struct settling *s)
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
static enum err book_credit(struct ctx *ctx, const struct refund *f, struct settling *s, bool back)
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

static enum err take_success(struct ctx *ctx, const struct refund *f, struct settling *s)
{
    TRY(ctx, begin_booking(ctx, f, "refund", s));
    TRY(ctx, f->credit_note_id != 0 ? book_credit(ctx, f, s, false) : open_again(ctx, f, &s->booking));
    TRY(ctx, note(ctx, f, "invoice.refunded"));
    return tell_customer(ctx, f, about(f));
}

static enum err take_failure(struct ctx *ctx, const struct refund *f, bool was_booked, struct settling *s)
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

static bool unresolved(enum refund_state state)
{
    return state == REFUND_UNKNOWN || state == REFUND_PENDING;
}

/* Told again, or told something that cannot be. */
static enum err stay(struct ctx *ctx, struct refund *f, struct settling *s)
{
    const char *failure = f->failure;

    TRY(ctx, pressed_before(ctx, s->once));
    if (s->verdict == REFUND_REFUSED) {
        log_event(ctx, LOG_WARNING, "refund.refused", "key", f->refund_key, "state", refund_state_name(f->state), "event",
                  refund_event_name(s->event), NULL);
        return s->event == REFUND_SUCCEEDS || s->event == REFUND_PROCESSES ? ask_person(ctx, f, "refund_unexpected", f->refund_key) : OK;
    }
    if (!unresolved(f->state))
        return OK;
    take_answer(ctx, f, s->answer);
    f->checks++;
    f->next_check_at = attempt_next_check_at(f->checks, ctx->now);
    if (ctx->now - f->created_at > ATTEMPT_OPERATOR_AFTER && f->state == REFUND_UNKNOWN)
        TRY(ctx, ask_person(ctx, f, "refund_unknown", f->refund_key));
    return move_refund(ctx, f, f->state, refund_event_name(s->event), failure);
}

static enum err settle(struct ctx *ctx, void *arg)
{
    struct settling *s = arg;
    struct attempt attempt;
    enum refund_state from;
    struct refund f;

    s->booking.item_count = 0;
    s->url = NULL;
    TRY(ctx, lock_everything(ctx, s, &f, &attempt));
    from = f.state;
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
    f.checks = unresolved(f.state) && !unresolved(from) ? 0 : f.checks;
    if (s->event == REFUND_NOTHING_SENT) {
        f.checks++;
        f.first_sent_at = 0;
    }
    f.next_check_at = unresolved(f.state) || f.state == REFUND_READY ? attempt_next_check_at(f.checks, ctx->now) : 0;
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

static enum refund_event event_of(const struct refund *f, const struct gateway_answer *answer, int64_t now)
{
    switch (answer->outcome) {
    case GATEWAY_SUCCEEDED: return REFUND_SUCCEEDS;
    case GATEWAY_PROCESSING: return REFUND_PROCESSES;
    case GATEWAY_DECLINED:
    case GATEWAY_REFUSED: return REFUND_FAILS;
    case GATEWAY_DENIED:
    case GATEWAY_NOT_SENT: /* what left with an earlier try may have arrived */
        return f->state == REFUND_SENDING && f->first_sent_at == f->sending_at ? REFUND_NOTHING_SENT : REFUND_NO_ANSWER;
    case GATEWAY_ABSENT: return f->first_sent_at != 0 && now - f->first_sent_at > ATTEMPT_ABSENT_AFTER ? REFUND_ABSENT : REFUND_NO_ANSWER;
    case GATEWAY_ACTION:
    case GATEWAY_OPEN:
    case GATEWAY_EXPIRED:
    case GATEWAY_UNKNOWN: break;
    }
    return REFUND_NO_ANSWER;
}

/* The one door for whatever the gateway says of a refund. */
static enum err settle_told(struct ctx *ctx, const struct refund *f, enum refund_event event, const struct gateway_answer *answer,
                            enum refund_state *state)
{
    struct settling s = {.refund_id = f->id, .event = event, .answer = answer, .on = ctx->today_on};

    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &s.entry_id));
    TRY(ctx, db_transaction(ctx, settle, &s));
    crash_point("R5");
    *state = s.state;
    return OK;
}

/* ---- sending and asking ---- */

static enum err take_refund(struct ctx *ctx, void *arg)
{
    struct refund *refund = arg;
    struct refund locked;
    enum refund_state from;

    TRY(ctx, lock_refund(ctx, refund->id, &locked));
    from = locked.state;
    if (!is_card(&locked) || refund_next(from, REFUND_PICKED, &locked.state) != REFUND_MOVES)
        return ERR_CONFLICT;
    locked.sender = db_connection_id(ctx);
    locked.sending_at = ctx->now;
    if (locked.first_sent_at == 0)
        locked.first_sent_at = ctx->now;
    locked.next_check_at = ctx->now + ATTEMPT_LEASE;
    *refund = locked;
    return move_refund(ctx, refund, from, refund_event_name(REFUND_PICKED), "");
}

static enum err send(struct ctx *ctx, struct refund *f, int64_t budget_ms, enum refund_state *state)
{
    struct stripe stripe = stripe_of(ctx);
    struct gateway_answer answer;
    enum err err = db_transaction(ctx, take_refund, f);

    *state = f->state;
    if (err == ERR_CONFLICT) /* somebody is at it */
        return OK;
    if (err != OK)
        return err;
    crash_point("R2");
    stripe_post(ctx, &stripe, "/v1/refunds", f->request_body, f->refund_key, budget_ms, &answer);
    crash_point("R3");
    return settle_told(ctx, f, event_of(f, &answer, ctx->now), &answer, state);
}

static void ask(struct ctx *ctx, const struct refund *f, int64_t budget_ms, struct gateway_answer *answer)
{
    struct stripe stripe = stripe_of(ctx);
    struct refundable payment;

    if (f->refund_ref[0] != '\0') {
        stripe_refund(ctx, &stripe, f->refund_ref, budget_ms, answer);
        return;
    }
    if (refundable_payment(ctx, f->payment_id, &payment) != OK) { /* tried again by the next check */
        ctx_forget_error(ctx);
        *answer = (struct gateway_answer){.outcome = GATEWAY_UNKNOWN, .decline_code = "", .message = "", .object_ref = "", .currency = ""};
        return;
    }
    stripe_find_refund(ctx, &stripe, payment.intent_ref, f->refund_key, budget_ms, answer);
}

enum err pursue_refund(struct ctx *ctx, int64_t refund_id, int64_t budget_ms, enum refund_state *state)
{
    struct gateway_answer gone = {.outcome = GATEWAY_UNKNOWN, .decline_code = "", .message = "the sender is gone", .object_ref = "", .currency = ""};
    struct gateway_answer answer;
    struct refund f;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refund_by_id(ctx, refund_id, &f));
    *state = f.state;
    if (!is_card(&f) || ctx->tenant->gateway_base[0] == '\0')
        return OK;
    if (f.state == REFUND_SENDING) { /* whoever sent it is gone or silent */
        TRY(ctx, settle_told(ctx, &f, REFUND_NO_ANSWER, &gone, state));
        TRY(ctx, refund_by_id(ctx, refund_id, &f));
    }
    if (f.state == REFUND_READY || (f.state == REFUND_UNKNOWN && attempt_may_resend(f.first_sent_at, ctx->now)))
        return send(ctx, &f, budget_ms, state);
    if (!unresolved(f.state))
        return OK;
    ask(ctx, &f, budget_ms, &answer);
    return settle_told(ctx, &f, event_of(&f, &answer, ctx->now), &answer, state);
}

static enum err list_refunds(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct refund *list;

    TRY(ctx, refunds_to_check(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_refund(struct ctx *ctx, void *row)
{
    enum refund_state state;

    return pursue_refund(ctx, ((struct refund *)row)->id, CHECK_BUDGET_MS, &state);
}

enum err check_refunds(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"refund.set_aside", ABOUT_HOUSE, sizeof(struct refund), list_refunds, look_at_refund, put_off_refund};

    TRY(run, db_ready(run));
    return run->tenant->gateway_base[0] == '\0' ? OK : walk_due(run, &walk, stop, checked);
}

/* ---- events ---- */

bool is_refund_event(const char *type)
{
    return str_starts(type, "refund.") || strcmp(type, "charge.refunded") == 0 || strcmp(type, "charge.refund.updated") == 0;
}

const char *refund_event_object(const char *type, const char *object_ref, const char *intent_ref)
{
    return strcmp(type, "charge.refunded") == 0 ? intent_ref : object_ref;
}

/* A refund that no page of ours ordered: somebody made it at the gateway. It is never booked by itself. */
static enum err tell_foreign(struct ctx *ctx, const struct gateway_answer *answer)
{
    struct operator_item item = {.kind = "refund_foreign", .subject_kind = "attempt", .amount_minor = answer->amount_minor,
                                 .currency = answer->currency, .detail = answer->object_ref, .opened_on = ctx->today_on};
    struct refundable payment;
    enum err err = refundable_of_intent(ctx, answer->intent_ref, &payment);

    if (err == ERR_NOT_FOUND) /* another shop's at the same gateway */
        return OK;
    if (err != OK || answer->outcome == GATEWAY_DECLINED)
        return err;
    item.subject_id = payment.attempt_id;
    return open_operator_item(ctx, &item);
}

static enum err take_told(struct ctx *ctx, const struct gateway_answer *answer)
{
    enum refund_state state;
    struct refund f;
    enum err err = refund_by_key(ctx, answer->own_key, &f);

    if (err == ERR_NOT_FOUND)
        return tell_foreign(ctx, answer);
    if (err != OK)
        return err;
    return settle_told(ctx, &f, event_of(&f, answer, ctx->now), answer, &state);
}

enum err take_refund_event(struct ctx *ctx, const char *object_ref, int64_t budget_ms)
{
    struct stripe stripe = stripe_of(ctx);
    struct gateway_answer asked;
    struct gateway_answer *answers;
    size_t count;

    if (str_starts(object_ref, "re_") || str_starts(object_ref, "pyr_")) {
        stripe_refund(ctx, &stripe, object_ref, budget_ms, &asked);
        if (asked.outcome == GATEWAY_ABSENT)
            return OK;
        if (asked.outcome == GATEWAY_NOT_SENT || asked.outcome == GATEWAY_UNKNOWN || asked.outcome == GATEWAY_DENIED)
            return FAIL(ctx, ERR_GATEWAY, "%s", asked.message);
        return take_told(ctx, &asked);
    }
    if (object_ref[0] == '\0')
        return OK;
    stripe_refunds_of(ctx, &stripe, object_ref, budget_ms, &asked, &answers, &count);
    if (asked.outcome != GATEWAY_SUCCEEDED)
        return FAIL(ctx, ERR_GATEWAY, "%s", asked.message);
    for (size_t i = 0; i < count; i++)
        TRY(ctx, take_told(ctx, &answers[i]));
    return OK;
}

/* ---- transfers ---- */

enum err refund_iban(struct ctx *ctx, const struct refund *refund, const char **iban)
{
    unsigned char *data;
    size_t bytes;

    if (!secret_open(ctx->arena, &ctx->tenant->seal_data,
                     tenant_place(ctx->arena, ctx->tenant, "refund", "iban_sealed", refund->id), refund->iban_sealed, &data, &bytes))
        return FAIL(ctx, ERR_CORRUPT, "the account of refund %lld does not open", (long long)refund->id);
    *iban = (const char *)data;
    return OK;
}

static enum err by_person(struct ctx *ctx, struct settling *s, struct refund_result *result)
{
    struct refund f;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refund_by_id(ctx, s->refund_id, &f));
    if (is_card(&f))
        return ERR_NOT_FOUND;
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &s->entry_id));
    TRY(ctx, db_transaction(ctx, settle, s));
    *result = (struct refund_result){s->verdict == REFUND_MOVES ? REFUND_NOT_REFUSED : REFUND_CHANGED, s->url};
    return OK;
}

enum err mark_refund_made(struct ctx *ctx, int64_t refund_id, int32_t on, const struct once *once, struct refund_result *result)
{
    struct settling s = {.refund_id = refund_id, .event = REFUND_MADE, .on = on, .once = once};

    return by_person(ctx, &s, result);
}

enum err withdraw_refund(struct ctx *ctx, int64_t refund_id, const struct once *once, struct refund_result *result)
{
    struct settling s = {.refund_id = refund_id, .event = REFUND_WITHDRAWN, .on = ctx->today_on, .once = once};

    return by_person(ctx, &s, result);
}

enum err match_refund_transfer(struct ctx *ctx, const struct bank_entry_row *entry, int64_t journal_id, struct booking *booking, bool *matched)
{
    struct settling s = {.event = REFUND_MADE, .bank_entry_id = entry->id, .on = entry->booked_on, .entry_id = journal_id, .books_outside = true};
    struct refund *rows;
    size_t count;

    *matched = false;
    if (entry->credit || entry->account_key[0] == '\0')
        return OK;
    TRY(ctx, refunds_to_match(ctx, entry->account_key, entry->amount_minor, entry->currency, &rows, &count));
    if (count == 0)
        return OK;
    s.refund_id = rows[0].id; /* equal ones are equal: the oldest */
    TRY(ctx, settle(ctx, &s));
    *matched = s.verdict == REFUND_MOVES;
    *booking = s.booking;
    return OK;
}
