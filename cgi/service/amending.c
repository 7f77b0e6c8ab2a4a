#include "service/amending.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "core/quote.h"
#include "service/contract.h"
#include "service/amending_papers.h"
#include "service/amending_words.h"
#include "service/crediting.h"
#include "service/deal.h"
#include "service/invoicing.h"
#include "service/renewal_asking.h"
#include "service/renewal_preview.h"
#include "service/renewing.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/coupon.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/reserve.h"
#include "store/revision.h"
#include "store/usage.h"
#include "text/words.h"

enum { DUE_ROWS = 200 };

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
    a->bill_count = 0;
    a->made = NULL;
    a->made_count = 0;
    a->issued = NULL;
    a->url = NULL;
}

/* A line billed by use that goes inside a period is billed with it, for what was used until the day before. What is
 * reported for the day itself would be billed by nobody. */
static enum err usage_is_lost(struct ctx *ctx, const struct deal *d, bool *lost)
{
    struct usage_day *days;
    size_t count;

    *lost = false;
    if (d->a->kind != AMENDMENT_LINES || d->change.new_epoch)
        return OK;
    TRY(ctx, open_usage(ctx, &d->s, 1, &days, &count));
    for (size_t i = 0; i < d->change.closing_count; i++)
        for (size_t k = 0; k < count; k++)
            *lost = *lost || (days[k].slot == d->lines[d->change.closings[i].line].position && days[k].used_on >= d->change.effective_on);
    return OK;
}

/* One change waits at a time; the row of the contract is locked when this is more than a preview. */
static enum err decide(struct ctx *ctx, struct deal *d, bool preview, struct papers *papers)
{
    bool lost;

    memset(papers, 0, sizeof *papers);
    if (d->a->refusal == NULL)
        TRY(ctx, deal_decide(ctx, d));
    if (d->a->refusal != NULL)
        return OK;
    TRY(ctx, usage_is_lost(ctx, d, &lost));
    if (lost) {
        deal_refuse(d, N_("Usage of this day is reported already: let the change take effect a day later."), AMENDING_AT_DAY, 0);
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
    sum_papers(d->a, papers);
    return OK;
}

/* The bills to come without the change and with it; of one day as one. */
static enum err foresee(struct ctx *ctx, const struct deal *d)
{
    struct renewal_preview before[AMENDING_BILLS], after[AMENDING_BILLS];
    struct amending *a = d->a;
    size_t before_count, count;

    TRY(ctx, preview_bills(ctx, &d->s, d->lines, d->line_count, before, AMENDING_BILLS, &before_count));
    TRY(ctx, preview_bills(ctx, &d->after, d->all, d->all_count, after, AMENDING_BILLS, &count));
    for (size_t i = 0; i < count; i++) {
        a->bills[i] = (struct amending_bill){.due_on = after[i].due_on, .after_minor = after[i].total_minor};
        for (size_t k = 0; k < before_count; k++)
            if (before[k].due_on == after[i].due_on)
                a->bills[i].before_minor = before[k].total_minor;
    }
    a->bill_count = count;
    return OK;
}

static enum err rehearse(struct ctx *ctx, struct amending *a, bool lock)
{
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal d = {.a = a};

    forget_answer(a);
    TRY(ctx, deal_load(ctx, &d, lock));
    TRY(ctx, deal_items(ctx, &d, true));
    a->made = d.items;
    a->made_count = d.item_count;
    TRY(ctx, decide(ctx, &d, true, papers));
    return a->refusal == NULL && a->kind == AMENDMENT_DISCOUNT ? foresee(ctx, &d) : OK;
}

static enum err rehearse_alone(struct ctx *ctx, void *amending)
{
    return rehearse(ctx, amending, false);
}

enum err preview_amendment(struct ctx *ctx, struct amending *a)
{
    /* for the locks that a note's preview takes; nothing is written */
    return db_in_transaction(ctx) ? rehearse(ctx, a, true) : db_transaction(ctx, rehearse_alone, a);
}

enum err contract_to_amend(struct ctx *ctx, struct amending *a, const struct subscription_line **lines, size_t *count)
{
    const struct amendment_wish wish = {.kind = a->kind, .when = a->when, .on = a->on};
    struct deal d = {.a = a};

