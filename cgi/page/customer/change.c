/* change: what customers change of a subscription by themselves, as far as its plan allows: quantities, options that
 * their quote offered and that they have not, a pause, the end of a pause, and taking back what they planned. More takes effect at once and is charged its share, less at the end
 * of what is invoiced (product.md F27). */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/subscription.h"
#include "page/amend_card.h"
#include "page/customer/customer.h"
#include "page/offer_view.h"
#include "page/subscription_view.h"
#include "service/amending.h"
#include "service/listing.h"
#include "service/offer.h"
#include "service/tiering.h"
#include "store/dunning.h"
#include "store/catalogue.h"
#include "store/history.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { OPTIONS_MAX = 20 };

struct change_line {
    int64_t slot;
    int64_t quantity_e4;
    bool remove;
};
struct change_option {
    const char *product; /* id */
    int64_t quantity_e4;
    bool take;
};
struct change_form {
    struct change_line *lines;
    size_t line_count;
    struct change_option *options;
    size_t option_count;
    const char *shown;
};

static const struct field change_line_field[] = {
    {.kind = FIELD_INTEGER, .name = "slot", .min = 1, .max = INT32_MAX, .offset = offsetof(struct change_line, slot)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .required = true, .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .missing = N_("Enter a quantity above 0"), .offset = offsetof(struct change_line, quantity_e4)},
    {.kind = FIELD_CHECK, .name = "remove", .label = N_("Remove this line"), .offset = offsetof(struct change_line, remove)},
};
static const struct field change_option_field[] = {
    {.kind = FIELD_HIDDEN, .name = "product", .max = 20, .offset = offsetof(struct change_option, product)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct change_option, quantity_e4)},
    {.kind = FIELD_CHECK, .name = "take", .label = N_("Add this option"), .offset = offsetof(struct change_option, take)},
};
static const struct field change_field[] = {
    {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct change_form, lines), .fields = change_line_field,
     .field_count = COUNT_OF(change_line_field), .record_bytes = sizeof(struct change_line), .count_offset = offsetof(struct change_form, line_count),
     .records_max = AMENDING_LINES_MAX},
    {.kind = FIELD_GROUP, .name = "option", .offset = offsetof(struct change_form, options), .fields = change_option_field,
     .field_count = COUNT_OF(change_option_field), .record_bytes = sizeof(struct change_option),
     .count_offset = offsetof(struct change_form, option_count), .records_max = OPTIONS_MAX},
    AMEND_SHOWN_FIELD(struct change_form, shown),
};
static const struct field pause_field[] = {
    {.kind = FIELD_DATE, .name = "resume_on", .label = N_("Resumes by itself on"), .hint = N_("Empty: until you resume it"), .offset = 0},
};

/* An option of the quote that is not taken: a product at its present price in the plan. */
struct option {
    int64_t product_id;
    const char *name;
    const char *unit;
    struct price_rule rule;
    int64_t quantity_e4; /* as it was offered */
    bool metered;
};

/* A subscription that its visitor may see, with its plan, the lines in force, and the options that can be added. */
struct changing {
    struct subscription s;
    struct plan plan;
    struct subscription_line *lines;
    size_t count;
    struct option options[OPTIONS_MAX];
    size_t option_count;
    struct amending amending;
    struct amending_line wishes[AMENDING_LINES_MAX + OPTIONS_MAX];
    const char *field[AMENDING_LINES_MAX + OPTIONS_MAX];
};

/* The plan as far as it lets the customer act: nothing by themselves while an unpaid invoice blocks changes. */
static enum err plan_of_customer(struct page *page, const struct subscription *s, struct plan *plan)
{
    struct dunning_standing standing;

    TRY(page->ctx, plan_by_id(page->ctx, s->plan_id, plan));
    TRY(page->ctx, dunning_standing(page->ctx, s->id, &standing));
    if (standing.blocked) {
        plan->customer_level = 0;
        plan->customer_pause = false;
    }
    return OK;
}

static bool in_force(const struct changing *c, int64_t product_id)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->lines[i].product_id == product_id)
            return true;
    return false;
}

/* An option that has a price of its own in the quote is the seller's to add. */
static enum err load_options(struct page *page, struct changing *c)
{
    struct price_lists lists;
    struct sales_order order;
    struct offer *offer = ARENA_NEW(page->ctx->arena, struct offer);

