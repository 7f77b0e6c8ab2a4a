#include "service/amending.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "core/tier.h"
#include "service/contract.h"
#include "service/crediting.h"
#include "service/deal.h"
#include "service/invoicing.h"
#include "service/renewing.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "text/words.h"

enum { NOTES_MAX = 15, PAY_LINK_DAYS = 365, DUE_ROWS = 200 };

/* ---- its documents ---- */

/* One note for each invoice that is corrected, then one invoice for what is charged. */
struct papers {
    struct invoice_work works[NOTES_MAX + 1];
    size_t count;
    size_t note_count;
};

/* What is given back of the lines of one invoice. */
static struct credit_part *note_parts(struct ctx *ctx, const struct deal *d, int64_t invoice_id, size_t *count)
{
    struct credit_part *parts = ARENA_ARRAY(ctx->arena, struct credit_part, d->change.credit_count + 1);

    *count = 0;
    for (size_t i = 0; i < d->change.credit_count; i++) {
        const struct amendment_credit *credit = &d->change.credits[i];
        const struct invoiced_row *row = &d->invoiced[credit->invoiced];

        if (row->invoice_id == invoice_id)
            parts[(*count)++] = (struct credit_part){.position = row->invoice_position, .amount_minor = credit->minor,
                                                        .quantity_e4 = credit->quantity_e4, .period = credit->part};
    }
    return parts;
}

/* What stands on a document, in the customer's language. */
static const char *in_their_words(const struct deal *d, const char *msgid)
{
    const char *language = words_language();
    const char *text;

    words_use(d->buyer.language);
    text = tr(msgid);
    words_use(language);
    return text;
}

static bool is_noted(const struct deal *d, size_t credit)
{
    for (size_t i = 0; i < credit; i++)
        if (d->invoiced[d->change.credits[i].invoiced].invoice_id == d->invoiced[d->change.credits[credit].invoiced].invoice_id)
            return true;
    return false;
}

static enum err write_notes(struct ctx *ctx, struct deal *d, bool preview, struct papers *papers)
{
    for (size_t i = 0; i < d->change.credit_count; i++) {
        struct credit_request request = {.invoice_id = d->invoiced[d->change.credits[i].invoiced].invoice_id, .reason = d->a->reason};

        if (is_noted(d, i))
            continue;
        if (papers->count == NOTES_MAX)
            return FAIL(ctx, ERR_LIMIT, "a change of %s corrects too many invoices", d->s.number);
        request.parts = note_parts(ctx, d, request.invoice_id, &request.part_count);
        if (str_empty(request.reason))
            request.reason = in_their_words(d, N_("Change of the subscription"));
        TRY(ctx, preview ? preview_credit_note(ctx, &request, &papers->works[papers->count])
                         : prepare_credit_note(ctx, &request, &papers->works[papers->count]));
        if (request.refusal != CREDIT_NOT_REFUSED) {
            deal_refuse(d, credit_refusal_text(request.refusal), AMENDING_AT_FORM, 0);
            return OK;
        }
        papers->count++;
    }
    papers->note_count = papers->count;
    return OK;
}

/* What the old periods still ask when new ones begin, or at the end: lines that are billed afterwards, and what a run
 * that is late has not billed. */
static struct billing_plan unbilled(struct ctx *ctx, const struct deal *d)
{
    bool closes = d->a->kind == AMENDMENT_CLOSE && !d->change.planned;
    struct subscription s = d->s;
    struct billing_facts facts;

    if (!d->change.new_epoch && !closes)
        return (struct billing_plan){.count = 0};
    if (closes)
        s.ends_on = d->change.effective_on;
    facts = subscription_billing(ctx, &s, d->all, d->line_count); /* what is closed, without what is opened */
    facts.today_on = d->change.effective_on;
    return billing_plan(ctx->arena, &facts);
}

static const struct subscription_line *line_of_charge(const struct deal *d, const struct amendment_charge *charge)
{
    if (charge->opening != AMENDMENT_NO_INDEX)
        return &d->all[d->line_count + charge->opening];
    return charge->line != AMENDMENT_NO_INDEX ? &d->all[charge->line] : NULL;
}

static struct work_line charged_line(const struct deal *d, const struct amendment_charge *charge)
{
    const struct subscription_line *line = line_of_charge(d, charge);
    struct work_line work = {
        .line = {.kind = line != NULL ? LINE_RECURRING : LINE_ONE_TIME, .period = charge->part, .quantity_e4 = charge->quantity_e4,
                 .unit_price_e4 = charge->unit_price_e4, .discount_ppm = charge->discount_ppm, .net_minor = charge->minor},
        .unit = ""};

