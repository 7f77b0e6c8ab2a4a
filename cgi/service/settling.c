#include "service/settling.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "core/posting.h"
#include "core/retry.h"
#include "service/booking.h"
#include "service/dunning.h"
#include "service/invoicing.h"
#include "service/offer.h"
#include "service/once.h"
#include "service/ordering.h"
#include "service/quoted_change.h"
#include "service/receiving.h"
#include "service/renewing.h"
#include "service/reserving.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/receipt.h"
#include "store/subscription.h"
#include "text/words.h"

/* What a group of answers reads and writes of each in the same way, one round trip for each kind. */
struct settled_rows {
    struct attempt_move *moves;
    struct receipt *receipts; /* of the invoices that were paid */
    struct booking *bookings;
    size_t *paid;             /* which of the group each receipt is */
    struct claim *claims;     /* of the group's invoices that may be paid now, locked */
    size_t move_count, receipt_count, claim_count;
};

struct settling {
    int64_t attempt_id;
    const struct gateway_answer *answer;
    struct invoice_ids ids; /* reserved for a quote */
    int64_t payment_entry_id;
    int64_t invoice_entry_id; /* debit first: of the invoice that a payment makes */
    enum attempt_state state;
    struct attempt attempt; /* locked */
    struct payable payable;
};

static enum attempt_event event_of(const struct attempt *attempt, const struct gateway_answer *answer, int64_t now)
{
    switch (answer->outcome) {
    case GATEWAY_SUCCEEDED: return ATTEMPT_SUCCEEDS;
    case GATEWAY_PROCESSING: return ATTEMPT_PROCESSES;
    case GATEWAY_ACTION:
    case GATEWAY_OPEN: return ATTEMPT_NEEDS_ACTION;
    case GATEWAY_DECLINED: return ATTEMPT_DECLINES;
    case GATEWAY_REFUSED: return attempt->state == ATTEMPT_SENDING ? ATTEMPT_INVALID : ATTEMPT_NO_ANSWER;
    case GATEWAY_EXPIRED: return ATTEMPT_EXPIRES;
    case GATEWAY_DENIED:
    case GATEWAY_NOT_SENT: /* of the first try: a later one says nothing about what the first one did */
        return attempt->state == ATTEMPT_SENDING && attempt->checks == 0 ? ATTEMPT_NOTHING_SENT : ATTEMPT_NO_ANSWER;
    case GATEWAY_ABSENT:
        return now - attempt->created_at > ATTEMPT_ABSENT_AFTER ? ATTEMPT_ABSENT : ATTEMPT_NO_ANSWER;
    case GATEWAY_UNKNOWN: return ATTEMPT_NO_ANSWER;
    }
    return ATTEMPT_NO_ANSWER;
}

static const char *card_text(struct arena *arena, const char *brand_word, const char *last4)
{
    char *brand = arena_strdup(arena, brand_word);

    if (last4[0] == '\0')
        return "";
    if (brand[0] >= 'a' && brand[0] <= 'z')
        brand[0] = (char)(brand[0] - 32);
    return arena_printf(arena, "%s …%s", brand, last4);
}

/* The card that paid is kept for renewals: the token only, sealed. */
static enum err keep_method(struct ctx *ctx, int64_t customer_id, const struct gateway_answer *answer, int64_t *method_id)
{
    struct payment_method method = {.customer_id = customer_id, .source_ref = answer->intent_ref, .brand = answer->brand,
        .last4 = answer->last4, .exp_month = answer->exp_month, .exp_year = answer->exp_year, .state = "active"};

    *method_id = 0;
    if (answer->customer_ref[0] != '\0')
        TRY(ctx, save_gateway_customer(ctx, customer_id, answer->customer_ref));
    if (answer->method_ref[0] == '\0' || answer->intent_ref[0] == '\0')
        return OK;
    TRY(ctx, store_payment_method(ctx, &method, answer->method_ref));
    *method_id = method.id;
    return OK;
}

static struct payment payment_of(struct ctx *ctx, const struct settling *s)
{
    const struct gateway_answer *answer = s->answer;

    return (struct payment){.attempt_id = s->attempt.id, .customer_id = s->payable.customer_id,
        .gateway = strcmp(s->attempt.kind, "sepa") == 0 ? "sepa" : "stripe",
        .gateway_ref = answer->intent_ref[0] != '\0' ? answer->intent_ref : s->attempt.attempt_key,
        .amount_minor = s->attempt.amount_minor, .currency = s->attempt.currency,
        .method_text = card_text(ctx->arena, answer->brand, answer->last4), .received_on = ctx->today_on};
}