    TRY(ctx, deal_load(ctx, &d, db_in_transaction(ctx)));
    a->effective_on = amendment_effective_on(&d.facts, &wish);
    a->before = d.s;
    *lines = lines_in_force(ctx, d.lines, d.line_count, a->effective_on, count);
    return OK;
}

const char *amending_shown(struct arena *arena, const struct amending *a)
{
    return arena_printf(arena, "%d.%d.%lld.%lld.%lld.%d", (int)a->effective_on, a->planned, (long long)a->charged.gross_minor,
                        (long long)a->credited_minor, (long long)a->after.period_minor, (int)a->next_due_on);
}

/* ---- application ---- */

/* Those whose predecessor is stored; gives how many. An announced price names the line that it takes over from. */
static enum err save_openings(struct ctx *ctx, struct deal *d, size_t *saved)
{
    struct subscription_line *ready = ARENA_ARRAY(ctx->arena, struct subscription_line, d->change.opening_count + 1);
    struct subscription_line *stored;
    size_t count;

    *saved = 0;
    for (size_t i = 0; i < d->change.opening_count; i++) {
        struct subscription_line *line = &d->all[d->line_count + i];
        size_t follows = d->change.openings[i].follows;

        if (line->id != 0 || (follows != AMENDMENT_NO_INDEX && d->all[d->line_count + follows].id == 0))
            continue;
        line->amendment_id = d->row.id;
        line->replaces_id = follows != AMENDMENT_NO_INDEX ? d->all[d->line_count + follows].id : 0;
        ready[(*saved)++] = *line;
    }
    if (*saved == 0)
        return OK;
    TRY(ctx, insert_subscription_lines(ctx, ready, *saved));
    TRY(ctx, subscription_lines(ctx, d->s.id, d->s.id + 1, &stored, &count));
    for (size_t i = d->line_count; i < d->all_count; i++)
        for (size_t k = 0; k < count; k++)
            if (stored[k].amendment_id == d->row.id && stored[k].position == d->all[i].position && stored[k].from_on == d->all[i].from_on)
                d->all[i].id = stored[k].id;
    return OK;
}

static enum err save_lines(struct ctx *ctx, struct deal *d)
{
    struct line_end *ends = ARENA_ARRAY(ctx->arena, struct line_end, d->change.closing_count + 1);
    size_t saved = d->change.opening_count;

    for (size_t i = 0; i < d->change.closing_count; i++)
        ends[i] = (struct line_end){d->change.closings[i].until_on, d->row.id, d->lines[d->change.closings[i].line].id};
    if (d->change.closing_count > 0)
        TRY(ctx, end_lines(ctx, ends, d->change.closing_count));
    while (saved > 0)
        TRY(ctx, save_openings(ctx, d, &saved));
    return OK;
}

static enum err save_schedule(struct ctx *ctx, const struct deal *d)
{
    int32_t on = d->change.effective_on;

    if (d->change.new_epoch)
        TRY(ctx, insert_past_schedule(ctx, &d->s, on));
    if (d->a->terms != NULL)
        TRY(ctx, insert_past_terms(ctx, &d->s, d->row.id, on));
    if (d->a->kind == AMENDMENT_DISCOUNT)
        TRY(ctx, insert_past_discounts(ctx, &d->s, d->row.id, on));
    if (d->a->kind == AMENDMENT_PAUSE)
        TRY(ctx, insert_pause(ctx, &(struct subscription_pause){.subscription_id = d->s.id, .from_on = on, .resume_on = d->change.resume_on,
                                                                .banked_days = d->change.banked_days}));
    if (d->facts.state == SUBSCRIPTION_PAUSED && d->change.state != SUBSCRIPTION_PAUSED)
        TRY(ctx, end_pause(ctx, d->s.id, on));
    return save_amended_subscription(ctx, &d->after);
}

static enum err mail_invoice(struct ctx *ctx, const struct deal *d, const struct invoice_work *work)
{
    struct mail mail = {.template = "invoice_new", .language = d->buyer.language, .to_address = d->buyer.email, .to_name = d->buyer.name,
                        .customer_id = d->buyer.customer_id, .subscription_id = d->s.id, .invoice_id = work->invoice.id,
                        .dedup_key = arena_printf(ctx->arena, "invoice_new %lld", (long long)work->invoice.id)};
    struct link link = pay_link(ctx, work->invoice.id);