    if (line != NULL) {
        work.line.description = line->description;
        work.line.goods = str_equal(line->product_kind, "goods");
        work.unit = line->unit;
        work.subscription_line_id = line->id;
    } else {
        /* sold once: additions stand behind the edits */
        const struct amendment_item_row *item = NULL;
        size_t nth = 0;

        for (size_t i = 0; i < d->item_count && item == NULL; i++)
            if (d->items[i].slot == 0 && nth++ == charge->addition)
                item = &d->items[i];
        CHECK(item != NULL);
        work.line.description = item->description;
        work.line.goods = str_equal(item->product_kind, "goods");
        work.unit = item->unit;
    }
    return work;
}

static const char *tax_class_of(const struct deal *d, const struct amendment_charge *charge)
{
    const struct subscription_line *line = line_of_charge(d, charge);
    size_t nth = 0;

    if (line != NULL)
        return line->tax_class;
    for (size_t i = 0; i < d->item_count; i++)
        if (d->items[i].slot == 0 && nth++ == charge->addition)
            return d->items[i].tax_class;
    return "";
}

static void add_period(struct invoice_work *work, struct billing_period_row *periods, struct billing_period_row row)
{
    periods[work->period_count++] = row;
    work->periods = periods;
}

/* Lines that a period's bill would have; then the charges. */
static void invoice_lines_of(struct ctx *ctx, const struct deal *d, struct invoice_work *work, struct tax_line *taxed)
{
    struct billing_plan plan = unbilled(ctx, d);
    struct billing_period_row *periods = ARENA_ARRAY(ctx->arena, struct billing_period_row, plan.count + 1);

    for (size_t i = 0; i < plan.count; i++) {
        const struct billing_item *item = &plan.items[i];

        add_period(work, periods, (struct billing_period_row){
            .subscription_id = d->s.id, .line_group = billing_line_group(item->timing), .epoch = d->s.epoch,
            .from_on = item->natural.from_on, .until_on = item->natural.until_on, .period_index = item->index});
        for (size_t k = 0; k < item->line_count && work->line_count < INVOICE_LINES_MAX; k++) {
            const struct billing_item_line *billed = &item->lines[k];
            const struct subscription_line *line = &d->all[billed->line];

            taxed[work->line_count] = (struct tax_line){.tax_class = line->tax_class, .goods = str_equal(line->product_kind, "goods"),
                                                        .priced_minor = billed->net_minor};
            work->lines[work->line_count++] = (struct work_line){
                .line = {.kind = LINE_RECURRING, .description = line->description, .period = billed->period, .quantity_e4 = line->quantity_e4,
                         .unit_price_e4 = line->unit_price_e4, .discount_ppm = billed->discount_ppm, .net_minor = billed->net_minor,
                         .goods = str_equal(line->product_kind, "goods")},
                .unit = line->unit, .subscription_line_id = line->id};
        }
    }
    for (size_t i = 0; i < d->change.charge_count && work->line_count < INVOICE_LINES_MAX; i++) {
        struct work_line line = charged_line(d, &d->change.charges[i]);

        taxed[work->line_count] = (struct tax_line){.tax_class = tax_class_of(d, &d->change.charges[i]), .goods = line.line.goods,
                                                    .priced_minor = line.line.net_minor};
        work->lines[work->line_count++] = line;
    }
    if (d->change.charge_count > 0 && (d->change.new_epoch || d->a->kind == AMENDMENT_RENEW)) {
        int32_t index = d->after.next_index - 1;
        struct period natural = schedule_period(&d->change.schedule, index);

        add_period(work, periods, (struct billing_period_row){.subscription_id = d->s.id, .epoch = d->after.epoch, .from_on = natural.from_on,
                                                              .until_on = natural.until_on, .period_index = index});
    }
}

static enum err write_invoice(struct ctx *ctx, struct deal *d, struct papers *papers)
{
    const struct tax_buyer who = {.country = d->buyer.country, .postal_code = d->buyer.postal_code, .vat_id = d->buyer.vat_id,
                                  .is_company = d->buyer.is_company, .vat_checked = d->buyer.vat_checked};
    struct invoice_work *work = &papers->works[papers->count];
    struct tax_line *taxed = ARENA_ARRAY(ctx->arena, struct tax_line, INVOICE_LINES_MAX);
    bool complete;