static enum err record_payment(struct ctx *ctx, const struct settling *settling, int64_t *payment_id)
{
    struct payment payment = payment_of(ctx, settling);

    TRY(ctx, insert_payment(ctx, &payment));
    *payment_id = payment.id;
    return OK;
}

/* The invoice is paid with the others of the group, when all are decided. */
static void add_receipt(struct ctx *ctx, const struct settling *settling, size_t place, struct settled_rows *rows)
{
    rows->paid[rows->receipt_count] = place;
    rows->receipts[rows->receipt_count++] = (struct receipt){
        .payment = payment_of(ctx, settling), .invoice_id = settling->payable.invoice_id, .journal_id = settling->payment_entry_id,
        .money_account = strcmp(settling->attempt.kind, "sepa") == 0 ? ACCOUNT_BANK : ACCOUNT_CARD};
}

/* The gateway does not repeat what we have of a stored card. */
static enum err name_methods(struct ctx *ctx, const struct settling *items, const struct settled_rows *rows)
{
    struct attempt *attempts = ARENA_ARRAY(ctx->arena, struct attempt, rows->receipt_count + 1);
    struct method_shown *methods;
    size_t wanted = 0;
    size_t found;

    for (size_t i = 0; i < rows->receipt_count; i++)
        if (rows->receipts[i].payment.method_text[0] == '\0' && items[rows->paid[i]].attempt.payment_method_id != 0)
            attempts[wanted++] = items[rows->paid[i]].attempt;
    if (wanted == 0)
        return OK;
    TRY(ctx, methods_shown(ctx, attempts, wanted, &methods, &found));
    for (size_t i = 0; i < rows->receipt_count; i++)
        for (size_t k = 0; k < found && rows->receipts[i].payment.method_text[0] == '\0'; k++)
            if (methods[k].id == items[rows->paid[i]].attempt.payment_method_id)
                rows->receipts[i].payment.method_text = card_text(ctx->arena, methods[k].brand, methods[k].last4);
    return OK;
}

static enum err pay_invoices(struct ctx *ctx, const struct settling *items, struct settled_rows *rows)
{
    TRY(ctx, name_methods(ctx, items, rows));
    TRY(ctx, receive_claimed(ctx, rows->receipts, rows->receipt_count, rows->claims, rows->claim_count, rows->bookings));
    for (size_t i = 0; i < rows->receipt_count; i++) {
        const struct settling *s = &items[rows->paid[i]];
        int64_t method_id;

        if (strcmp(s->attempt.kind, "checkout") != 0)
            continue;
        TRY(ctx, keep_method(ctx, s->payable.customer_id, s->answer, &method_id));
        if (method_id != 0)
            TRY(ctx, save_method_of_invoice(ctx, s->payable.invoice_id, method_id));
    }
    return OK;
}

static enum err settle_quote(struct ctx *ctx, const struct settling *settling)
{
    const struct payable *payable = &settling->payable;
    struct offer offer;
    struct order_paid paid = {.attempt = &settling->attempt, .entry_id = settling->payment_entry_id};

    TRY(ctx, load_offer_agreed(ctx, payable->quote_version_id, &offer)); /* payable_stands has locked its quote */
    TRY(ctx, record_payment(ctx, settling, &paid.payment_id));
    TRY(ctx, keep_method(ctx, payable->customer_id, settling->answer, &paid.method_id));
    return confirm_paid_order(ctx, &offer, &settling->ids, &paid);
}

/* Money that came for what no longer stands is never booked by itself, and never lost. */
static enum err ask_operator(struct ctx *ctx, const struct attempt *attempt, const char *kind)
{
    struct operator_item item = {.kind = kind, .subject_kind = "attempt", .subject_id = attempt->id,
        .amount_minor = attempt->amount_minor, .currency = attempt->currency, .detail = attempt->attempt_key,
        .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

/* Something is open of the invoice, also after those of this group that pay it. */
static bool is_open(const struct settled_rows *rows, int64_t invoice_id)
{
    const struct claim *claim = claim_of_invoice(rows->claims, rows->claim_count, invoice_id);
    int64_t open_minor = claim != NULL ? claim->open_minor : 0;

    for (size_t i = 0; i < rows->receipt_count; i++)
        if (rows->receipts[i].invoice_id == invoice_id)
            open_minor -= rows->receipts[i].payment.amount_minor;
    return open_minor > 0;
}

/* Nor does the change of a contract that changed otherwise meanwhile. */
static enum err change_stands(struct ctx *ctx, int64_t version_id, bool *stands)
{
    struct offer offer;

