#include "service/crediting.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/money.h"
#include "service/allocating.h"
#include "service/deducting.h"
#include "service/issued.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/refund.h"
#include "store/taxes.h"
#include "store/sales_journal.h"
#include "text/words.h"

enum err load_creditable(struct ctx *ctx, const struct invoice *invoice, struct creditable *c)
{
    struct credited_line *before;
    size_t before_count;

    TRY(ctx, issued_lines(ctx, invoice, &c->rows, &c->lines, &c->count));
    TRY(ctx, credited_lines(ctx, invoice->id, &before, &before_count));
    c->credit = ARENA_ARRAY(ctx->arena, struct credit_line, c->count + 1);
    for (size_t i = 0; i < c->count; i++)
        c->credit[i].line = &c->lines[i];
    for (size_t i = 0; i < before_count; i++) {
        struct credit_line *line;

        CHECK(before[i].position >= 1 && (size_t)before[i].position <= c->count);
        line = &c->credit[before[i].position - 1];
        line->before_minor = line->line->tax.included ? before[i].priced_minor : before[i].net_minor;
    }
    return strcmp(invoice->kind, "deposit") == 0 ? add_deducted(ctx, invoice->id, c->credit, c->count) : OK;
}

/* The corrected invoice and what is asked of it. */
struct corrected {
    struct creditable of;
    const struct credit_part **parts; /* per line; NULL: not asked */
};

/* Lines of an invoice stand at 1, 2, 3 (insert_invoice_lines). */
static void choose_lines(struct credit_request *request, struct corrected *c)
{
    for (size_t i = 0; request->part_count == 0 && i < c->of.count; i++)
        c->of.credit[i].now_minor = credit_line_left(&c->of.credit[i]);
    for (size_t i = 0; i < request->part_count; i++) {
        const struct credit_part *part = &request->parts[i];

        request->refused_position = part->position;
        if (part->position < 1 || (size_t)part->position > c->of.count) {
            request->refusal = CREDIT_LINE_UNKNOWN;
            return;
        }
        if (c->parts[part->position - 1] != NULL) {
            request->refusal = CREDIT_LINE_TWICE;
            return;
        }
        if (part->amount_minor == 0) {
            request->refusal = CREDIT_AMOUNT_ZERO;
            return;
        }
        c->parts[part->position - 1] = part;
        c->of.credit[part->position - 1].now_minor = part->amount_minor;
    }
    request->refused_position = 0;
}

static void judge_lines(struct credit_request *request, const struct corrected *c)
{
    size_t which;

    request->refusal = credit_may_be_issued(c->of.credit, c->of.count, &which);
    if (request->refusal == CREDIT_AMOUNT_ZERO || request->refusal == CREDIT_ABOVE_LINE)
        request->refused_position = (int32_t)which + 1;
}

/* An attempt that may still bring money, or money that a person decides about. */
static enum err payment_is_live(struct ctx *ctx, int64_t invoice_id, bool *live)
{
    struct payable payable = {.id = 0};
    struct attempt attempt;
    enum err err = lock_payable_of_invoice(ctx, invoice_id, &payable);

    *live = false;
    if (err == OK)
        err = live_attempt(ctx, payable.id, &attempt);
    if (err == OK && attempt.state == ATTEMPT_SUCCEEDED)
        err = ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND && payable.id != 0)
        err = held_attempt(ctx, payable.id, &attempt);
    *live = err == OK;
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Days of a line that was a share itself are a share of the same. */
static int32_t share_given_back(const struct invoice_line *line, struct period part)
{
    int32_t of_days = line->share_of_days != 0 ? line->share_of_days : period_days(line->period);

    return !line->goods && period_days(part) > 0 && period_days(part) < of_days ? of_days : 0;
}

/* An amount is a quantity of one at that price; a whole line is what it was. */
static enum err note_line(struct ctx *ctx, const struct invoice *invoice, const struct corrected *c, size_t i, struct work_line *work)
{
    const struct invoice_line_row *row = &c->of.rows[i];
    const struct credit_line *credit = &c->of.credit[i];
    const struct credit_part *part = c->parts[i];
    bool whole = credit->before_minor == 0 && credit->now_minor == credit_line_priced(credit->line);
    const struct currency *currency = currency_find(invoice->currency);
    int64_t scale = PRICE_ONE;