    *work = (struct invoice_work){
        .customer_id = d->buyer.customer_id, .customer_version_id = d->buyer.version_id, .personal_digest = d->buyer.personal_digest,
        .language = d->buyer.language, .currency = d->s.currency, .subscription_id = d->s.id,
        .collect_on = d->s.payment_method_id != 0 ? ctx->today_on : DATE_NONE,
        .lines = ARENA_ARRAY(ctx->arena, struct work_line, INVOICE_LINES_MAX)};
    invoice_lines_of(ctx, d, work, taxed);
    if (work->line_count == 0)
        return OK;
    if (work->line_count == INVOICE_LINES_MAX)
        return FAIL(ctx, ERR_LIMIT, "a change of %s has too many lines", d->s.number);
    TRY(ctx, tax_sale(ctx, &d->taxing, &who, d->s.currency, d->change.effective_on, taxed, work->line_count, &complete));
    for (size_t i = 0; i < work->line_count; i++) {
        if (!complete && !taxed[i].decided)
            return FAIL(ctx, ERR_LIMIT, "no VAT rate for %s in %s", taxed[i].tax_class, d->buyer.country);
        work->lines[i].line.tax = taxed[i].tax;
        if (!totals_add_line(&work->totals, &taxed[i].tax, taxed[i].priced_minor))
            return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", d->s.number);
    }
    papers->count++;
    return OK;
}

/* The sums as people see them, from the very works that are issued. */
static void sum_papers(struct amending *a, const struct papers *papers)
{
    for (size_t i = 0; i < papers->note_count; i++) {
        const struct totals *totals = &papers->works[i].correction->totals;

        a->credited_net_minor += totals->net_minor;
        a->credited_vat_minor += totals->vat_minor;
        a->credited_minor += totals->gross_minor;
    }
    if (papers->count > papers->note_count)
        a->charged = papers->works[papers->note_count].totals;
}

static enum err write_steps(struct ctx *ctx, struct deal *d)
{
    const struct amendment *change = &d->change;
    struct billing_plan plan = unbilled(ctx, d);
    struct amending_step *steps = ARENA_ARRAY(ctx->arena, struct amending_step, change->charge_count + change->credit_count + INVOICE_LINES_MAX);
    size_t count = 0;

    for (size_t i = 0; i < plan.count; i++)
        for (size_t k = 0; k < plan.items[i].line_count && count < INVOICE_LINES_MAX; k++) {
            const struct billing_item_line *line = &plan.items[i].lines[k];

            steps[count++] = (struct amending_step){.description = d->all[line->line].description, .quantity_e4 = d->all[line->line].quantity_e4,
                .period = line->period, .days = period_days(line->period), .of_days = period_days(plan.items[i].natural), .minor = line->net_minor,
                .invoice = ""};
        }
    for (size_t i = 0; i < change->charge_count; i++) {
        const struct amendment_charge *charge = &change->charges[i];

        steps[count++] = (struct amending_step){
            .description = charged_line(d, charge).line.description, .quantity_e4 = charge->quantity_e4, .period = charge->part,
            .days = period_is_none(charge->part) ? 0 : period_days(charge->part),
            .of_days = period_is_none(charge->natural) ? 0 : period_days(charge->natural), .of_minor = charge->full_minor,
            .minor = charge->minor, .invoice = ""};
    }
    for (size_t i = 0; i < change->credit_count; i++) {
        const struct amendment_credit *credit = &change->credits[i];
        const struct invoiced_row *row = &d->invoiced[credit->invoiced];
        struct invoice invoice;
        const char *description = "";

        TRY(ctx, invoice_by_id(ctx, row->invoice_id, &invoice));
        for (size_t k = 0; k < d->line_count; k++)
            if (d->lines[k].position == row->slot)
                description = d->lines[k].description;
        steps[count++] = (struct amending_step){
            .description = description, .quantity_e4 = credit->quantity_e4, .of_quantity_e4 = credit->of_quantity_e4, .period = credit->part,
            .days = credit->days, .of_days = credit->of_days, .of_minor = d->facts.invoiced[credit->invoiced].minor, .minor = -credit->minor,
            .invoice = invoice.number};
    }
    d->a->steps = steps;
    d->a->step_count = count;
    return OK;
}

/* ---- preview ---- */

static void forget_answer(struct amending *a)
{
    a->refusal = NULL;
    a->refused_at = AMENDING_AT_FORM;
    a->refused_line = 0;
    a->steps = NULL;
    a->step_count = 0;
    a->charged = (struct totals){0};
    a->credited_net_minor = a->credited_vat_minor = a->credited_minor = 0;
    a->url = NULL;
}