    c->option_count = 0;
    if (c->s.order_id == 0)
        return OK;
    TRY(page->ctx, order_by_id(page->ctx, c->s.order_id, &order));
    TRY(page->ctx, load_offer_version(page->ctx, order.version_id, offer));
    TRY(page->ctx, load_price_lists(page->ctx, c->s.customer_id, c->s.currency, page->ctx->today_on, &lists));
    for (size_t i = 0; i < offer->line_count && c->option_count < OPTIONS_MAX; i++) {
        const struct quote_line *line = &offer->lines[i].as;
        struct option *option = &c->options[c->option_count];
        struct listed_price listed;
        struct product product;

        if (!line->is_option || !line->listed || line->kind != LINE_RECURRING || line->product_id == 0 || in_force(c, line->product_id) ||
            !plan_price(&lists, line->product_id, c->s.plan_id, line->quantity_e4, &listed))
            continue;
        TRY(page->ctx, product_by_id(page->ctx, line->product_id, &product));
        if (!str_equal(product.state, "active"))
            continue;
        *option = (struct option){.product_id = product.id, .name = product.name, .unit = product.unit, .rule = listed.rule, .quantity_e4 = line->quantity_e4,
                                  .metered = str_equal(str_empty(product.timing) ? c->plan.timing_name : product.timing, "usage")};
        c->option_count++;
    }
    return OK;
}

static enum err load(struct page *page, struct changing *c)
{
    enum err err = visible_subscription(page, page->arg[0], &c->s);
    struct subscription_line *all;
    size_t count;

    if (err != OK)
        return err;
    TRY(page->ctx, plan_of_customer(page, &c->s, &c->plan));
    TRY(page->ctx, subscription_lines(page->ctx, c->s.id, c->s.id + 1, &all, &count));
    c->lines = subscription_lines_shown(page->ctx->arena, all, count, page->ctx->today_on > c->s.started_on ? page->ctx->today_on : c->s.started_on,
                                        &c->count);
    return OK;
}

static bool customer_may_change(const struct subscription *s, const struct plan *plan)
{
    return plan->customer_level > 0 && subscription_in_force(subscription_state_from_name(s->state));
}

static bool customer_may_pause(const struct subscription *s, const struct plan *plan)
{
    return plan->customer_pause && !plan->no_pause && s->ends_on == DATE_NONE &&
           subscription_next(subscription_state_from_name(s->state), SUBSCRIPTION_PAUSES) != 0;
}

static bool customer_may_resume(const struct subscription *s, const struct plan *plan)
{
    return plan->customer_pause && subscription_next(subscription_state_from_name(s->state), SUBSCRIPTION_RESUMES) != 0;
}

/* A form that the plan's page does not offer: refused and noted. */
static enum err forbid(struct page *page, const struct changing *c)
{
    TRY(page->ctx, note_audit(page->ctx, "subscription.amend", c->s.number, "refused"));
    return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
}

/* ---- quantities ---- */

static const struct option *option_of(const struct changing *c, const char *product)
{
    long long id;

    if (!str_to_i64(product, 1, INT64_MAX, &id))
        return NULL;
    for (size_t i = 0; i < c->option_count; i++)
        if (c->options[i].product_id == id)
            return &c->options[i];
    return NULL;
}

/* False: one that this subscription is not offered. */
static bool read_options(struct page *page, struct form *form, const struct change_form *v, struct changing *c)
{
    struct amending *a = &c->amending;

    for (size_t i = 0; i < v->option_count; i++) {
        const struct change_option *typed = &v->options[i];
        const struct option *option = option_of(c, typed->product);

        if (!typed->take)
            continue;
        if (option == NULL)
            return false;
        c->field[a->line_count] = arena_printf(page->ctx->arena, option->metered ? "option.%zu.take" : "option.%zu.quantity", i);
        if (!option->metered && typed->quantity_e4 == 0)
            form_error(form, c->field[a->line_count], tr("Enter a quantity above 0"));
        c->wishes[a->line_count++] = (struct amending_line){.act = AMENDING_ADD, .product_id = option->product_id,
                                                            .quantity_e4 = option->metered ? QUANTITY_ONE : typed->quantity_e4};
    }
    return true;
}

/* All more, or all less: the two take effect on different days. *less says which. False: an error stands in the form, or it was
 * forged. */