    *work = (struct work_line){.line = *credit->line, .unit = row->unit, .account = row->account, .subscription_line_id = row->subscription_line_id,
                               .quote_line_id = row->quote_line_id};
    work->line.net_minor = credit_line_net(credit);
    work->line.priced_minor = credit->line->tax.included ? credit->now_minor : 0;
    if (part != NULL && !period_is_none(part->period)) {
        work->line.period = part->period;
        work->line.share_of_days = share_given_back(credit->line, part->period);
    }
    if (part != NULL && part->quantity_e4 != 0) {
        work->line.quantity_e4 = part->quantity_e4;
        work->line.allowance_minor = 0;
        work->line.coupon = "";
        return OK;
    }
    if (whole)
        return OK;
    CHECK(currency != NULL);
    for (int digit = 0; digit < currency->digits; digit++)
        scale /= 10;
    work->unit = "";
    work->line.quantity_e4 = QUANTITY_ONE;
    work->line.discount_ppm = 0;
    work->line.share_of_days = part != NULL && !period_is_none(part->period) ? work->line.share_of_days : 0;
    work->line.allowance_minor = 0; /* the net says what is credited */
    work->line.coupon = "";
    if (!money_scale_checked(credit->now_minor, scale, 1, ROUND_HALF_AWAY, &work->line.unit_price_e4))
        return FAIL(ctx, ERR_LIMIT, "the amount of a line of %s is out of bounds", invoice->number);
    return OK;
}

static enum err note_lines(struct ctx *ctx, const struct invoice *invoice, const struct corrected *c, struct invoice_work *work,
                           struct correction *correction)
{
    int32_t *positions = ARENA_ARRAY(ctx->arena, int32_t, c->of.count + 1);

    work->lines = ARENA_ARRAY(ctx->arena, struct work_line, c->of.count + 1);
    work->line_count = 0;
    for (size_t i = 0; i < c->of.count; i++) {
        if (c->of.credit[i].now_minor == 0)
            continue;
        positions[work->line_count] = c->of.rows[i].position;
        TRY(ctx, note_line(ctx, invoice, c, i, &work->lines[work->line_count++]));
    }
    correction->positions = positions;
    if (!credit_totals(c->of.credit, c->of.count, &correction->totals))
        return FAIL(ctx, ERR_LIMIT, "the amount of a credit note is out of bounds");
    return OK;
}

static enum err cancel_deferrals(struct ctx *ctx, const struct corrected *c, struct correction *correction)
{
    struct deferral *rows;
    size_t count;

    TRY(ctx, lock_deferrals_of(ctx, correction->corrected.id, &rows, &count));
    correction->deferrals = rows;
    correction->cancelled_minor = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct deferral *d = &rows[i];
        struct deferral_left left = {d->amount_minor, d->recognised_minor, {d->from_on, d->until_on}, d->next_on};
        int64_t cancelled = deferral_credit(&left, credit_line_net(&c->of.credit[d->line_position - 1]));

        if (cancelled == 0)
            continue;
        d->amount_minor = left.amount_minor;
        d->recognised_minor = left.recognised_minor;
        d->from_on = left.period.from_on;
        d->next_on = left.next_on;
        correction->cancelled_minor[correction->deferral_count] = cancelled;
        rows[correction->deferral_count++] = *d;
    }
    return OK;
}

/* What counted for the threshold of the year counts no more: lines of these two reasons (core/tax, decide_in_union). */
static enum err take_back_distance(struct ctx *ctx, const struct corrected *c, struct correction *correction)
{
    enum err err = distance_sale_of(ctx, correction->corrected.id, &correction->distance);

    correction->distance.net_minor = 0;
    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    for (size_t i = 0; i < c->of.count; i++)
        if (c->of.lines[i].tax.reason == TAX_REASON_ORIGIN || c->of.lines[i].tax.reason == TAX_REASON_DESTINATION)
            correction->distance.net_minor -= credit_line_net(&c->of.credit[i]);
    return OK;
}