    TRY(ctx, load_offer_agreed(ctx, version_id, &offer));
    *stands = offer.change_refusal == NULL;
    return *stands ? OK : tell_of_refused_change(ctx, &offer);
}

/* A quote that was withdrawn, declined or confirmed by other money takes no payment. */
static enum err payable_stands(struct ctx *ctx, const struct payable *payable, const struct settled_rows *rows, bool *stands)
{
    struct quote_version version;
    struct quote quote;

    if (payable->invoice_id != 0 && claim_of_invoice(rows->claims, rows->claim_count, payable->invoice_id) == NULL) {
        struct receivable asked; /* before it is invoiced */

        TRY(ctx, receivable_of(ctx, payable->invoice_id, &asked));
        *stands = asked.open_minor > 0;
        return OK;
    }
    if (payable->invoice_id != 0) {
        *stands = is_open(rows, payable->invoice_id);
        return OK;
    }
    TRY(ctx, quote_version_by_id(ctx, payable->quote_version_id, &version));
    TRY(ctx, lock_quote(ctx, version.quote_id, &quote));
    /* money for a version that a newer one has replaced is for a person */
    *stands = (quote.state == QUOTE_SIGNED || quote.state == QUOTE_SENT) && quote.current_version_id == version.id;
    return *stands && quote.kind == QUOTE_UPSELL ? change_stands(ctx, version.id, stands) : OK;
}

/* The customer is told with a link to pay; what comes later is the dunning rule's. */
static enum err tell_declined(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt, const struct receivable *receivable,
                              enum decline_class decline)
{
    struct customer customer;
    struct link link = pay_link(ctx, payable->invoice_id);
    struct mail mail = {.template = "pay_failed", .invoice_id = payable->invoice_id};