static bool read_wish(struct page *page, struct form *form, const struct change_form *v, struct changing *c, bool *less, bool *forged)
{
    struct amending *a = &c->amending;
    bool more = false;

    *less = *forged = false;
    *a = (struct amending){.subscription_id = c->s.id, .kind = AMENDMENT_LINES, .lines = c->wishes, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "",
                             .shown = v->shown};
    for (size_t i = 0; i < v->line_count; i++)
        for (size_t k = 0; k < c->count; k++) {
            const struct change_line *typed = &v->lines[i];

            if (c->lines[k].position != typed->slot || (!typed->remove && str_equal(c->lines[k].timing, "usage")) || (!typed->remove && c->lines[k].quantity_e4 == typed->quantity_e4))
                continue;
            more |= !typed->remove && typed->quantity_e4 > c->lines[k].quantity_e4;
            *less |= typed->remove || typed->quantity_e4 < c->lines[k].quantity_e4;
            c->field[a->line_count] = arena_printf(page->ctx->arena, "line.%zu.quantity", i);
            c->wishes[a->line_count++] = (struct amending_line){.act = typed->remove ? AMENDING_REMOVE : AMENDING_SET, .slot = (int32_t)typed->slot,
                                                                .quantity_e4 = typed->quantity_e4};
        }
    if (!read_options(page, form, v, c)) {
        *forged = true;
        return false;
    }
    for (size_t i = 0; i < a->line_count; i++)
        more |= c->wishes[i].act == AMENDING_ADD;
    a->when = *less ? AMENDMENT_AT_PERIOD_END : AMENDMENT_AT_ONCE;
    if (more && *less)
        form_error(form, c->field[0], tr("More takes effect now and less at the end of the period: make two changes of it."));
    else if (*less && c->plan.customer_level < 2)
        form_error(form, c->field[0], tr("To have less, write to us."));
    return form->error_count == 0;
}

/* What one costs: for a unit, in tiers, or by what is used. */
static const char *each_text(const struct page *page, const struct price_rule *rule, bool metered, const char *currency)
{
    struct arena *arena = page->ctx->arena;
    const char *price = price_model_has_tiers(rule->model) ? phrase_price(arena, page->ctx->language, rule, currency)
                                                           : format_price(arena, page->ctx->language, rule->unit_price_e4, currency);

    return tr_fill(arena, metered ? N_("{price} per unit used, excl. VAT, billed after each period") : N_("{price} each, excl. VAT"), "price", price, NULL);
}

static void fill_options(const struct page *page, HDF *hdf, const struct form *form, const struct changing *c)
{
    HDF *root = hdf_node(hdf, "Form");

    for (size_t i = 0; i < form_records(form, &change_field[1]); i++) {
        const char *typed = form_typed(form, arena_printf(page->ctx->arena, "option.%zu.product", i));
        const struct option *option = typed != NULL ? option_of(c, typed) : NULL;
        HDF *node = hdf_row(root, "option", (int)i);

        if (option == NULL)
            continue; /* not offered: it has no fields */
        hdf_text(node, "what", option->name);
        hdf_flag(node, "metered", option->metered);
        hdf_text(node, "price_each", each_text(page, &option->rule, option->metered, c->s.currency));
    }
}

static enum err fill_lines(struct page *page, HDF *hdf, const struct form *form, const struct changing *c)
{
    HDF *root = hdf_node(hdf, "Form");

    for (size_t i = 0; i < c->count && i < form_records(form, &change_field[0]); i++) {
        HDF *node = hdf_row(root, "line", (int)i);
        bool metered = str_equal(c->lines[i].timing, "usage");
        struct price_rule rule;

        TRY(page->ctx, subscription_line_rule(page->ctx, &c->lines[i], &rule));
        hdf_text(node, "what", c->lines[i].description);
        hdf_flag(node, "metered", metered);
        hdf_text(node, "price_each", each_text(page, &rule, metered, c->s.currency));
    }
    fill_options(page, hdf, form, c);
    return OK;
}

/* again: why the card is shown once more instead of being confirmed; NULL. */
static enum err show_change(struct page *page, struct form *form, const struct changing *c, bool card, const char *problem, const char *again)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Sub.number", c->s.number);
    hdf_flag(hdf, "Sub.less", c->plan.customer_level >= 2);
    TRY(page->ctx, fill_lines(page, hdf, form, c));
    hdf_flag(hdf, "HasOptions", c->option_count > 0);
    if (card && form->error_count == 0 && problem == NULL) {
        amend_card(page, hdf, &c->amending, c->lines, c->count,
                   c->amending.charged.gross_minor > 0 ? tr("Confirm, with an obligation to pay") : tr("Confirm"));
        amend_typed(page, hdf, form, &c->amending);
    }
    if (problem != NULL || again != NULL)
        layout_flash(hdf, problem != NULL ? "bad" : "warn", problem != NULL ? problem : again, NULL, NULL);
    return page_show(page, form->error_count > 0 || problem != NULL ? 422 : again != NULL ? 409 : 200,
                     tr_fill(page->ctx->arena, "Change subscription {number}", "number", c->s.number, NULL), "portal/change.cs");
}