    if (work->collect_on == DATE_NONE && !work->leaves_credit && work_asks(work) > 0)
        TRY(ctx, insert_mail_link(ctx, &mail, &link));
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
    if (papers->count > papers->note_count)
        d->a->issued = &papers->works[papers->note_count].invoice;
    return OK;
}

static const char *discounts_of(const struct ctx *ctx, const struct amending *a)
{
    char text[DISCOUNTS_TEXT_BYTES];

    return a->discounts == NULL ? "" : arena_strdup(ctx->arena, discounts_text(a->discounts, text));
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
            .customer_id = a->kind == AMENDMENT_TRANSFER ? a->customer_id : 0,
            .owner_id = a->kind == AMENDMENT_TRANSFER ? a->owner_id : 0, .quote_id = a->quote_id, .discounts = discounts_of(ctx, a), .reason = a->reason != NULL ? a->reason : "", .made_by = ctx->actor,
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
    for (size_t i = 0; i < d->discount_count; i++)
        d->discounts[i].amendment_id = d->row.id;
    if (d->discount_count > 0)
        TRY(ctx, insert_amendment_discounts(ctx, d->discounts, d->discount_count));
    if (d->coupon.coupon_id != 0)
        TRY(ctx, count_coupon(ctx, &d->coupon, d->row.id));
    if (d->a->terms != NULL) {
        struct amendment_terms terms = *d->a->terms;

        terms.amendment_id = d->row.id;
        TRY(ctx, insert_amendment_terms(ctx, &terms));
    }
    return d->item_count > 0 ? insert_amendment_items(ctx, d->items, d->item_count) : OK;
}

/* What is said of a change that was made, planned or taken back. */
static const struct telling {
    const char *activity;
    const char *act;          /* as the mail keeps it */
    enum amending_told told;
} MADE = {"subscription.amended", "made", AMENDING_TOLD_MADE},
  PLANNED = {"subscription.amendment_planned", "planned", AMENDING_TOLD_PLANNED},
  UNDONE = {"subscription.amendment_undone", "undone", AMENDING_TOLD_UNDONE};

struct reader {
    const char *role; /* of a transfer: "given", "taken" */
    int64_t customer_id;
    const char *language;
    const char *email;
    const char *name;
};

/* The figures are those of now: of the change as it was decided, and of the invoice that comes next once it is stored. */
static enum err mail_change(struct ctx *ctx, const struct deal *d, const struct telling *said, const struct reader *reader, enum amending_told told)
{
    struct mail mail = {.template = "amendment", .language = reader->language, .to_address = reader->email, .to_name = reader->name,
                        .customer_id = reader->customer_id, .subscription_id = d->s.id};
    const char *before = arena_strdup(ctx->arena, words_language());
    struct renewal_preview next = {.due_on = DATE_NONE};
    bool knows = told != AMENDING_TOLD_DAY && (told != AMENDING_TOLD_TAKEN || said == &MADE); /* with their VAT from their day on */
    enum err err = knows ? preview_renewal(ctx, said == &MADE ? &d->after : &d->s, &next) : OK;
    const char *terms;

    if (err == ERR_LIMIT) /* it cannot be said yet: no reason to refuse the change */
        ctx_forget_error(ctx);
    else
        TRY(ctx, err);
    words_use(reader->language);
    terms = amending_told_text(ctx, reader->language, d, told, knows && err == OK ? &next : NULL);
    words_use(before);
    mail.params = history_params(ctx->arena, "amendment", arena_printf(ctx->arena, "%lld", (long long)d->row.id), "act", said->act, "role",
                                 reader->role, "terms", terms, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "%s %lld%s%s", said->activity, (long long)d->row.id, reader->role[0] == '\0' ? "" : " ", reader->role);
    return queue_mail(ctx, &mail);
}

/* Both customers are told of a contract that passes from one to the other; of one that does not, its own keeps it. */
static enum err mail_transfer(struct ctx *ctx, const struct deal *d, const struct telling *said, struct reader giver)
{
    struct customer taker;
    struct reader reader;

