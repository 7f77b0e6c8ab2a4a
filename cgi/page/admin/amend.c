/* amend: the seller changes a running contract: what can be changed, the form, the card before and after with its
 * arithmetic, the confirmation, and taking back what waits. */
#include "page/admin/amend.h"

#include <string.h>

#include "base/str.h"
#include "core/amendment.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/subscription.h"
#include "page/admin/amend_discount.h"
#include "page/admin/amounts.h"
#include "page/admin/money_rows.h"
#include "page/admin/pick.h"
#include "page/amend_card.h"
#include "page/offer_view.h"
#include "page/subscription_view.h"
#include "service/amending.h"
#include "service/contract_quoting.h"
#include "service/listing.h"
#include "store/catalogue.h"
#include "store/customer.h"
#include "store/seller_user.h"
#include "text/phrase.h"
#include "text/words.h"

enum { ADDITIONS = 2 };

/* ---- the acts ---- */

struct amend_line_form {
    int64_t slot;
    int64_t quantity_e4;
    bool remove;
};
struct amend_add_form {
    const char *product; /* of a list: "r12" recurring, "o12" once; else as page/admin/pick.h shows one */
    const char *how;     /* beside a typed one: "recurring", "once" */
    int64_t quantity_e4;
    int64_t price_e4;    /* typed, or as the lists say */
    int64_t discount_ppm;
    int64_t off;         /* page/admin/amounts.h */
    int64_t periods;
};
struct amend_form {
    struct amend_line_form *lines;
    size_t line_count;
    struct amend_add_form *adds;
    size_t add_count;
    struct amend_discount_form discount;
    const char *plan;
    bool keep_anchor;
    const char *when;
    int32_t on;
    bool credit;
    bool agreed;
    int32_t resume_on;
    const char *customer;
    const char *owner;
    const char *reason;
    const char *shown;
};

static const struct field_option when_option[] = {
    {"once", N_("At once"), NULL}, {"period_end", N_("At the end of what is invoiced"), NULL}, {"date", N_("On another day"), NULL}};

static const struct field_option boundary_option[] = {{"period_end", N_("With the next period that is not invoiced yet"), NULL},
                                                      {"date", N_("With a later period"), NULL}};

static const struct field_option how_option[] = {{"recurring", N_("Per period"), NULL}, {"once", N_("Once"), NULL}};

static const struct field line_form_field[] = {
    {.kind = FIELD_INTEGER, .name = "slot", .min = 1, .max = INT32_MAX, .offset = offsetof(struct amend_line_form, slot)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .required = true, .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .missing = N_("Enter a quantity above 0"), .offset = offsetof(struct amend_line_form, quantity_e4)},
    {.kind = FIELD_CHECK, .name = "remove", .label = N_("Remove this line"), .offset = offsetof(struct amend_line_form, remove)},
};
static const struct field add_form_field[] = {
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Add"), .max = PICK_TEXT_MAX, .offset = offsetof(struct amend_add_form, product)},
    {.kind = FIELD_CHOICE, .name = "how", .label = N_("Charged"), .options = how_option, .option_count = COUNT_OF(how_option),
     .offset = offsetof(struct amend_add_form, how)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct amend_add_form, quantity_e4)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .hint = N_("Empty: as the price lists say"), .offset = offsetof(struct amend_add_form, price_e4)},
    {.kind = FIELD_DECIMAL, .name = "discount", .label = N_("Discount %"), .digits = 4, .min = 0, .max = RATE_ONE,
     .offset = offsetof(struct amend_add_form, discount_ppm)},
    {.kind = FIELD_DECIMAL, .name = "off", .label = N_("Amount off"), .digits = AMOUNT_DIGITS, .min = 0, .max = AMOUNT_MAX,
     .offset = offsetof(struct amend_add_form, off)},
    {.kind = FIELD_INTEGER, .name = "periods", .label = N_("For how many periods"), .min = 0, .max = DISCOUNT_PERIODS_MAX,
     .hint = N_("Empty: for ever"), .offset = offsetof(struct amend_add_form, periods)},
};

#define WHEN_FIELD                                                                                              \
    {.kind = FIELD_CHOICE, .name = "when", .label = N_("Takes effect"), .required = true, .options = when_option, \
     .option_count = COUNT_OF(when_option), .offset = offsetof(struct amend_form, when)},                       \
    {.kind = FIELD_DATE, .name = "on", .label = N_("On this day"), .hint = N_("Only for another day"),          \
     .offset = offsetof(struct amend_form, on)}