    TRY(ctx, customer_by_id(ctx, payable->customer_id, &customer));
    TRY(ctx, insert_mail_link(ctx, &mail, &link));
    mail_to_customer(&mail, &customer);
    mail.subscription_id = receivable->subscription_id;
    mail.params = history_params(ctx->arena, "decline", decline_text(decline), "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "pay_failed %lld", (long long)attempt->id);
    return queue_mail(ctx, &mail);
}

/* A debit that was declined: its dunning case, a mail, an item for a person. */
static enum err note_decline(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt,
                             const struct gateway_answer *answer)
{
    enum decline_class decline = decline_class_of(answer->decline_code, answer->advice_code);
    struct receivable receivable;
    struct operator_item item = {.kind = "renewal_declined", .currency = attempt->currency,
        .detail = decline == DECLINE_REQUEST && answer->message[0] != '\0' ? answer->message : answer->decline_code, .opened_on = ctx->today_on};
    bool tells, follows = false;

    TRY(ctx, lock_receivable(ctx, payable->invoice_id, &receivable));
    receivable.collect_on = DATE_NONE;
    receivable.retries++;
    TRY(ctx, save_receivable(ctx, &receivable));
    if (decline_ends_method(decline) && attempt->payment_method_id != 0)
        TRY(ctx, save_payment_method_state(ctx, attempt->payment_method_id, "refused"));
    if (decline_ends_method(decline) && !decline_stops_collection(answer->decline_code) && receivable.retries < RETRY_TRIES_MAX_30_DAYS)
        TRY(ctx, reserve_follows(ctx, receivable.subscription_id, &follows)); /* the next try is another card's */
    TRY(ctx, note_declined_debit(ctx, &receivable, follows || retry_may_follow(decline, receivable.retries), &tells));
    if (tells || decline == DECLINE_AUTHENTICATION || decline == DECLINE_REQUEST || decline_ends_method(decline))
        TRY(ctx, tell_declined(ctx, payable, attempt, &receivable, decline));
    item.amount_minor = receivable.open_minor;
    claim_subject(&receivable, &item.subject_kind, &item.subject_id);
    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_INVOICE, payable->invoice_id, "invoice.declined",
                         history_params(ctx->arena, "code", answer->decline_code, NULL));
}

enum err debit_again(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt)
{
    return strcmp(attempt->kind, "off_session") == 0 ? postpone_collection(ctx, payable->invoice_id, ctx->today_on) : OK;
}

static void take_answer(struct arena *arena, struct attempt *attempt, const struct gateway_answer *answer)
{
    if (answer->outcome == GATEWAY_SUCCEEDED) /* a card that was declined on the same page before is no reason of a payment */
        attempt->decline_code = attempt->advice_code = attempt->message = "";
    if (answer->session_ref[0] != '\0')
        attempt->session_ref = answer->session_ref;
    if (answer->intent_ref[0] != '\0')
        attempt->intent_ref = answer->intent_ref;
    if (answer->redirect_url[0] != '\0')
        attempt->redirect_url = answer->redirect_url;
    if (answer->decline_code[0] != '\0')
        attempt->decline_code = str_cut(arena, answer->decline_code, 60);
    if (answer->advice_code[0] != '\0')
        attempt->advice_code = str_cut(arena, answer->advice_code, 30);
    if (answer->message[0] != '\0')
        attempt->message = answer->message;
}

/* The gateway refuses to open its page: no other try of the customer's would change that. */
static enum err tell_refused(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt)
{
    const struct operator_item item = {.kind = "payment_refused", .subject_kind = ABOUT_CUSTOMER, .subject_id = payable->customer_id,
        .amount_minor = attempt->amount_minor, .currency = attempt->currency,
        .detail = attempt->message[0] != '\0' ? attempt->message : attempt->decline_code, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

/* The house's key does not open the gateway any more: a person is told at once. */
static enum err tell_denied(struct ctx *ctx, const struct gateway_answer *answer)
{
    const struct operator_item item = {.kind = "gateway_denied", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "",
                                       .detail = answer->message, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

static bool unresolved(enum attempt_state state)
{
    return state == ATTEMPT_UNKNOWN || state == ATTEMPT_PENDING || state == ATTEMPT_ACTION;
}

static void note_move(struct settled_rows *rows, const struct attempt *attempt, enum attempt_state from, enum attempt_event event)
{
    rows->moves[rows->move_count++] = (struct attempt_move){*attempt, from, attempt_event_name(event), attempt->message};
}

static bool is_as_asked(const struct settling *settling)
{
    return settling->answer->amount_minor == settling->attempt.amount_minor && strcmp(settling->answer->currency, settling->attempt.currency) == 0;
}

static enum err settle_one(struct ctx *ctx, struct settling *settling, size_t place, struct settled_rows *rows)
{
    struct attempt *attempt = &settling->attempt;
    const struct payable *payable = &settling->payable;
    enum attempt_state from;
    enum attempt_event event;
    enum attempt_verdict verdict;
    bool stands = true;

    from = attempt->state;
    event = event_of(attempt, settling->answer, ctx->now);
    verdict = attempt_next(from, event, &attempt->state);
    settling->state = attempt->state;
    if (verdict == ATTEMPT_REFUSED) {
        log_event(ctx, LOG_WARNING, "attempt.refused", "key", attempt->attempt_key, "state", attempt_state_name(from),
                  "event", attempt_event_name(event), NULL);
        return OK;
    }
    take_answer(ctx->arena, attempt, settling->answer);
    if (settling->answer->outcome == GATEWAY_DENIED)
        TRY(ctx, tell_denied(ctx, settling->answer));
    if (verdict == ATTEMPT_STAYS) {
        if (!unresolved(from))
            return OK;
        attempt->checks++;
        attempt->next_check_at = attempt_next_check_at(attempt->checks, ctx->now);
        if (ctx->now - attempt->created_at > ATTEMPT_OPERATOR_AFTER && from == ATTEMPT_UNKNOWN)
            TRY(ctx, ask_operator(ctx, attempt, "payment_unknown"));
        note_move(rows, attempt, from, event);
        return OK;
    }
    if (attempt->state == ATTEMPT_SUCCEEDED) {
        bool as_asked = is_as_asked(settling);

        TRY(ctx, payable_stands(ctx, payable, rows, &stands));
        if (as_asked && payable->invoice_id != 0) /* debit first: what could not be invoiced is not paid either */
            stands = stands && claim_of_invoice(rows->claims, rows->claim_count, payable->invoice_id) != NULL;
        if (!stands || !as_asked)
            attempt->state = settling->state = ATTEMPT_OPERATOR;
    }
    attempt->sender = 0;
    attempt->sending_at = 0;
    attempt->next_check_at = !unresolved(attempt->state) ? 0
                             : attempt->state == ATTEMPT_ACTION && strcmp(attempt->kind, "off_session") == 0
                                 ? ctx->now /* nobody can act: the next look gives it up */
                                 : attempt_next_check_at(attempt->checks, ctx->now);
    note_move(rows, attempt, from, event);
    if (from == ATTEMPT_UNKNOWN) {
        TRY(ctx, close_operator_items(ctx, "payment_unknown", "attempt", attempt->id));
        TRY(ctx, close_operator_items(ctx, "check_failed", "attempt", attempt->id));
    }
    if (attempt->state == ATTEMPT_OPERATOR)
        return ask_operator(ctx, attempt, stands ? "amount_differs" : "money_unexpected");
    if (attempt->state == ATTEMPT_SUCCEEDED && payable->invoice_id != 0)
        add_receipt(ctx, settling, place, rows);
    else if (attempt->state == ATTEMPT_SUCCEEDED)
        TRY(ctx, settle_quote(ctx, settling));
    if (event == ATTEMPT_INVALID && settling->answer->customer_gone) /* the next one is made anew */
        TRY(ctx, save_gateway_customer(ctx, payable->customer_id, ""));
    if (attempt->state == ATTEMPT_DECLINED && strcmp(attempt->kind, "off_session") == 0)
        TRY(ctx, note_decline(ctx, payable, attempt, settling->answer));
    else if (event == ATTEMPT_INVALID)
        TRY(ctx, tell_refused(ctx, payable, attempt));
    return attempt->state == ATTEMPT_NOT_SENT ? debit_again(ctx, payable, attempt) : OK;
}

struct settling_group {
    struct settling *items;
    size_t count;
    struct attempt_decision *decision; /* a person's, about the only one; NULL: the gateway speaks */
};

/* Debit first: what was asked is invoiced in the transaction of the payment that pays it, before that is received. */
static enum err invoice_asked(struct ctx *ctx, const struct settling_group *group, const struct settled_rows *rows)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct settling *s = &group->items[i];
        enum attempt_state next;
        bool stands;

        if (s->answer->outcome != GATEWAY_SUCCEEDED || s->payable.invoice_id == 0 || !is_as_asked(s) ||
            claim_of_invoice(rows->claims, rows->claim_count, s->payable.invoice_id) != NULL)
            continue;
        if (attempt_next(s->attempt.state, event_of(&s->attempt, s->answer, ctx->now), &next) == ATTEMPT_MOVES && next == ATTEMPT_SUCCEEDED)
            TRY(ctx, invoice_claim(ctx, s->payable.invoice_id, s->invoice_entry_id, &stands));
    }
    return OK;
}

/* Attempts are locked before invoices, both in the order of their ids. */
static enum err lock_settling_group(struct ctx *ctx, const struct settling_group *group, struct settled_rows *rows)
{
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, group->count);
    struct attempt *attempts;
    struct payable *payables;
    size_t invoices = 0;
    size_t found;

    for (size_t i = 0; i < group->count; i++)
        ids[i] = group->items[i].attempt_id;
    TRY(ctx, lock_attempts_of(ctx, ids, group->count, &attempts, &found));
    if (found != group->count)
        return FAIL(ctx, ERR_NOT_FOUND, "%zu attempts of %zu", found, group->count);
    TRY(ctx, payables_of(ctx, attempts, found, &payables));
    for (size_t i = 0; i < group->count; i++) {
        group->items[i].attempt = attempts[i];
        group->items[i].payable = payables[i];
        if (group->items[i].answer->outcome == GATEWAY_SUCCEEDED && payables[i].invoice_id != 0)
            ids[invoices++] = payables[i].invoice_id;
    }
    found = ids_once(ids, invoices);
    if (found == 0)
        return OK;
    TRY(ctx, lock_claims(ctx, ids, found, &rows->claims, &rows->claim_count));
    if (rows->claim_count == found)
        return OK;
    TRY(ctx, invoice_asked(ctx, group, rows));
    return lock_claims(ctx, ids, found, &rows->claims, &rows->claim_count);
}

/* With the attempt locked. A second press is led to where the first one went. */
static enum err note_decision(struct ctx *ctx, const struct attempt *attempt, struct attempt_decision *d)
{
    d->refusal = NULL;
    if (strcmp(attempt->kind, "sepa") == 0 || !attempt_may_be_decided(attempt->state, attempt->created_at, ctx->now)) {
        d->refusal = N_("The outcome of this payment is known by now, or not yet a person's to say.");
        return pressed_before(ctx, d->once);
    }
    TRY(ctx, note_audit(ctx, d->paid ? "attempt.said_paid" : "attempt.said_not_paid", attempt->attempt_key, "ok"));
    return spend_once(ctx, d->once, arena_printf(ctx->arena, "%lld", (long long)attempt->id), &d->url);
}

static enum err settle(struct ctx *ctx, void *arg)
{
    const struct settling_group *group = arg;
    size_t room = group->count;
    struct settled_rows rows = {
        .moves = ARENA_ARRAY(ctx->arena, struct attempt_move, room), .receipts = ARENA_ARRAY(ctx->arena, struct receipt, room),
        .bookings = ARENA_ARRAY(ctx->arena, struct booking, room), .paid = ARENA_ARRAY(ctx->arena, size_t, room)};