    TRY(ctx, customer_by_id(ctx, d->a->customer_id, &taker));
    giver.role = "given";
    reader = (struct reader){"taken", taker.id, taker.language, taker.email, taker.name};
    TRY(ctx, mail_change(ctx, d, said, &giver, said == &UNDONE ? AMENDING_TOLD_UNDONE : AMENDING_TOLD_DAY));
    return mail_change(ctx, d, said, &reader, said == &UNDONE ? AMENDING_TOLD_DAY : AMENDING_TOLD_TAKEN);
}

/* Which of the seller's people a contract belongs to is no customer's business. */
static enum err tell(struct ctx *ctx, const struct deal *d, const struct telling *said)
{
    const struct reader customer = {"", d->buyer.customer_id, d->buyer.language, d->buyer.email, d->buyer.name};
    char on[DATE_TEXT_BYTES];

    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, d->s.id, said->activity,
                           history_params(ctx->arena, "kind", d->row.kind, "on", date_iso(d->change.effective_on, on), "amendment",
                                          arena_printf(ctx->arena, "%lld", (long long)d->row.id), "act", said->act, NULL)));
    TRY(ctx, note_audit(ctx, said->activity, d->s.number, "ok"));
    if (d->a->kind != AMENDMENT_TRANSFER)
        return mail_change(ctx, d, said, &customer, said->told);
    return d->a->customer_id != 0 ? mail_transfer(ctx, d, said, customer) : OK;
}

/* A renewal's prices are those of the index that was known when it was accepted. */
static enum err rebase(struct ctx *ctx, const struct deal *d)
{
    int32_t index_on;

    if (!d->a->renews || d->s.index_id == 0)
        return OK;
    TRY(ctx, price_index_known(ctx, d->s.index_id, d->row.made_on, &index_on));
    return save_subscription_index(ctx, d->s.id, index_on);
}

/* What the customer before had allowed or begun pays nothing for the next one; what was asked of them and is not invoiced yet is
 * asked of the next one, by the next run. */
static enum err part_from_customer(struct ctx *ctx, const struct deal *d)
{
    struct receivable claim;

    if (d->after.customer_id == d->s.customer_id)
        return OK;
    TRY(ctx, lock_asked(ctx, d->s.id, &claim));
    TRY(ctx, ask_no_more(ctx, &claim));
    TRY(ctx, withdraw_reserve_cards(ctx, d->s.id));
    return end_method_setups(ctx, d->s.id);
}

static enum err apply(struct ctx *ctx, struct deal *d, struct papers *papers, const struct invoice_ids *ids)
{
    TRY(ctx, save_row(ctx, d));
    TRY(ctx, save_lines(ctx, d));
    papers_know_lines(d, papers);
    TRY(ctx, save_schedule(ctx, d));
    TRY(ctx, part_from_customer(ctx, d));
    TRY(ctx, rebase(ctx, d));
    if (d->after.owner_id != d->s.owner_id)
        TRY(ctx, insert_transfer_events(ctx, &d->row, d->s.owner_id));
    crash_point("A01");
    TRY(ctx, tell(ctx, d, &MADE));
    return issue_papers(ctx, d, papers, ids);
}

/* What waits is the wish alone. */
static enum err plan(struct ctx *ctx, struct deal *d)
{
    TRY(ctx, save_row(ctx, d));
    return tell(ctx, d, &PLANNED);
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
    TRY(ctx, deal_items(ctx, &d, false));
    TRY(ctx, decide(ctx, &d, false, papers));
    if (m->a->refusal == NULL && m->a->shown != NULL && strcmp(m->a->shown, amending_shown(ctx->arena, m->a)) != 0)
        deal_refuse(&d, N_("This comes to something else than what was shown. Look at it again, then confirm."), AMENDING_AT_CARD, 0);
    if (m->a->refusal != NULL)
        return ERR_CONFLICT; /* nothing is done, and the token stays unspent */
    return m->a->planned ? plan(ctx, &d) : apply(ctx, &d, papers, &m->ids);
}

enum err make_amendment(struct ctx *ctx, struct amending *a, const struct once *once)
{
    struct making m = {.a = a, .once = once};
    enum err err;

    TRY(ctx, reserve_invoice_ids(ctx, AMENDING_IDS, &m.ids));
    err = db_transaction(ctx, make, &m);
    if (err == ERR_CONFLICT && a->refusal != NULL) {
        ctx_forget_error(ctx);
        return OK;
    }
    if (err == OK && a->refusal == NULL)
        crash_point("A02");
    return err;
}