#define CREDIT_FIELD                                                                                            \
    {.kind = FIELD_CHECK, .name = "credit", .label = N_("Give back what is paid and not used"),                 \
     .hint = N_("As a credit note on the invoice, when the change takes effect before the paid period ends."),   \
     .offset = offsetof(struct amend_form, credit)}
#define REASON_FIELD                                                                                            \
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Reason"), .max = 200, .hint = N_("Stands on a credit note and in the history."), \
     .offset = offsetof(struct amend_form, reason)},                                                            \
    AMEND_SHOWN_FIELD(struct amend_form, shown)

static const struct field lines_field[] = {
    {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct amend_form, lines), .fields = line_form_field,
     .field_count = COUNT_OF(line_form_field), .record_bytes = sizeof(struct amend_line_form),
     .count_offset = offsetof(struct amend_form, line_count), .records_max = AMENDING_LINES_MAX},
    {.kind = FIELD_GROUP, .name = "add", .offset = offsetof(struct amend_form, adds), .fields = add_form_field,
     .field_count = COUNT_OF(add_form_field), .record_bytes = sizeof(struct amend_add_form),
     .count_offset = offsetof(struct amend_form, add_count), .records_max = ADDITIONS},
    WHEN_FIELD, CREDIT_FIELD, REASON_FIELD,
};
static const struct field plan_field[] = {
    {.kind = FIELD_CHOICE, .name = "plan", .label = N_("New plan"), .required = true, .max = 20, .missing = N_("Choose a plan"),
     .offset = offsetof(struct amend_form, plan)},
    {.kind = FIELD_CHECK, .name = "keep_anchor", .label = N_("Keep the days on which periods begin"),
     .hint = N_("Otherwise the periods of another recurrence begin on the day of the change."), .offset = offsetof(struct amend_form, keep_anchor)},
    WHEN_FIELD, CREDIT_FIELD, REASON_FIELD,
};
static const struct field pause_field[] = {
    WHEN_FIELD,
    {.kind = FIELD_DATE, .name = "resume_on", .label = N_("Resumes by itself on"), .hint = N_("Empty: until you resume it"),
     .offset = offsetof(struct amend_form, resume_on)},
    REASON_FIELD,
};
static const struct field close_field[] = {
    CREDIT_FIELD,
    {.kind = FIELD_CHECK, .name = "agreed", .label = N_("Agreed with the customer"), .hint = N_("Commitment, fixed term and notice are waived."),
     .offset = offsetof(struct amend_form, agreed)},
    REASON_FIELD,
};
static const struct field day_field[] = {WHEN_FIELD, REASON_FIELD};
static const struct field reason_field[] = {REASON_FIELD};
static const struct field transfer_field[] = {
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("New customer"), .required = true, .max = PICK_TEXT_MAX,
     .hint = N_("Number, name or mail address"), .missing = N_("Enter another customer"),
     .offset = offsetof(struct amend_form, customer)},
    WHEN_FIELD, REASON_FIELD,
};

static const struct field owner_field[] = {
    {.kind = FIELD_CHOICE, .name = "owner", .label = N_("New seller"), .required = true, .max = 20, .missing = N_("Choose another person."),
     .offset = offsetof(struct amend_form, owner)},
    REASON_FIELD,
};

static const struct field discount_field[] = {
    {.kind = FIELD_GROUP, .name = "standing", .offset = offsetof(struct amend_form, discount.standing), .fields = amend_standing_field,
     .field_count = AMEND_STANDING_FIELDS, .record_bytes = sizeof(struct amend_standing_form),
     .count_offset = offsetof(struct amend_form, discount.standing_count), .records_max = AMEND_STANDING_MAX},
    {.kind = FIELD_DECIMAL, .name = "percent", .label = N_("Discount in %"), .digits = 4, .min = 1, .max = RATE_ONE,
     .offset = offsetof(struct amend_form, discount.ppm)},
    {.kind = FIELD_DECIMAL, .name = "amount", .label = N_("Amount off"), .digits = AMOUNT_DIGITS, .min = 1, .max = AMOUNT_MAX,
     .hint = N_("Off each period"), .offset = offsetof(struct amend_form, discount.amount)},
    {.kind = FIELD_INTEGER, .name = "periods", .label = N_("For how many periods"), .min = 1, .max = DISCOUNT_PERIODS_MAX,
     .hint = N_("Empty: for ever"), .offset = offsetof(struct amend_form, discount.periods)},
    {.kind = FIELD_TEXT, .name = "coupon", .label = N_("Discount code"), .max = 60, .autocomplete = "off",
     .hint = N_("It says itself what it takes off and for how long."), .offset = offsetof(struct amend_form, discount.code)},
    {.kind = FIELD_CHOICE, .name = "when", .label = N_("Takes effect"), .required = true, .options = boundary_option,
     .option_count = COUNT_OF(boundary_option), .offset = offsetof(struct amend_form, when)},
    {.kind = FIELD_DATE, .name = "on", .label = N_("On this day"), .hint = N_("Only for a later period: the first that begins on this day or after it."),
     .offset = offsetof(struct amend_form, on)},
    REASON_FIELD,
};