    TRY(ctx, lock_settling_group(ctx, group, &rows));
    if (group->decision != NULL) {
        TRY(ctx, note_decision(ctx, &group->items[0].attempt, group->decision));
        if (group->decision->refusal != NULL)
            return OK;
    }
    for (size_t i = 0; i < group->count; i++)
        TRY(ctx, settle_one(ctx, &group->items[i], i, &rows));
    TRY(ctx, pay_invoices(ctx, group->items, &rows));
    TRY(ctx, move_attempts(ctx, rows.moves, rows.move_count));
    TRY(ctx, book_entries(ctx, rows.bookings, rows.receipt_count));
    crash_point("C15");
    return OK;
}

static enum err settle_told(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer, struct attempt_decision *decision, enum attempt_state *state)
{
    struct settling settling = {.attempt_id = attempt_id, .answer = answer};
    struct settling_group group = {&settling, 1, decision};
    enum err err;

    TRY(ctx, db_ready(ctx));
    if (answer->outcome == GATEWAY_SUCCEEDED) {
        TRY(ctx, reserve_invoice_ids(ctx, ORDER_IDS, &settling.ids));
        TRY(ctx, reserve_ids(ctx, "journal_entry", 2, &settling.payment_entry_id));
        settling.invoice_entry_id = settling.payment_entry_id + 1;
    }
    err = db_transaction(ctx, settle, &group);
    if (err == OK)
        crash_point("C16");
    *state = settling.state;
    return err;
}

enum err settle_answer(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer, enum attempt_state *state)
{
    return settle_told(ctx, attempt_id, answer, NULL, state);
}

enum err decide_attempt(struct ctx *ctx, int64_t attempt_id, struct attempt_decision *decision)
{
    struct attempt attempt;
    struct gateway_answer said = gateway_answer_of(decision->paid ? GATEWAY_SUCCEEDED : GATEWAY_ABSENT);
    enum attempt_state state;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, attempt_by_id(ctx, attempt_id, &attempt));
    said.message = decision->reason;
    said.intent_ref = attempt.intent_ref;
    said.amount_minor = attempt.amount_minor;
    said.currency = attempt.currency;
    return settle_told(ctx, attempt_id, &said, decision, &state);
}

enum err settle_answers(struct ctx *ctx, struct answered *answered, size_t count)
{
    struct settling *items = ARENA_ARRAY(ctx->arena, struct settling, count + 1);
    struct settling_group group = {items, count, NULL};
    int64_t first_entry_id;
    enum err err;

    if (count == 0)
        return OK;
    qsort(answered, count, sizeof answered[0], by_id); /* groups lock in one order */
    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 2 * (int64_t)count, &first_entry_id));
    for (size_t i = 0; i < count; i++)
        items[i] = (struct settling){.attempt_id = answered[i].attempt_id, .answer = answered[i].answer,
                                     .payment_entry_id = first_entry_id + (int64_t)i,
                                     .invoice_entry_id = first_entry_id + (int64_t)(count + i)};
    err = db_transaction(ctx, settle, &group);
    for (size_t i = 0; i < count && err == OK; i++)
        answered[i].state = items[i].state;
    if (err == OK) {
        crash_point("C16");
        return OK;
    }
    for (size_t i = 0; i < count && err != ERR_DB_GONE; i++) {
        ctx_forget_error(ctx);
        answered[i].state = (enum attempt_state)0;
        group = (struct settling_group){&items[i], 1, NULL};
        err = db_transaction(ctx, settle, &group);
        if (err == OK)
            answered[i].state = items[i].state;
        else
            log_trail(ctx, "attempt.not_settled");
    }
    return err == ERR_DB_GONE ? err : OK;
}