enum err plan_amendment(struct ctx *ctx, struct amending *a)
{
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal d = {.a = a};

    CHECK(db_in_transaction(ctx));
    forget_answer(a);
    TRY(ctx, deal_load(ctx, &d, true));
    taxing_begin(&d.taxing);
    TRY(ctx, deal_items(ctx, &d, false));
    TRY(ctx, decide(ctx, &d, true, papers));
    if (a->refusal == NULL && !a->planned)
        deal_refuse(&d, N_("Choose a later day."), AMENDING_AT_DAY, 0);
    return a->refusal != NULL ? OK : plan(ctx, &d);
}

enum err carry_out_amendment(struct ctx *ctx, struct amending *a, const struct invoice_ids *ids)
{
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal *d = ARENA_NEW(ctx->arena, struct deal);

    CHECK(db_in_transaction(ctx));
    *d = (struct deal){.a = a};
    forget_answer(a);
    TRY(ctx, deal_load(ctx, d, true));
    taxing_begin(&d->taxing);
    TRY(ctx, deal_items(ctx, d, false));
    TRY(ctx, decide(ctx, d, false, papers));
    if (a->refusal != NULL)
        return OK;
    return a->planned ? plan(ctx, d) : apply(ctx, d, papers, ids);
}

/* ---- several at once to another seller ---- */

struct handing_over {
    struct handing *handing;
    const struct once *once;
    struct invoice_ids ids; /* a transfer issues nothing */
};

static enum err hand_one(struct ctx *ctx, struct handing_over *h, size_t i)
{
    struct amending *a = ARENA_NEW(ctx->arena, struct amending);
    struct papers *papers = ARENA_NEW(ctx->arena, struct papers);
    struct deal d = {.a = a};

    *a = (struct amending){.subscription_id = h->handing->subscription_ids[i], .kind = AMENDMENT_TRANSFER, .when = AMENDMENT_AT_ONCE, .on = DATE_NONE,
                           .resume_on = DATE_NONE, .owner_id = h->handing->owner_id, .reason = h->handing->reason};
    TRY(ctx, deal_load(ctx, &d, true));
    if (d.s.owner_id == a->owner_id)
        return OK;
    taxing_begin(&d.taxing);
    TRY(ctx, decide(ctx, &d, false, papers));
    if (a->refusal != NULL) {
        h->handing->refusal = a->refusal;
        h->handing->refused = a->refused_at == AMENDING_AT_OWNER ? h->handing->count : i;
        return ERR_CONFLICT;
    }
    h->handing->handed++;
    return a->planned ? plan(ctx, &d) : apply(ctx, &d, papers, &h->ids);
}

static enum err hand_all(struct ctx *ctx, void *arg)
{
    struct handing_over *h = arg;

    h->handing->refusal = NULL;
    h->handing->handed = 0;
    TRY(ctx, spend_once(ctx, h->once, "", &h->handing->url));
    for (size_t i = 0; i < h->handing->count; i++)
        TRY(ctx, hand_one(ctx, h, i));
    if (h->handing->handed > 0)
        return OK;
    h->handing->refusal = N_("They are this person's already.");
    h->handing->refused = h->handing->count;
    return ERR_CONFLICT;
}

enum err hand_over(struct ctx *ctx, struct handing *handing, const struct once *once)
{
    struct handing_over h = {.handing = handing, .once = once};
    enum err err = db_transaction(ctx, hand_all, &h);

    if (err == ERR_CONFLICT && handing->refusal != NULL) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

/* ---- the batch ---- */

struct applying {
    struct due_amendment due;
    struct invoice_ids ids;
    bool done;
    const char *refusal; /* stored as failed */
};

static const struct discounts *discounts_from(struct ctx *ctx, const char *text)
{
    struct discounts *discounts = ARENA_NEW(ctx->arena, struct discounts);

    CHECK(discounts_parse(text, discounts)); /* written by discounts_text */
    return discounts;
}

/* NULL: none, also of what was accepted before terms were taken over. */
static enum err agreed_terms(struct ctx *ctx, int64_t amendment_id, const struct amendment_terms **terms)
{
    struct amendment_terms *row = ARENA_NEW(ctx->arena, struct amendment_terms);
    enum err err = amendment_terms(ctx, amendment_id, row);