#define FIELDS(table) (table), COUNT_OF(table)

static const struct act {
    const char *name; /* the address's last word */
    const char *title;
    const char *about;
    const char *button;
    enum amendment_kind kind;
    const char *when; /* what the form starts with */
    const struct field *fields;
    size_t field_count;
} act[] = {
    {"lines", N_("Quantities and options"), N_("Change quantities, add or remove options at the lists' prices or at your own, sell something once with them."),
     N_("Change the subscription"), AMENDMENT_LINES, "once", FIELDS(lines_field)},
    {"plan", N_("Plan and recurrence"), N_("Every line goes on at its price in another plan."), N_("Change the plan"), AMENDMENT_LINES, "once",
     FIELDS(plan_field)},
    {"discount", N_("Discount"), N_("A discount of the whole subscription, in % or as an amount, by hand or by a code. It begins and ends with a period; what is invoiced already stays as it is."),
     N_("Change the discount"), AMENDMENT_DISCOUNT, "period_end", FIELDS(discount_field)},
    {"pause", N_("Pause"), N_("Nothing is billed meanwhile. Days that are paid are served after it."), N_("Pause the subscription"),
     AMENDMENT_PAUSE, "period_end", FIELDS(pause_field)},
    {"resume", N_("Resume"), N_("The pause ends; new periods begin."), N_("Resume the subscription"), AMENDMENT_RESUME, "once", FIELDS(day_field)},
    {"close", N_("Close now"), N_("It ends today, before what is paid, with or without a credit note."), N_("Close the subscription"),
     AMENDMENT_CLOSE, "once", FIELDS(close_field)},
    {"renew", N_("Renew early"), N_("The next period is invoiced today."), N_("Invoice the next period"), AMENDMENT_RENEW, "once",
     FIELDS(reason_field)},
    {"reactivate", N_("Reactivate"), N_("Within 90 days of its end. Nothing is billed for the time between."), N_("Reactivate the subscription"),
     AMENDMENT_REACTIVATE, "once", FIELDS(reason_field)},
    {"transfer", N_("Transfer"), N_("Another customer goes on with it. Invoices so far stay as they are."), N_("Transfer the subscription"),
     AMENDMENT_TRANSFER, "once", FIELDS(transfer_field)},
    {"owner", N_("Hand over"), N_("Somebody else of your people looks after it. Nothing changes for the customer."), N_("Hand the subscription over"),
     AMENDMENT_TRANSFER, "once", FIELDS(owner_field)},
};

static const struct act *act_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(act); i++)
        if (str_equal(act[i].name, name))
            return &act[i];
    return NULL;
}

static bool act_fits(const struct act *a, const struct subscription *s)
{
    enum subscription_state state = subscription_state_from_name(s->state);

    switch (a->kind) {
    case AMENDMENT_LINES:
    case AMENDMENT_DISCOUNT: return state != SUBSCRIPTION_PAUSED && state != SUBSCRIPTION_ENDED;
    case AMENDMENT_PAUSE: return subscription_next(state, SUBSCRIPTION_PAUSES) != 0 && s->ends_on == DATE_NONE;
    case AMENDMENT_RESUME: return subscription_next(state, SUBSCRIPTION_RESUMES) != 0;
    case AMENDMENT_CLOSE: return subscription_next(state, SUBSCRIPTION_CLOSES) != 0 && state != SUBSCRIPTION_PENDING;
    case AMENDMENT_RENEW: return subscription_in_force(state) && s->ends_on == DATE_NONE;
    case AMENDMENT_REACTIVATE: return subscription_next(state, SUBSCRIPTION_REACTIVATES) != 0;
    case AMENDMENT_TRANSFER: return state != SUBSCRIPTION_ENDED;
    }
    return false;
}