/* core/amendment prices lines per unit. What is priced in tiers or has an amount off would come out wrong; prices that
 * are announced for later and discounts of the whole document do not go on by themselves after a pause. Such a contract
 * can end, change hands, and go on by a new quote; tiers and amounts off can also pause, resume and come back. */
static bool prices_fit(struct ctx *ctx, const struct deal *d)
{
    enum amendment_kind kind = d->a->kind;
    bool moves = kind == AMENDMENT_PAUSE || kind == AMENDMENT_RESUME || kind == AMENDMENT_REACTIVATE;
    bool asks = !moves || unbilled(ctx, d).count > 0;

    if (kind == AMENDMENT_TRANSFER || (kind == AMENDMENT_CLOSE && unbilled(ctx, d).count == 0))
        return true;
    for (size_t i = 0; i < d->line_count; i++) {
        const struct subscription_line *line = &d->lines[i];
        bool over = line->until_on != DATE_NONE && line->until_on <= d->change.effective_on;
        bool plain = (str_empty(line->price_model) || str_equal(line->price_model, price_model_name(PRICE_PER_UNIT))) && line->discount_minor == 0;

        if (!over && (line->from_on > d->change.effective_on || (asks && !plain)))
            return false;
    }
    return str_empty(d->s.discounts);
}

/* An end at once, a pause and other periods close the books of what runs; usage of it may still be reported. */
static bool leaves_usage(const struct deal *d)
{
    bool closes = (d->a->kind == AMENDMENT_CLOSE && !d->change.planned) || d->a->kind == AMENDMENT_PAUSE || d->change.new_epoch;

    for (size_t i = 0; i < d->line_count && closes; i++)
        if (str_equal(d->lines[i].timing, "usage") &&
            (d->lines[i].until_on == DATE_NONE || d->lines[i].until_on > schedule_boundary(&d->facts.schedule, d->s.arrears_index)))
            return true;
    return false;
}

/* One change waits at a time; the row of the contract is locked when this is more than a preview. */
static enum err decide(struct ctx *ctx, struct deal *d, bool preview, struct papers *papers)
{
    memset(papers, 0, sizeof *papers);
    if (d->a->refusal == NULL)
        TRY(ctx, deal_decide(ctx, d));
    if (d->a->refusal != NULL)
        return OK;
    if (leaves_usage(d)) {
        deal_refuse(d, N_("What is billed by use is reported until its period ends: plan the end of the subscription instead."), AMENDING_AT_FORM, 0);
        return OK;
    }
    if (!prices_fit(ctx, d)) {
        deal_refuse(d, N_("Prices in tiers, amounts off and announced prices cannot be changed here: agree on a new quote."), AMENDING_AT_FORM, 0);
        return OK;
    }
    if (d->change.planned && d->a->kind == AMENDMENT_CLOSE)
        deal_refuse(d, N_("An end on a later day is planned on a page of its own."), AMENDING_AT_FORM, 0);
    if (d->change.planned && d->row.id == 0) {
        struct amendment_row waiting;
        enum err err = waiting_amendment(ctx, d->s.id, &waiting);

        if (err == OK) {
            deal_refuse(d, N_("Another change is planned already. Undo it first."), AMENDING_AT_FORM, 0);
            return OK;
        }
        if (err != ERR_NOT_FOUND)
            return err;
        ctx_forget_error(ctx);
    }
    TRY(ctx, write_steps(ctx, d));
    TRY(ctx, write_notes(ctx, d, preview, papers));
    if (d->a->refusal != NULL)
        return OK;
    TRY(ctx, write_invoice(ctx, d, papers));
    if (d->a->kind == AMENDMENT_CLOSE && !d->change.planned) { /* what was still open is billed with the end */
        struct billing_plan plan = unbilled(ctx, d);

        d->after.next_index = plan.next_index;
        d->after.arrears_index = plan.arrears_index;
    }
    sum_papers(d->a, papers);
    return OK;
}

static enum err rehearse(struct ctx *ctx, void *arg)
{
    struct amending *a = arg;
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal d = {.a = a};

    forget_answer(a);
    TRY(ctx, deal_load(ctx, &d, false));
    TRY(ctx, deal_items(ctx, &d));
    return decide(ctx, &d, true, papers);
}

enum err preview_amendment(struct ctx *ctx, struct amending *a)
{
    return db_transaction(ctx, rehearse, a); /* for the locks that a note's preview takes; nothing is written */
}