static const char *beside(struct form *form, const struct changing *c)
{
    const struct amending *a = &c->amending;

    if (a->refused_at != AMENDING_AT_LINE || a->refused_line >= a->line_count)
        return tr(a->refusal);
    form_error(form, c->field[a->refused_line], tr(a->refusal));
    return NULL;
}

enum err page_my_change(struct page *page)
{
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    struct change_form v = {.line_count = 0};
    const char *problem = NULL;
    struct form form;
    bool less, forged = false;
    enum err err = load(page, c);

    if (err != OK)
        return err;
    TRY(page->ctx, load_options(page, c));
    if (!customer_may_change(&c->s, &c->plan))
        return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
    if (!str_equal(page_query(page, "do"), "preview")) {
        v.lines = ARENA_ARRAY(page->ctx->arena, struct change_line, c->count + 1);
        for (size_t i = 0; i < c->count; i++)
            v.lines[v.line_count++] = (struct change_line){c->lines[i].position, c->lines[i].quantity_e4, false};
        v.options = ARENA_ARRAY(page->ctx->arena, struct change_option, c->option_count + 1);
        for (size_t i = 0; i < c->option_count; i++)
            v.options[v.option_count++] = (struct change_option){arena_printf(page->ctx->arena, "%lld", (long long)c->options[i].product_id),
                                                                 c->options[i].quantity_e4, false};
        form_fill(&form, page->ctx, change_field, COUNT_OF(change_field), &v);
        return show_change(page, &form, c, false, NULL, NULL);
    }
    if (!form_read(&form, page->ctx, change_field, COUNT_OF(change_field), &page->request->fields, &v))
        return page_error(page, 400, NULL);
    if (form.error_count == 0 && read_wish(page, &form, &v, c, &less, &forged)) {
        TRY(page->ctx, preview_amendment(page->ctx, &c->amending));
        if (c->amending.refusal != NULL)
            problem = beside(&form, c);
    }
    if (forged)
        return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
    return show_change(page, &form, c, true, problem, NULL);
}

enum err page_my_change_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=changed");
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    struct change_form v;
    struct form form;
    bool less = false, forged = false;
    const char *again;
    bool allowed;
    enum err err = load(page, c);

    if (err != OK)
        return err;
    TRY(page->ctx, load_options(page, c));
    if (!PAGE_FORM(page, &form, change_field, &v))
        return OK;
    allowed = form.error_count > 0 || read_wish(page, &form, &v, c, &less, &forged);
    if (forged || !customer_may_change(&c->s, &c->plan) || (less && c->plan.customer_level < 2))
        return forbid(page, c);
    if (!allowed || form.error_count > 0)
        return show_change(page, &form, c, false, NULL, NULL);
    TRY(page->ctx, make_amendment(page->ctx, &c->amending, &once));
    if (c->amending.refusal == NULL)
        return page_see(page, "%s", c->amending.url);
    if (c->amending.refused_at != AMENDING_AT_CARD)
        return show_change(page, &form, c, false, beside(&form, c), NULL);
    again = tr(c->amending.refusal);
    TRY(page->ctx, preview_amendment(page->ctx, &c->amending));
    return show_change(page, &form, c, true, c->amending.refusal != NULL ? beside(&form, c) : NULL, again);
}

/* ---- a pause ---- */

/* An impossible one has no form: why, and nothing to send. */
static enum err show_pause(struct page *page, struct form *form, const struct changing *c, const char *problem)
{
    bool sent = page->request->method == METHOD_POST;
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Sub.number", c->s.number);
    hdf_flag(hdf, "Pause.form", problem == NULL);
    if (problem == NULL && form->error_count == 0)
        hdf_text(hdf, "Pause.text", tr_fill(page->ctx->arena, "Your subscription pauses on {date}. Nothing is billed until it resumes.", "date",
                                            page_date(page, c->amending.effective_on), NULL));
    if (c->plan.pause_max_days > 0)
        hdf_text(hdf, "Pause.most", tr_fill(page->ctx->arena, "A pause lasts {days} at most; then it resumes by itself.", "days",
                                            phrase_days(page->ctx->arena, c->plan.pause_max_days), NULL));
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, sent ? 422 : 200,
                     tr_fill(page->ctx->arena, "Pause subscription {number}", "number", c->s.number, NULL), "portal/pause.cs");
}