/* ---- the wish ---- */

/* Room for the lines that the wish points at. */
struct reading {
    struct amending amending;
    struct amending_line lines[AMENDING_LINES_MAX + ADDITIONS];
    const char *field[AMENDING_LINES_MAX + ADDITIONS]; /* where a refusal of that line stands */
    struct subscription_line *in_force;
    size_t in_force_count;
};

/* The product that is to be added, and how; id 0 when the field has an error now. */
static enum err read_addition(struct page *page, struct form *form, const struct product_choice *choice, const struct amend_add_form *typed,
                              size_t i, int64_t *product_id, bool *once)
{
    const char *field = arena_printf(page->ctx->arena, "add.%zu.product", i);
    bool by_list = typed->product[0] == 'r' || typed->product[0] == 'o';
    struct product product;

    *once = choice->typed ? str_equal(typed->how, "once") : typed->product[0] == 'o';
    TRY(page->ctx, pick_product(page, form, field, choice->typed || !by_list ? typed->product : typed->product + 1, choice, 0, false, &product));
    *product_id = product.id;
    return OK;
}

/* A price of the seller's own and a discount of the i-th line that is added. */
static void read_own_terms(struct page *page, struct form *form, const struct amend_add_form *typed, size_t i, const char *currency,
                           struct amending_line *line)
{
    struct arena *arena = page->ctx->arena;
    const char *price = form_typed(form, arena_printf(arena, "add.%zu.price", i));

    line->own_price = price != NULL && str_trim(arena, price)[0] != '\0';
    line->unit_price_e4 = typed->price_e4;
    line->discount_ppm = (int32_t)typed->discount_ppm;
    line->discount_minor = amount_typed(page, form, arena_printf(arena, "add.%zu.off", i), typed->off, currency);
    if (typed->discount_ppm > 0 && typed->off > 0)
        form_error(form, arena_printf(arena, "add.%zu.off", i), tr("A discount is a percentage or an amount: leave one of them empty"));
    if (typed->periods > 0 && typed->discount_ppm == 0 && typed->off == 0)
        form_error(form, arena_printf(arena, "add.%zu.discount", i), tr("Enter the discount that these periods have"));
    if (typed->periods > 0 && line->act == AMENDING_ADD_ONCE)
        form_error(form, arena_printf(arena, "add.%zu.periods", i), tr("What is sold once has no periods: leave this empty"));
    line->discount_periods = (int32_t)typed->periods;
}

static enum err read_lines_of(struct page *page, struct form *form, const struct amend_form *v, const char *currency, struct reading *r)
{
    struct amending *a = &r->amending;
    struct product_choice choice;

    for (size_t i = 0; i < v->line_count; i++) {
        const struct amend_line_form *typed = &v->lines[i];
        bool same = false;

        for (size_t k = 0; k < r->in_force_count; k++)
            same |= r->in_force[k].position == typed->slot && r->in_force[k].quantity_e4 == typed->quantity_e4;
        if (same && !typed->remove)
            continue;
        r->field[a->line_count] = arena_printf(page->ctx->arena, "line.%zu.quantity", i);
        r->lines[a->line_count++] = (struct amending_line){.act = typed->remove ? AMENDING_REMOVE : AMENDING_SET, .slot = (int32_t)typed->slot,
                                                           .quantity_e4 = typed->quantity_e4};
    }
    TRY(page->ctx, load_product_choice(page, false, &choice));
    for (size_t i = 0; i < v->add_count; i++) {
        const struct amend_add_form *typed = &v->adds[i];
        int64_t id;
        bool once;

        if (str_empty(typed->product))
            continue;
        TRY(page->ctx, read_addition(page, form, &choice, typed, i, &id, &once));
        if (id == 0)
            continue;
        if (typed->quantity_e4 == 0)
            form_error(form, arena_printf(page->ctx->arena, "add.%zu.quantity", i), tr("Enter a quantity above 0"));
        r->field[a->line_count] = arena_printf(page->ctx->arena, "add.%zu.product", i);
        r->lines[a->line_count] = (struct amending_line){.act = once ? AMENDING_ADD_ONCE : AMENDING_ADD,
                                                         .product_id = id, .quantity_e4 = typed->quantity_e4};
        read_own_terms(page, form, typed, i, currency, &r->lines[a->line_count++]);
    }
    return OK;
}