/* ---- application ---- */

static enum err save_lines(struct ctx *ctx, struct deal *d)
{
    struct line_end *ends = ARENA_ARRAY(ctx->arena, struct line_end, d->change.closing_count + 1);
    struct subscription_line *stored;
    size_t count;

    for (size_t i = 0; i < d->change.closing_count; i++)
        ends[i] = (struct line_end){d->change.closings[i].until_on, d->lines[d->change.closings[i].line].id};
    if (d->change.closing_count > 0)
        TRY(ctx, end_lines(ctx, ends, d->change.closing_count));
    for (size_t i = d->line_count; i < d->all_count; i++)
        d->all[i].amendment_id = d->row.id;
    if (d->all_count == d->line_count)
        return OK;
    TRY(ctx, insert_subscription_lines(ctx, &d->all[d->line_count], d->all_count - d->line_count));
    TRY(ctx, subscription_lines(ctx, d->s.id, d->s.id + 1, &stored, &count));
    for (size_t i = d->line_count; i < d->all_count; i++)
        for (size_t k = 0; k < count; k++)
            if (stored[k].amendment_id == d->row.id && stored[k].position == d->all[i].position)
                d->all[i].id = stored[k].id;
    return OK;
}

static enum err save_schedule(struct ctx *ctx, const struct deal *d)
{
    int32_t on = d->change.effective_on;

    if (d->change.new_epoch)
        TRY(ctx, insert_past_schedule(ctx, &d->s, on));
    if (d->a->kind == AMENDMENT_PAUSE)
        TRY(ctx, insert_pause(ctx, &(struct subscription_pause){.subscription_id = d->s.id, .from_on = on, .resume_on = d->change.resume_on,
                                                                .banked_days = d->change.banked_days}));
    if (d->facts.paused_on != DATE_NONE && d->change.state != SUBSCRIPTION_PAUSED)
        TRY(ctx, end_pause(ctx, d->s.id, on));
    return save_amended_subscription(ctx, &d->after);
}

static enum err mail_invoice(struct ctx *ctx, const struct deal *d, const struct invoice_work *work)
{
    struct mail mail = {.template = "invoice_new", .language = d->buyer.language, .to_address = d->buyer.email, .to_name = d->buyer.name,
                        .customer_id = d->buyer.customer_id, .subscription_id = d->s.id, .invoice_id = work->invoice.id,
                        .dedup_key = arena_printf(ctx->arena, "invoice_new %lld", (long long)work->invoice.id)};
    struct link link = {.kind = LINK_KIND_PAY, .object_id = work->invoice.id, .expires_at = ctx->now + PAY_LINK_DAYS * 86400 * CLOCK_SECOND};
    char *token = NULL;

    if (work->collect_on == DATE_NONE && work->invoice.total_minor > work->credit_used_minor) {
        TRY(ctx, insert_link(ctx, &link, &token));
        mail.link_id = link.id;
        mail.token = token;
    }
    return queue_mail(ctx, &mail);
}

static enum err issue_papers(struct ctx *ctx, struct deal *d, struct papers *papers, const struct invoice_ids *ids)
{
    if (papers->count == 0)
        return OK;
    TRY(ctx, issue_invoices(ctx, &d->company, papers->works, papers->count, ids));
    for (size_t i = 0; i < papers->count; i++) {
        TRY(ctx, insert_amendment_invoice(ctx, d->row.id, papers->works[i].invoice.id));
        TRY(ctx, i < papers->note_count ? tell_credit_note(ctx, &papers->works[i]) : mail_invoice(ctx, d, &papers->works[i]));
    }
    return OK;
}

static void row_of(const struct ctx *ctx, struct deal *d, const char *state)
{
    const struct amending *a = d->a;
    struct amendment_row *row = &d->row;
    bool planned = str_equal(state, "planned");

    if (row->id == 0)
        *row = (struct amendment_row){
            .subscription_id = d->s.id, .kind = amendment_kind_name(a->kind), .effective_on = d->change.effective_on, .credit = a->credit,
            .plan_id = a->plan_id, .keep_anchor = a->keep_anchor, .resume_on = a->kind == AMENDMENT_PAUSE ? a->resume_on : DATE_NONE,
            .customer_id = a->kind == AMENDMENT_TRANSFER ? a->customer_id : 0, .reason = a->reason != NULL ? a->reason : "", .made_by = ctx->actor,
            .made_on = ctx->today_on, .made_at = ctx->now, .currency = d->s.currency, .failure = ""};
    row->state = state;
    row->settled_at = planned ? 0 : ctx->now;
    row->credit_minor = planned ? 0 : d->change.credit_minor;
    row->charge_minor = planned ? 0 : d->change.charge_minor;
    row->period_before_minor = d->s.period_minor;
    row->period_after_minor = d->after.period_minor;
    row->mrr_before_e4 = d->s.mrr_e4;
    row->mrr_after_e4 = d->after.mrr_e4;
}