static void wish_pause(struct changing *c, int32_t resume_on)
{
    c->amending = (struct amending){.subscription_id = c->s.id, .kind = AMENDMENT_PAUSE, .when = AMENDMENT_AT_PERIOD_END, .on = DATE_NONE,
                                    .resume_on = resume_on, .reason = ""};
}

enum err page_my_pause(struct page *page)
{
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    int32_t resume_on = DATE_NONE;
    struct form form;
    enum err err = load(page, c);

    if (err != OK)
        return err;
    if (!customer_may_pause(&c->s, &c->plan))
        return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
    wish_pause(c, DATE_NONE);
    TRY(page->ctx, preview_amendment(page->ctx, &c->amending));
    form_fill(&form, page->ctx, pause_field, COUNT_OF(pause_field), &resume_on);
    return show_pause(page, &form, c, c->amending.refusal != NULL ? tr(c->amending.refusal) : NULL);
}

enum err page_my_pause_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=changed");
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    const char *problem = NULL;
    int32_t resume_on;
    struct form form;
    enum err err = load(page, c);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, pause_field, &resume_on))
        return OK;
    if (!customer_may_pause(&c->s, &c->plan))
        return forbid(page, c);
    if (form.error_count > 0)
        return show_pause(page, &form, c, NULL);
    wish_pause(c, resume_on);
    TRY(page->ctx, make_amendment(page->ctx, &c->amending, &once));
    if (c->amending.refusal == NULL)
        return page_see(page, "%s", c->amending.url);
    if (c->amending.refused_at == AMENDING_AT_RESUME)
        form_error(&form, "resume_on", tr(c->amending.refusal));
    else
        problem = tr(c->amending.refusal);
    return show_pause(page, &form, c, problem);
}

enum err page_my_resume_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=changed");
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    enum err err = load(page, c);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    if (!customer_may_resume(&c->s, &c->plan))
        return forbid(page, c);
    c->amending = (struct amending){.subscription_id = c->s.id, .kind = AMENDMENT_RESUME, .when = AMENDMENT_AT_ONCE, .on = DATE_NONE,
                                    .resume_on = DATE_NONE, .reason = ""};
    TRY(page->ctx, make_amendment(page->ctx, &c->amending, &once));
    return c->amending.refusal == NULL ? page_see(page, "%s", c->amending.url) : page_error(page, 409, tr(c->amending.refusal));
}

/* ---- on the subscription's page ---- */

/* Through a visit of theirs. */
static bool made_by_customer(const struct amendment_row *row)
{
    return str_starts(row->made_by, "visit:");
}

enum err customer_changes(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct amendment_row waiting;
    const char *words;
    struct plan plan;
    enum err err;

    TRY(page->ctx, plan_of_customer(page, s, &plan));
    hdf_flag(hdf, "May.change", customer_may_change(s, &plan));
    hdf_flag(hdf, "May.pause", customer_may_pause(s, &plan));
    hdf_flag(hdf, "May.resume", customer_may_resume(s, &plan));
    err = waiting_amendment(page->ctx, s->id, &waiting);
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(page->ctx);
        return OK;
    }
    TRY(page->ctx, err);
    TRY(page->ctx, amend_discount_words(page, &waiting, s, &words));
    hdf_text(hdf, "Planned.text", arena_printf(page->ctx->arena, "%s%s%s", tr_fill(page->ctx->arena, "A change is planned for {date}.", "date",
                                               page_date(page, waiting.effective_on), NULL), words[0] != '\0' ? " " : "", words));
    if (made_by_customer(&waiting))
        hdf_text(hdf, "Planned.action", arena_printf(page->ctx->arena, "/my/subscriptions/%s/undo", s->number));
    return OK;
}

/* Only what a customer planned: what the seller agreed with them is the seller's to take back. */
enum err page_my_undo_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=undone");
    struct changing *c = ARENA_NEW(page->ctx->arena, struct changing);
    struct amendment_row waiting;
    struct undoing undoing;
    enum err err = load(page, c);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    err = waiting_amendment(page->ctx, c->s.id, &waiting);
    if (err == ERR_NOT_FOUND)
        return page_error(page, 409, tr("This change has taken effect or was undone already."));
    TRY(page->ctx, err);
    if (!made_by_customer(&waiting))
        return forbid(page, c);
    TRY(page->ctx, undo_amendment(page->ctx, c->s.id, waiting.id, &once, &undoing));
    return undoing.refusal != NULL ? page_error(page, 409, tr(undoing.refusal)) : page_see(page, "%s", undoing.url);
}