static enum err read_wish(struct page *page, const struct act *what, struct form *form, const struct amend_form *v,
                          const struct subscription *s, struct reading *r)
{
    struct amending *a = &r->amending;
    struct customer customer;
    long long id = 0;

    *a = (struct amending){.subscription_id = s->id, .kind = what->kind, .when = AMENDMENT_AT_ONCE, .on = v->on, .credit = v->credit, .agreed = v->agreed,
                           .lines = r->lines, .keep_anchor = v->keep_anchor,
                           .resume_on = what->kind == AMENDMENT_PAUSE ? v->resume_on : DATE_NONE, .reason = v->reason, .shown = v->shown};
    if (!str_empty(v->when))
        a->when = amendment_when_from_name(v->when);
    if (what->fields == lines_field)
        TRY(page->ctx, read_lines_of(page, form, v, s->currency, r));
    if (what->fields == discount_field)
        amend_discount_read(page, form, &v->discount, s, a);
    if (what->fields == plan_field) {
        if (!str_empty(v->plan) && !str_to_i64(v->plan, 1, INT64_MAX, &id))
            form_error(form, "plan", tr("Choose a plan"));
        a->plan_id = id;
    }
    if (what->fields == transfer_field && !str_empty(v->customer)) {
        TRY(page->ctx, pick_customer(page, form, "customer", v->customer, s->customer_id, &customer));
        a->customer_id = customer.id;
    }
    if (what->fields == owner_field && !str_empty(v->owner)) {
        if (!str_to_i64(v->owner, 1, INT64_MAX, &id))
            form_error(form, "owner", tr("Choose another person."));
        a->owner_id = id;
    }
    return OK;
}

/* Puts a refusal beside its field; one that belongs to none is said above the form. */
static const char *show_refusal(struct form *form, const struct act *what, const struct reading *r)
{
    const struct amending *a = &r->amending;
    const char *text = tr(a->refusal);

    switch (a->refused_at) {
    case AMENDING_AT_DAY:
        if (what->fields == reason_field || what->fields == close_field || what->fields == owner_field)
            return text;
        form_error(form, a->when == AMENDMENT_ON_DATE ? "on" : "when", text);
        return NULL;
    case AMENDING_AT_LINE:
        if (what->fields != lines_field || a->refused_line >= a->line_count)
            return text;
        form_error(form, r->field[a->refused_line], text);
        return NULL;
    case AMENDING_AT_PLAN:
        if (what->fields != plan_field)
            return text;
        form_error(form, "plan", text);
        return NULL;
    case AMENDING_AT_RESUME: form_error(form, "resume_on", text); return NULL;
    case AMENDING_AT_CUSTOMER: form_error(form, "customer", text); return NULL;
    case AMENDING_AT_OWNER: form_error(form, "owner", text); return NULL;
    case AMENDING_AT_DISCOUNT:
        form_error(form, a->own.amount_minor > 0 ? "amount" : a->own.ppm > 0 ? "percent" : "coupon", text);
        return NULL;
    case AMENDING_AT_COUPON: form_error(form, "coupon", text); return NULL;
    case AMENDING_AT_FORM:
    case AMENDING_AT_CARD: break;
    }
    return text;
}

/* ---- the form ---- */

/* At this customer's prices: in the plan, and once. Where there are many products, one is typed, and how it is charged
 * chosen beside it. */