    *terms = err == OK ? row : NULL;
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

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
    a->owner_id = d->row.owner_id;
    a->quote_id = d->row.quote_id;
    a->renews = str_equal(d->row.quote_kind, quote_kind_name(QUOTE_RENEWAL));
    if (a->renews)
        a->discounts = discounts_from(ctx, d->row.discounts);
    a->reason = d->row.reason;
    TRY(ctx, agreed_terms(ctx, due->amendment_id, &a->terms));
    TRY(ctx, deal_load(ctx, d, lock));
    TRY(ctx, amendment_discounts(ctx, due->amendment_id, &d->discounts, &d->discount_count));
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
    TRY(ctx, delete_redemption_of_amendment(ctx, d->row.id));
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
    if ((d.row.id != 0 && !str_equal(d.row.state, "planned")) || (d.row.id == 0 && d.facts.state != SUBSCRIPTION_PAUSED) || d.s.held_on != DATE_NONE)
        return OK; /* somebody was faster, or a person has to release it first */
    taxing_begin(&d.taxing);
    TRY(ctx, decide(ctx, &d, false, papers));
    if (a.refusal != NULL && passes(a.refusal))
        return OK;
    if (a.refusal == NULL && a.planned && a.kind == AMENDMENT_DISCOUNT)
        return OK; /* its period was invoiced early: it waits for the next one */
    applying->done = true;
    applying->refusal = a.refusal;
    return a.refusal != NULL ? fail(ctx, &d, a.refusal) : apply(ctx, &d, papers, &applying->ids);
}

static enum err apply_one(struct ctx *ctx, const struct due_amendment *due, struct amending_run *run)
{
    struct applying applying = {.due = *due};

    TRY(ctx, renew_until(ctx, due->subscription_id, due->on - 1));
    TRY(ctx, reserve_invoice_ids(ctx, AMENDING_IDS, &applying.ids));
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
            if (err != OK && err != ERR_DB_GONE && err != ERR_DB_RETRY) { /* one that fails never stops the others */
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

/* ---- undo ---- */

struct undo {
    int64_t subscription_id;
    int64_t amendment_id;
    const struct once *once;
    struct undoing *undoing;
};

/* What it would have been, for the mail; nothing is refused because that cannot be said any more. */
static enum err decide_undone(struct ctx *ctx, struct deal *d)
{
    enum err err = deal_decide(ctx, d);

    d->change.effective_on = d->row.effective_on;
    if (err != ERR_LIMIT)
        return err;
    ctx_forget_error(ctx);
    deal_refuse(d, amendment_refusal_text(AMENDMENT_AMOUNT_OUT_OF_BOUNDS), AMENDING_AT_FORM, 0);
    return OK;
}

static enum err undo(struct ctx *ctx, void *arg)
{
    const struct undo *u = arg;
    struct amending a;
    struct deal d;

    *u->undoing = (struct undoing){NULL, NULL};
    TRY(ctx, wish_again(ctx, &(struct due_amendment){u->subscription_id, u->amendment_id, ctx->today_on}, true, &a, &d));
    if (d.row.subscription_id != u->subscription_id)
        return ERR_NOT_FOUND;
    if (!str_equal(d.row.state, "planned")) {
        u->undoing->refusal = N_("This change has taken effect or was undone already.");
        return OK;
    }
    TRY(ctx, decide_undone(ctx, &d));
    d.row.state = "undone";
    d.row.settled_at = ctx->now;
    TRY(ctx, settle_amendment(ctx, &d.row));
    TRY(ctx, delete_redemption_of_amendment(ctx, d.row.id));
    TRY(ctx, tell(ctx, &d, &UNDONE));
    return spend_once(ctx, u->once, d.s.number, &u->undoing->url);
}

enum err undo_amendment(struct ctx *ctx, int64_t subscription_id, int64_t amendment_id, const struct once *once, struct undoing *undoing)
{
    struct undo u = {subscription_id, amendment_id, once, undoing};

    return db_transaction(ctx, undo, &u);
}

/* ---- the contract with what waits ---- */

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