static enum err save_row(struct ctx *ctx, struct deal *d)
{
    bool stored = d->row.id != 0;

    row_of(ctx, d, d->a->planned ? "planned" : "applied");
    if (stored)
        return settle_amendment(ctx, &d->row);
    TRY(ctx, insert_amendment(ctx, &d->row));
    d->a->amendment_id = d->row.id;
    for (size_t i = 0; i < d->item_count; i++)
        d->items[i].amendment_id = d->row.id;
    return d->item_count > 0 ? insert_amendment_items(ctx, d->items, d->item_count) : OK;
}

static enum err tell(struct ctx *ctx, const struct deal *d, const char *activity, const char *act)
{
    char on[DATE_TEXT_BYTES];
    const char *params = history_params(ctx->arena, "kind", d->row.kind, "on", date_iso(d->change.effective_on, on), "amendment",
                                        arena_printf(ctx->arena, "%lld", (long long)d->row.id), "act", act, NULL);
    struct mail mail = {.template = "amendment", .language = d->buyer.language, .to_address = d->buyer.email, .to_name = d->buyer.name,
                        .customer_id = d->buyer.customer_id, .subscription_id = d->s.id, .params = params,
                        .dedup_key = arena_printf(ctx->arena, "%s %lld", activity, (long long)d->row.id)};

    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, d->s.id, activity, params));
    TRY(ctx, note_audit(ctx, activity, d->s.number, "ok"));
    return d->a->kind == AMENDMENT_TRANSFER ? OK : queue_mail(ctx, &mail);
}

static enum err apply(struct ctx *ctx, struct deal *d, struct papers *papers, const struct invoice_ids *ids)
{
    TRY(ctx, save_row(ctx, d));
    TRY(ctx, save_lines(ctx, d));
    for (size_t i = papers->note_count; i < papers->count; i++) /* its lines have their ids now */
        for (size_t k = 0, first = papers->works[i].line_count - d->change.charge_count; k < d->change.charge_count; k++)
            papers->works[i].lines[first + k].subscription_line_id = charged_line(d, &d->change.charges[k]).subscription_line_id;
    TRY(ctx, save_schedule(ctx, d));
    crash_point("A01");
    TRY(ctx, tell(ctx, d, "subscription.amended", "made"));
    return issue_papers(ctx, d, papers, ids);
}

/* What waits is the wish alone. */
static enum err plan(struct ctx *ctx, struct deal *d)
{
    TRY(ctx, save_row(ctx, d));
    return tell(ctx, d, "subscription.amendment_planned", "planned");
}

struct making {
    struct amending *a;
    const struct once *once;
    struct invoice_ids ids;
};

static enum err make(struct ctx *ctx, void *arg)
{
    struct making *m = arg;
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal d = {.a = m->a};

    forget_answer(m->a);
    TRY(ctx, deal_load(ctx, &d, true));
    TRY(ctx, spend_once(ctx, m->once, d.s.number, &m->a->url)); /* first: what was done already is not asked again */
    taxing_begin(&d.taxing);
    TRY(ctx, deal_items(ctx, &d));
    TRY(ctx, decide(ctx, &d, false, papers));
    if (m->a->refusal != NULL)
        return ERR_CONFLICT; /* nothing is done, and the token stays unspent */
    return m->a->planned ? plan(ctx, &d) : apply(ctx, &d, papers, &m->ids);
}

enum err make_amendment(struct ctx *ctx, struct amending *a, const struct once *once)
{
    struct making m = {.a = a, .once = once};
    enum err err;

    TRY(ctx, reserve_invoice_ids(ctx, NOTES_MAX + 1, &m.ids));
    err = db_transaction(ctx, make, &m);
    if (err == ERR_CONFLICT && a->refusal != NULL) {
        ctx_forget_error(ctx);
        return OK;
    }
    if (err == OK && a->refusal == NULL)
        crash_point("A02");
    return err;
}

/* ---- undo ---- */