static enum err fill_products(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct product_choice choice;
    struct price_lists lists;
    const struct product *list;
    int row = 0;

    TRY(page->ctx, load_product_choice(page, false, &choice));
    list = choice.products;
    hdf_flag(hdf, "ProductsTyped", choice.typed);
    for (size_t i = 0; i < choice.count && choice.typed; i++) {
        HDF *node = hdf_row(hdf, "Products", (int)i);

        hdf_text(node, "v", pick_text(page->ctx->arena, list[i].name, list[i].code));
        hdf_text(node, "l", list[i].name);
    }
    if (choice.typed)
        return OK;
    TRY(page->ctx, load_price_lists(page->ctx, s->customer_id, s->currency, page->ctx->today_on, &lists));
    for (size_t i = 0; i < choice.count; i++)
        for (int once = 0; once < 2; once++) {
            struct listed_price listed;
            HDF *node;

            if (!plan_price(&lists, list[i].id, once ? 0 : s->plan_id, QUANTITY_ONE, &listed) || (once && listed.rule.model != PRICE_PER_UNIT))
                continue;
            node = hdf_row(hdf, "Products", row++);
            hdf_text(node, "v", arena_printf(page->ctx->arena, "%c%lld", once ? 'o' : 'r', (long long)list[i].id));
            hdf_text(node, "l", tr_fill(page->ctx->arena, once ? tr("{product}, {price} once") : tr("{product}, {price} per period"), "product", list[i].name,
                                        "price", view_price(page, &listed.rule, QUANTITY_ONE, s->currency), NULL));
        }
    return OK;
}

static enum err fill_owners(struct page *page, HDF *hdf, const struct subscription *s, const char *chosen)
{
    struct seller_user *list;
    size_t count;
    int row = 0;

    TRY(page->ctx, seller_users(page->ctx, &list, &count));
    view_option(hdf, "owner", row++, "", tr("Choose a person"), false);
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_printf(page->ctx->arena, "%lld", (long long)list[i].id);

        if (str_equal(list[i].state, "active") && list[i].id != s->owner_id)
            view_option(hdf, "owner", row++, id, list[i].name, chosen != NULL && str_equal(id, chosen));
    }
    return OK;
}

static enum err fill_plans(struct page *page, HDF *hdf, const struct subscription *s, const char *chosen)
{
    struct plan *list;
    size_t count;
    int row = 0;

    TRY(page->ctx, plans(page->ctx, true, &list, &count));
    view_option(hdf, "plan", row++, "", tr("Choose a plan"), false);
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_printf(page->ctx->arena, "%lld", (long long)list[i].id);

        if (list[i].id != s->plan_id)
            view_option(hdf, "plan", row++, id, arena_printf(page->ctx->arena, "%s, %s", list[i].name, phrase_per(page->ctx->arena, list[i].every)),
                        chosen != NULL && str_equal(id, chosen));
    }
    return OK;
}

static void fill_line_names(HDF *hdf, const struct form *form, const struct reading *r)
{
    HDF *root = hdf_node(hdf, "Form");

    for (size_t i = 0; i < r->in_force_count && i < form_records(form, &lines_field[0]); i++) {
        HDF *node = hdf_row(root, "line", (int)i);

        hdf_text(node, "what", r->in_force[i].description);
        hdf_text(node, "unit", r->in_force[i].unit);
        hdf_flag(node, "metered", str_equal(r->in_force[i].timing, "usage"));
    }
}