static enum err write_correction(struct ctx *ctx, const struct credit_request *request, const struct corrected *c,
                                 struct correction *correction, struct invoice_work *work)
{
    const struct invoice *invoice = &correction->corrected;
    struct credit_account account;
    struct booked_journal booked;
    struct deducted deducted;
    struct customer *customer = ARENA_NEW(ctx->arena, struct customer);

    TRY(ctx, journal_of_invoice(ctx, invoice->id, &booked)); /* the note stands where the invoice does */
    *work = (struct invoice_work){
        .customer_id = invoice->customer_id, .customer_version_id = invoice->customer_version_id, .language = invoice->language,
        .currency = invoice->currency, .subscription_id = invoice->subscription_id, .journal = booked.journal, .collect_on = DATE_NONE, .correction = correction};
    correction->reason = request->reason;
    TRY(ctx, customer_by_version(ctx, invoice->customer_version_id, customer));
    work->personal_digest = customer->personal_digest;
    TRY(ctx, note_lines(ctx, invoice, c, work, correction));
    TRY(ctx, credit_account_of(ctx, invoice, &correction->receivable, &account));
    TRY(ctx, deducted_from(ctx, invoice->id, &deducted));
    correction->left_minor = account.total_minor + deducted.total_minor - correction->totals.gross_minor;
    if (correction->deposit.invoice_id != 0)
        correction->left_minor = correction->deposit.left_minor - correction->totals.gross_minor;
    correction->before = account;
    if (correction->deposit.invoice_id != 0)
        TRY(ctx, deposit_rest(ctx, invoice->id, &correction->rest));
    correction->effect = credit_effect_on(&account, correction->totals.gross_minor, correction->totals.vat_minor,
                                          vat_due_from_name(invoice->vat_due));
    TRY(ctx, cancel_deferrals(ctx, c, correction));
    return take_back_distance(ctx, c, correction);
}

static enum err prepare(struct ctx *ctx, struct credit_request *request, bool preview, struct invoice_work *work)
{
    struct correction *correction = ARENA_NEW(ctx->arena, struct correction);
    struct corrected c;
    bool live, opens;

    *correction = (struct correction){.deferral_count = 0};
    memset(work, 0, sizeof *work);
    memset(&c, 0, sizeof c);
    request->refusal = CREDIT_NOT_REFUSED;
    request->refused_position = 0;
    TRY(ctx, invoice_by_id(ctx, request->invoice_id, &correction->corrected));
    if (strcmp(correction->corrected.kind, "credit_note") == 0) {
        request->refusal = CREDIT_OF_CREDIT_NOTE;
        return OK;
    }
    TRY(ctx, payment_is_live(ctx, request->invoice_id, &live));
    TRY(ctx, lock_receivable(ctx, request->invoice_id, &correction->receivable));
    if (strcmp(correction->corrected.kind, "deposit") == 0)
        TRY(ctx, deposit_lock(ctx, request->invoice_id, &correction->deposit));
    TRY(ctx, refund_opens(ctx, request->invoice_id, &opens));
    TRY(ctx, load_creditable(ctx, &correction->corrected, &c.of));
    c.parts = ARENA_ARRAY(ctx->arena, const struct credit_part *, c.of.count + 1);
    choose_lines(request, &c);
    if (request->refusal == CREDIT_NOT_REFUSED)
        judge_lines(request, &c);
    if (request->refusal == CREDIT_NOT_REFUSED && (live || opens))
        request->refusal = CREDIT_PAYMENT_LIVE;
    if (request->refusal == CREDIT_NOT_REFUSED && !preview && str_empty(request->reason))
        request->refusal = CREDIT_REASON_MISSING;
    return request->refusal == CREDIT_NOT_REFUSED ? write_correction(ctx, request, &c, correction, work) : OK;
}

enum err prepare_credit_note(struct ctx *ctx, struct credit_request *request, struct invoice_work *work)
{
    CHECK(db_in_transaction(ctx));
    return prepare(ctx, request, false, work);
}

enum err preview_credit_note(struct ctx *ctx, struct credit_request *request, struct invoice_work *work)
{
    return prepare(ctx, request, true, work);
}