struct undo {
    int64_t subscription_id;
    int64_t amendment_id;
    const struct once *once;
    struct undoing *undoing;
};

static enum err undo(struct ctx *ctx, void *arg)
{
    const struct undo *u = arg;
    struct amendment_row row;
    struct deal d = {.a = ARENA_NEW(ctx->arena, struct amending)};
    enum err err;

    *u->undoing = (struct undoing){NULL, NULL};
    d.a->subscription_id = u->subscription_id;
    d.a->refusal = NULL;
    TRY(ctx, deal_load(ctx, &d, true));
    err = amendment_by_id(ctx, u->amendment_id, &row);
    if (err != OK)
        return err;
    if (row.subscription_id != u->subscription_id)
        return ERR_NOT_FOUND;
    if (!str_equal(row.state, "planned")) {
        u->undoing->refusal = N_("This change has taken effect or was undone already.");
        return OK;
    }
    row.state = "undone";
    row.settled_at = ctx->now;
    TRY(ctx, settle_amendment(ctx, &row));
    d.row = row;
    d.change.effective_on = row.effective_on;
    TRY(ctx, tell(ctx, &d, "subscription.amendment_undone", "undone"));
    return spend_once(ctx, u->once, d.s.number, &u->undoing->url);
}

enum err undo_amendment(struct ctx *ctx, int64_t subscription_id, int64_t amendment_id, const struct once *once, struct undoing *undoing)
{
    struct undo u = {subscription_id, amendment_id, once, undoing};

    return db_transaction(ctx, undo, &u);
}

/* ---- the batch ---- */

struct applying {
    struct due_amendment due;
    struct invoice_ids ids;
    bool done;
    const char *refusal; /* stored as failed */
};

/* The stored wish as it was made, on its day. */
static enum err wish_again(struct ctx *ctx, const struct due_amendment *due, bool lock, struct amending *a, struct deal *d)
{
    *a = (struct amending){.subscription_id = due->subscription_id, .kind = AMENDMENT_RESUME, .when = AMENDMENT_ON_DATE, .on = due->on,
                           .resume_on = DATE_NONE, .reason = ""};
    *d = (struct deal){.a = a};
    if (lock) /* before its wish is read: somebody else may be making it */
        TRY(ctx, lock_subscription(ctx, due->subscription_id, &d->s));
    if (due->amendment_id == 0) /* the planned end of a pause */
        return deal_load(ctx, d, lock);
    TRY(ctx, amendment_by_id(ctx, due->amendment_id, &d->row));
    a->kind = amendment_kind_from_name(d->row.kind);
    a->credit = d->row.credit;
    a->plan_id = d->row.plan_id;
    a->keep_anchor = d->row.keep_anchor;
    a->resume_on = d->row.resume_on;
    a->customer_id = d->row.customer_id;
    a->reason = d->row.reason;
    TRY(ctx, deal_load(ctx, d, lock));
    return amendment_items(ctx, due->amendment_id, &d->items, &d->item_count);
}

static enum err fail(struct ctx *ctx, struct deal *d, const char *refusal)
{
    struct operator_item item = {.kind = "amendment_failed", .subject_kind = "subscription", .subject_id = d->s.id, .currency = "",
                                 .detail = "", .opened_on = ctx->today_on};

    TRY(ctx, open_operator_item(ctx, &item));
    if (d->row.id == 0) { /* a pause that cannot end by itself: a person ends it */
        TRY(ctx, end_pause_plan(ctx, d->s.id));
        return OK;
    }
    d->row.state = "failed";
    d->row.settled_at = ctx->now;
    d->row.failure = refusal;
    TRY(ctx, settle_amendment(ctx, &d->row));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, d->s.id, "subscription.amendment_failed",
                         history_params(ctx->arena, "kind", d->row.kind, "reason", refusal, NULL));
}

/* A credit note waits while somebody pays its invoice: the next run tries again. */
static bool passes(const char *refusal)
{
    return str_equal(refusal, credit_refusal_text(CREDIT_PAYMENT_LIVE));
}

static enum err apply_due(struct ctx *ctx, void *arg)
{
    struct applying *applying = arg;
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct amending a;
    struct deal d;

    applying->done = false;
    applying->refusal = NULL;
    TRY(ctx, wish_again(ctx, &applying->due, true, &a, &d));
    if ((d.row.id != 0 && !str_equal(d.row.state, "planned")) || (d.row.id == 0 && d.facts.paused_on == DATE_NONE) || d.s.held_on != DATE_NONE)
        return OK; /* somebody was faster, or a person has to release it first */
    taxing_begin(&d.taxing);
    TRY(ctx, decide(ctx, &d, false, papers));
    if (a.refusal != NULL && passes(a.refusal))
        return OK;
    applying->done = true;
    applying->refusal = a.refusal;
    return a.refusal != NULL ? fail(ctx, &d, a.refusal) : apply(ctx, &d, papers, &applying->ids);
}