/* again: why the card is shown once more instead of being confirmed; NULL. */
static enum err show_form(struct page *page, const struct act *what, struct form *form, const struct subscription *s, const struct reading *r,
                          bool card, const char *problem, const char *again)
{
    HDF *hdf = page_tree(page);
    struct customer customer;

    TRY(page->ctx, customer_by_id(page->ctx, s->customer_id, &customer));
    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Act.name", what->name);
    hdf_text(hdf, "Act.about", tr(what->about));
    hdf_text(hdf, "Act.path", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/amend/%s", s->number, what->name));
    hdf_text(hdf, "Act.back", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/amend", s->number));
    hdf_text(hdf, "Act.subscription", arena_printf(page->ctx->arena, "%s, %s", s->number, customer.name));
    hdf_flag(hdf, "Act.lines", what->fields == lines_field);
    hdf_flag(hdf, "Act.fits", act_fits(what, s));
    if (what->fields == lines_field) {
        TRY(page->ctx, fill_products(page, hdf, s));
        fill_line_names(hdf, form, r);
    }
    if (what->fields == discount_field)
        amend_discount_fill(page, hdf, form, s, r->in_force, r->in_force_count);
    if (what->fields == plan_field)
        TRY(page->ctx, fill_plans(page, hdf, s, form_typed(form, "plan")));
    if (what->fields == transfer_field)
        TRY(page->ctx, offer_customers(page, hdf, form, "customer"));
    if (what->fields == owner_field)
        TRY(page->ctx, fill_owners(page, hdf, s, form_typed(form, "owner")));
    if (card && form->error_count == 0 && problem == NULL) {
        hdf_flag(hdf, "Card.proposable", what->kind == AMENDMENT_LINES && subscription_in_force(subscription_state_from_name(s->state)));
        amend_card(page, hdf, &r->amending, r->in_force, r->in_force_count, tr(what->button));
        amend_typed(page, hdf, form, &r->amending);
        hdf_text(hdf, "Card.before.mrr", page_mrr(page, r->amending.before.mrr_e4, s->currency));
        hdf_text(hdf, "Card.after.mrr", page_mrr(page, r->amending.after.mrr_e4, s->currency));
    }
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    else if (again != NULL)
        layout_flash(hdf, "warn", again, NULL, NULL);
    else if (!act_fits(what, s))
        layout_flash(hdf, "warn", tr("This is not possible in the subscription's present state."), NULL, NULL);
    return page_show(page, form->error_count > 0 || problem != NULL ? 422 : again != NULL ? 409 : 200, tr(what->title), "admin/amend.cs");
}

static enum err load(struct page *page, struct subscription *s, struct reading *r)
{
    struct subscription_line *lines;
    size_t count;
    enum err err = subscription_by_number(page->ctx, page->arg[0], s);
    int32_t on;

    if (err != OK)
        return err;
    TRY(page->ctx, subscription_lines(page->ctx, s->id, s->id + 1, &lines, &count));
    on = page->ctx->today_on > s->started_on ? page->ctx->today_on : s->started_on;
    r->in_force = subscription_lines_shown(page->ctx->arena, lines, count, on, &r->in_force_count);
    return OK;
}

static const struct act *act_of(const struct page *page)
{
    return act_named(strrchr(page->route->pattern, '/') + 1);
}

/* The form as it starts: what is there, nothing changed. */
static void start_form(struct page *page, const struct act *what, struct form *form, const struct subscription *s, const struct reading *r)
{
    static const char *const own_terms[] = {".price", ".discount", ".off", ".periods"}; /* empty: none of the seller's own */
    static const char *const begun[] = {"percent", "amount", "periods"};
    struct amend_form v = {.when = what->when, .on = DATE_NONE, .resume_on = DATE_NONE, .credit = true, .plan = "", .customer = "", .owner = "", .reason = "",
                           .add_count = ADDITIONS};

    v.lines = ARENA_ARRAY(page->ctx->arena, struct amend_line_form, r->in_force_count + 1);
    v.adds = ARENA_ARRAY(page->ctx->arena, struct amend_add_form, ADDITIONS);
    for (size_t i = 0; i < r->in_force_count; i++)
        v.lines[v.line_count++] = (struct amend_line_form){r->in_force[i].position, r->in_force[i].quantity_e4, false};
    for (size_t i = 0; i < ADDITIONS; i++)
        v.adds[i] = (struct amend_add_form){.product = "", .how = "recurring", .quantity_e4 = QUANTITY_ONE};
    amend_discount_start(page, s, r->in_force, r->in_force_count, &v.discount);
    form_fill(form, page->ctx, what->fields, what->field_count, &v);
    for (size_t i = 0; i < form->typed.count && what->fields == discount_field; i++)
        for (size_t j = 0; j < COUNT_OF(begun); j++)
            if (str_equal(form->typed.items[i].name, begun[j]))
                form->typed.items[i].value = "";
    for (size_t i = 0; i < form->typed.count; i++)
        for (size_t j = 0; j < COUNT_OF(own_terms); j++)
            if (strncmp(form->typed.items[i].name, "add.", 4) == 0 && str_ends(form->typed.items[i].name, own_terms[j]))
                form->typed.items[i].value = "";
}

enum err page_amend(struct page *page)
{
    const struct act *what = act_of(page);
    struct reading *r = ARENA_NEW(page->ctx->arena, struct reading);
    struct subscription s;
    struct amend_form v;
    struct form form;
    const char *problem = NULL;
    enum err err = load(page, &s, r);

    if (err != OK)
        return err;
    if (!str_equal(page_query(page, "do"), "preview")) {
        start_form(page, what, &form, &s, r);
        return show_form(page, what, &form, &s, r, false, NULL, NULL);
    }
    if (!form_read(&form, page->ctx, what->fields, what->field_count, &page->request->fields, &v))
        return page_error(page, 400, NULL);
    TRY(page->ctx, read_wish(page, what, &form, &v, &s, r));
    if (form.error_count == 0)
        TRY(page->ctx, preview_amendment(page->ctx, &r->amending));
    if (form.error_count == 0 && r->amending.refusal != NULL)
        problem = show_refusal(&form, what, r);
    return show_form(page, what, &form, &s, r, true, problem, NULL);
}

/* Instead of being made, it becomes a quote that the customer accepts. */
static enum err propose(struct page *page, const struct act *what, struct form *form, const struct subscription *s, struct reading *r)
{
    struct once once = admin_once(page, "/admin/quotes/{ref}/edit");
    struct contract_drafting drafting = {.subscription_id = s->id, .owner_id = page->seller.user_id};
    const char *problem;

    TRY(page->ctx, draft_upsell(page->ctx, &drafting, &r->amending, &once));
    if (r->amending.refusal == NULL)
        return page_see(page, "%s", drafting.url);
    problem = show_refusal(form, what, r);
    return show_form(page, what, form, s, r, false, problem, NULL);
}

enum err page_amend_post(struct page *page)
{
    const struct act *what = act_of(page);
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=amended");
    struct reading *r = ARENA_NEW(page->ctx->arena, struct reading);
    struct subscription s;
    struct amend_form v;
    struct form form;
    const char *problem = NULL, *again;
    enum err err = load(page, &s, r);

    if (err != OK)
        return err;
    if (!page_form(page, &form, what->fields, what->field_count, &v))
        return OK;
    TRY(page->ctx, read_wish(page, what, &form, &v, &s, r));
    if (form.error_count > 0)
        return show_form(page, what, &form, &s, r, false, NULL, NULL);
    if (str_equal(form.button, "propose") && what->kind == AMENDMENT_LINES)
        return propose(page, what, &form, &s, r);
    TRY(page->ctx, make_amendment(page->ctx, &r->amending, &once));
    if (r->amending.refusal == NULL)
        return page_see(page, "%s", r->amending.url);
    if (r->amending.refused_at != AMENDING_AT_CARD) {
        problem = show_refusal(&form, what, r);
        return show_form(page, what, &form, &s, r, false, problem, NULL);
    }
    again = tr(r->amending.refusal);
    TRY(page->ctx, preview_amendment(page->ctx, &r->amending));
    if (r->amending.refusal != NULL)
        problem = show_refusal(&form, what, r);
    return show_form(page, what, &form, &s, r, true, problem, again);
}

/* ---- what can be changed; taking back ---- */

static enum err show_choice(struct page *page, const struct subscription *s, const char *problem)
{
    enum subscription_state state = subscription_state_from_name(s->state);
    HDF *hdf = page_tree(page);
    int row = 0;

    for (size_t i = 0; i < COUNT_OF(act); i++) {
        HDF *node;

        if (!act_fits(&act[i], s))
            continue;
        node = hdf_row(hdf, "Acts", row++);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/amend/%s", s->number, act[i].name));
        hdf_text(node, "title", tr(act[i].title));
        hdf_text(node, "about", tr(act[i].about));
    }
    if (state != SUBSCRIPTION_ENDED && state != SUBSCRIPTION_PAUSED)
        hdf_text(hdf, "Renewal.action", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/renewal-quote", s->number));
    hdf_text(hdf, "Back", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", s->number));
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, problem != NULL ? 422 : 200, tr_fill(page->ctx->arena, "Change subscription {number}", "number", s->number, NULL),
                     "admin/amend_choice.cs");
}

enum err page_amend_choice(struct page *page)
{
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    return err != OK ? err : show_choice(page, &s, NULL);
}

enum err page_renewal_quote_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/quotes/{ref}/edit");
    struct contract_drafting drafting = {.owner_id = page->seller.user_id};
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    drafting.subscription_id = s.id;
    TRY(page->ctx, draft_renewal(page->ctx, &drafting, &once));
    return drafting.refusal != NULL ? show_choice(page, &s, tr(drafting.refusal)) : page_see(page, "%s", drafting.url);
}

enum err page_amend_undo_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=amend_undone");
    struct undoing undoing;
    struct subscription s;
    long long id = 0;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!str_to_i64(page->arg[1], 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    err = undo_amendment(page->ctx, s.id, id, &once, &undoing);
    if (err != OK)
        return err;
    return undoing.refusal != NULL ? page_error(page, 409, tr(undoing.refusal)) : page_see(page, "%s", undoing.url);
}