enum err tell_credit_note(struct ctx *ctx, const struct invoice_work *work)
{
    const struct correction *c = work->correction;
    const char *params = history_params(ctx->arena, "number", work->invoice.number, "invoice", c->corrected.number, NULL);
    struct customer customer;
    struct mail mail = {.template = "credit_note"};

    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, c->corrected.id, "invoice.credited", params));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, work->invoice.id, "credit_note.issued", params));
    TRY(ctx, note_audit(ctx, "invoice.credit", work->invoice.number, "ok"));
    if (c->effect.set_off_minor > 0 && c->effect.after.open_minor == 0)
        TRY(ctx, close_operator_items(ctx, "renewal_declined", "invoice", c->corrected.id));
    TRY(ctx, customer_by_id(ctx, work->customer_id, &customer));
    mail_to_customer(&mail, &customer);
    mail.subscription_id = work->subscription_id;
    mail.invoice_id = work->invoice.id;
    mail.dedup_key = arena_printf(ctx->arena, "credit_note %lld", (long long)work->invoice.id);
    return queue_mail(ctx, &mail);
}

enum err issue_credit_note(struct ctx *ctx, struct credit_request *request, const struct invoice_ids *ids, struct invoice_work *work)
{
    struct company company;

    TRY(ctx, prepare_credit_note(ctx, request, work));
    if (request->refusal != CREDIT_NOT_REFUSED)
        return OK;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, issue_invoices(ctx, &company, work, 1, ids));
    return tell_credit_note(ctx, work);
}

struct crediting {
    struct credit_request *request;
    const struct once *once;
    struct invoice_ids ids;
    const char *url;
};

static enum err credit(struct ctx *ctx, void *arg)
{
    struct crediting *crediting = arg;
    struct invoice_work work;

    crediting->url = NULL;
    TRY(ctx, issue_credit_note(ctx, crediting->request, &crediting->ids, &work));
    if (crediting->request->refusal != CREDIT_NOT_REFUSED)
        return OK;
    return spend_once(ctx, crediting->once, work.invoice.number, &crediting->url);
}

enum err credit_invoice(struct ctx *ctx, struct credit_request *request, const struct once *once, const char **url)
{
    struct crediting crediting = {.request = request, .once = once};

    TRY(ctx, reserve_invoice_ids(ctx, 1, &crediting.ids));
    TRY(ctx, db_transaction(ctx, credit, &crediting));
    *url = crediting.url;
    return OK;
}

/* ---- deposits that nothing deducts any more ---- */

struct giving_back {
    struct invoice_ids ids;
    bool found;
};

static enum err give_back(struct ctx *ctx, void *arg)
{
    struct giving_back *g = arg;
    struct credit_request request = {.refusal = CREDIT_NOT_REFUSED};
    struct deposit *deposits;
    struct invoice invoice;
    struct invoice_work work;
    size_t count;
    char *before;

    TRY(ctx, claim_stranded_deposits(ctx, 1, &deposits, &count));
    g->found = count > 0;
    if (!g->found)
        return OK;
    request.invoice_id = deposits[0].invoice_id;
    TRY(ctx, invoice_by_id(ctx, request.invoice_id, &invoice));
    before = arena_strdup(ctx->arena, words_language());
    words_use(invoice.language);
    request.reason = tr("No invoice deducts this deposit any more: it becomes your credit.");
    words_use(before);
    TRY(ctx, issue_credit_note(ctx, &request, &g->ids, &work));
    if (request.refusal != CREDIT_NOT_REFUSED)
        return FAIL(ctx, ERR_CONFLICT, "the deposit %s cannot be credited: %s", invoice.number, credit_refusal_text(request.refusal));
    return OK;
}

enum err give_back_deposits(struct ctx *run, bool (*stop)(void), int64_t *credited)
{
    struct giving_back g = {.found = true};
    struct ctx item = *run;
    enum err err = db_ready(run);

    item.arena = arena_new();
    while (err == OK && g.found && !stop()) {
        arena_reset(item.arena);
        err = stranded_deposit_waits(&item, &g.found);
        if (err == OK && g.found)
            err = reserve_invoice_ids(&item, 1, &g.ids);
        if (err == OK && g.found)
            err = db_transaction(&item, give_back, &g);
        *credited += err == OK && g.found;
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