static enum err apply_one(struct ctx *ctx, const struct due_amendment *due, struct amending_run *run)
{
    struct applying applying = {.due = *due};

    TRY(ctx, renew_until(ctx, due->subscription_id, due->on - 1));
    TRY(ctx, reserve_invoice_ids(ctx, NOTES_MAX + 1, &applying.ids));
    TRY(ctx, db_transaction(ctx, apply_due, &applying));
    if (applying.done)
        crash_point("A02");
    run->applied += applying.done && applying.refusal == NULL;
    run->failed += applying.refusal != NULL;
    return OK;
}

enum err apply_amendments(struct ctx *ctx, struct amending_run *run)
{
    struct ctx item = *ctx;
    struct due_amendment *due;
    int64_t after_id = 0;
    size_t count;
    enum err err = OK;

    item.arena = arena_new();
    do {
        TRY(ctx, due_amendments(ctx, ctx->today_on, after_id, DUE_ROWS, &due, &count));
        run->applied += run->dry_run ? (int64_t)count : 0;
        for (size_t i = 0; i < count && err == OK && !run->dry_run && (run->stop == NULL || !run->stop()); i++) {
            arena_reset(item.arena);
            err = apply_one(&item, &due[i], run);
            if (err != OK && err != ERR_DB_GONE) { /* one that fails never stops the others */
                log_trail(&item, "amendment.failed");
                ctx_forget_error(&item);
                run->failed++;
                err = OK;
            }
        }
        after_id = count > 0 ? due[count - 1].subscription_id : 0;
    } while (err == OK && count == DUE_ROWS && (run->stop == NULL || !run->stop()));
    memcpy(ctx->trail, item.trail, sizeof ctx->trail);
    arena_free(item.arena);
    return err;
}

/* ---- the contract with what waits, and on a day ---- */

enum err planned_contract(struct ctx *ctx, struct subscription *s, struct subscription_line **lines, size_t *count)
{
    struct amendment_row waiting;
    struct amending a;
    struct deal d;
    enum err err = waiting_amendment(ctx, s->id, &waiting);

    TRY(ctx, subscription_lines(ctx, s->id, s->id + 1, lines, count));
    if (err == ERR_NOT_FOUND || (err == OK && waiting.effective_on > s->due_on)) {
        ctx_forget_error(ctx);
        return OK;
    }
    TRY(ctx, err);
    TRY(ctx, wish_again(ctx, &(struct due_amendment){s->id, waiting.id, waiting.effective_on}, false, &a, &d));
    TRY(ctx, deal_decide(ctx, &d));
    if (a.refusal != NULL)
        return OK;
    *s = d.after;
    *lines = d.all;
    *count = d.all_count;
    return OK;
}


enum err contract_on(struct ctx *ctx, const struct subscription *s, int32_t on, struct contract_on *c)
{
    struct amending a = {.subscription_id = s->id};
    struct deal d = {.a = &a};
    struct past_schedule past;
    struct schedule schedule;
    enum err err;

    *c = (struct contract_on){.unit = s->unit, .count = s->count};
    TRY(ctx, deal_load(ctx, &d, false));
    schedule = d.facts.schedule;
    err = past_schedule_on(ctx, s->id, on, &past);
    if (err == OK) {
        schedule = (struct schedule){.anchor_on = past.anchor_on, .every = {recurrence_unit_from_name(past.unit), past.count}, .month_day = past.month_day};
        c->unit = past.unit;
        c->count = past.count;
    } else if (err != ERR_NOT_FOUND) {
        return err;
    }
    ctx_forget_error(ctx);
    for (size_t i = 0; i < d.facts.pauses.count; i++)
        c->paused |= period_contains(d.facts.pauses.periods[i], on);
    c->running = on >= s->started_on && (s->ends_on == DATE_NONE || on < s->ends_on) && !c->paused;
    c->lines = lines_in_force(ctx, d.lines, d.line_count, on, &c->line_count);
    if (!c->running)
        c->line_count = 0;
    return lines_worth(ctx, &d, c->lines, c->line_count, schedule, on, &c->period_minor, &c->mrr_e4);
}
