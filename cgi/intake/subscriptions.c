/* subscriptions: a file's rows of running subscriptions, a row per line of the contract; rows that follow each other
 * with one reference are one subscription, and what concerns the whole of it stands in the first of them. */
#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/subscription.h"
#include "intake/kinds.h"
#include "intake/price_words.h"
#include "intake/tax_classes.h"
#include "service/contract.h"
#include "service/importing.h"
#include "store/renewal.h"
#include "text/words.h"

struct subscription_form {
    const char *customer;
    const char *plan;
    const char *currency;
    const char *language;
    int32_t start_on;
    int32_t anchor_on;
    int64_t month_day;
    int32_t next_on;
    int32_t arrears_on;
    int32_t end_on;
    int32_t commitment_on;
    const char *discounts;
    const char *product;
    const char *description;
    const char *unit;
    const char *kind;
    const char *timing;
    const char *tax;
    int64_t quantity_e4;
    int64_t price_e4;
    const char *model;
    const char *tiers;
    int64_t discount_ppm; /* a percentage with four decimals is parts per million */
    int64_t off_e4;
    int64_t discount_periods;
    int32_t from_on;
    int32_t until_on;
};

static const struct field_option language_option[] = {{"fr", N_("French"), NULL}, {"en", N_("English"), NULL}};
static const struct field_option kind_option[] = {{"service", N_("Service"), NULL}, {"goods", N_("Goods"), NULL}};

static const struct field_option timing_option[] = {{"advance", N_("In advance"), NULL}, {"arrears", N_("In arrears"), NULL}, {"usage", N_("By use, afterwards"), NULL}};

static const struct field_option model_option[] = {{"per_unit", N_("Per unit"), NULL}, {"volume", N_("Volume"), NULL},
    {"graduated", N_("Graduated"), NULL}, {"flat", N_("Flat"), NULL}};

/* The first twelve are of the whole subscription. */
enum { WHOLE_FIELDS = 12 };
static const struct field subscription_field[] = {
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .required = true, .max = 60,
     .offset = offsetof(struct subscription_form, customer)},
    {.kind = FIELD_TEXT, .name = "plan", .label = N_("Plan"), .required = true, .max = 100, .offset = offsetof(struct subscription_form, plan)},
    {.kind = FIELD_TEXT, .name = "currency", .label = N_("Currency"), .max = 3, .offset = offsetof(struct subscription_form, currency)},
    {.kind = FIELD_CHOICE, .name = "language", .label = N_("Language"), .options = language_option,
     .option_count = COUNT_OF(language_option), .offset = offsetof(struct subscription_form, language)},
    {.kind = FIELD_DATE, .name = "start", .label = N_("First day"), .required = true, .offset = offsetof(struct subscription_form, start_on)},
    {.kind = FIELD_DATE, .name = "anchor", .label = N_("Anchor"), .offset = offsetof(struct subscription_form, anchor_on)},
    {.kind = FIELD_INTEGER, .name = "month_day", .label = N_("Day of the month"), .min = 0, .max = 31,
     .offset = offsetof(struct subscription_form, month_day)},
    {.kind = FIELD_DATE, .name = "next_period", .label = N_("Next period"), .required = true,
     .offset = offsetof(struct subscription_form, next_on)},
    {.kind = FIELD_DATE, .name = "next_arrears", .label = N_("Next period in arrears"), .offset = offsetof(struct subscription_form, arrears_on)},
    {.kind = FIELD_DATE, .name = "end", .label = N_("End"), .offset = offsetof(struct subscription_form, end_on)},
    {.kind = FIELD_DATE, .name = "commitment", .label = N_("Minimum duration"), .offset = offsetof(struct subscription_form, commitment_on)},
    {.kind = FIELD_TEXT, .name = "discounts", .label = N_("Discounts of the whole"), .max = DISCOUNTS_CELL_BYTES,
     .offset = offsetof(struct subscription_form, discounts)},
    {.kind = FIELD_TEXT, .name = "product", .label = N_("Product"), .max = 40, .offset = offsetof(struct subscription_form, product)},
    {.kind = FIELD_TEXT, .name = "description", .label = N_("Description"), .max = 500, .offset = offsetof(struct subscription_form, description)},
    {.kind = FIELD_TEXT, .name = "unit", .label = N_("Unit"), .max = 20, .offset = offsetof(struct subscription_form, unit)},
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("Kind"), .options = kind_option, .option_count = COUNT_OF(kind_option),
     .offset = offsetof(struct subscription_form, kind)},
    {.kind = FIELD_CHOICE, .name = "timing", .label = N_("Billed"), .options = timing_option, .option_count = COUNT_OF(timing_option),
     .offset = offsetof(struct subscription_form, timing)},
    {.kind = FIELD_CHOICE, .name = "tax", .label = N_("VAT"), .options = tax_class_option, .option_count = TAX_CLASSES,
     .offset = offsetof(struct subscription_form, tax)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .required = true, .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct subscription_form, quantity_e4)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct subscription_form, price_e4)},
    {.kind = FIELD_CHOICE, .name = "model", .label = N_("How the price is made"), .options = model_option, .option_count = COUNT_OF(model_option),
     .offset = offsetof(struct subscription_form, model)},
    {.kind = FIELD_TEXT, .name = "tiers", .label = N_("Tiers"), .max = TIERS_CELL_BYTES, .offset = offsetof(struct subscription_form, tiers)},
    {.kind = FIELD_DECIMAL, .name = "discount", .label = N_("Discount in %"), .digits = 4, .min = 0, .max = RATE_ONE,
     .offset = offsetof(struct subscription_form, discount_ppm)},
    {.kind = FIELD_DECIMAL, .name = "off", .label = N_("Amount off"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct subscription_form, off_e4)},
    {.kind = FIELD_INTEGER, .name = "discount_periods", .label = N_("Periods with discount"), .min = 0, .max = DISCOUNT_PERIODS_MAX,
     .offset = offsetof(struct subscription_form, discount_periods)},
    {.kind = FIELD_DATE, .name = "from", .label = N_("First day of the line"), .offset = offsetof(struct subscription_form, from_on)},
    {.kind = FIELD_DATE, .name = "until", .label = N_("First day without the line"), .offset = offsetof(struct subscription_form, until_on)},
};

static const struct column_text column[] = {
    {"reference", {"V-7001", "V-7001"}, N_("How the other system names the subscription. Rows that follow each other with one reference are the lines of one subscription."), true},
    {"customer", {"K-1001", ""}, N_("Reference of the customer, who is there already"), false},
    {"plan", {"", ""}, N_("Name of the plan: how often it is billed"), false},
    {"currency", {"EUR", ""}, N_("Three letters; nothing: the company's currency"), false},
    {"language", {"en", ""}, N_("Of the contract; nothing: the customer's language"), false},
    {"start", {"2024-03-15", ""}, N_("First day of the contract"), false},
    {"anchor", {"2024-03-15", ""}, N_("The day from which periods are counted; nothing: as the plan says"), false},
    {"month_day", {"", ""}, N_("The day of the month on which periods begin, where it is not the anchor's; 31: the last"), false},
    {"next_period", {"2026-12-15", ""}, N_("First day of the next period to bill. Everything before it was billed elsewhere and is never billed here."), false},
    {"next_arrears", {"", ""}, N_("First day of the next period to bill of lines in arrears; nothing: the next period"), false},
    {"end", {"", ""}, N_("First day without service, when the end is known"), false},
    {"commitment", {"", ""}, N_("It cannot end before this day"), false},
    {"discounts", {"5% x 12", ""}, N_("Off each of its invoices: 10%, or an amount such as 5.00; x 3: for the next three periods, after 2: from the third on; a coupon's code behind it. Two are joined by +."), false},
    {"product", {"", ""}, N_("Code of the product. What the row leaves out is taken from it."), false},
    {"description", {"Licence Pro", "Storage"}, N_("What the invoice says; nothing: the product's name"), false},
    {"unit", {"user", ""}, N_("Such as user, hour, piece"), false},
    {"kind", {"service", "service"}, NULL, false},
    {"timing", {"", ""}, N_("Nothing: as the product or the plan says"), false},
    {"tax", {"standard", "standard"}, NULL, false},
    {"quantity", {"5", "1"}, NULL, false},
    {"price", {"29.00", ""}, N_("Price of one, excl. VAT, per period. It stays as it is when the product's price changes."), false},
    {"model", {"", "graduated"}, N_("Nothing: per unit. Flat: the price whatever the quantity. Volume and graduated have tiers instead of a price."), false},
    {"tiers", {"", "10=9.90 *=7.50"}, N_("Such as 10=5 50=4 *=3+2: up to 10 at 5 each, up to 50 at 4, above at 3 each and 2 once"), false},
    {"discount", {"10", ""}, N_("Discount in %"), false},
    {"off", {"", ""}, N_("An amount off the line each period, instead of a percentage"), false},
    {"discount_periods", {"36", ""}, N_("For how many periods from the first day of the line; 0: for ever"), false},
    {"from", {"", ""}, N_("First day of the line; nothing: of the contract"), false},
    {"until", {"", ""}, N_("First day without the line, when it ends before the contract"), false},
};

static bool of_the_whole(const char *name)
{
    for (size_t i = 0; i < WHOLE_FIELDS; i++)
        if (str_equal(subscription_field[i].name, name))
            return true;
    return false;
}

/* A later record with what the first one says about the whole; another word there is a problem. */
static struct csv_record completed(struct reading *r, const struct csv_record *first, const struct csv_record *record)
{
    struct csv_record out = *record;

    out.cells = arena_memdup(r->ctx->arena, record->cells, record->count * sizeof *record->cells);
    for (size_t i = 0; i < record->count; i++) {
        if (!of_the_whole(r->field[i]))
            continue;
        if (str_trim(r->ctx->arena, record->cells[i])[0] != '\0' && !str_equal(record->cells[i], first->cells[i]))
            read_problem(r, record, r->field[i], tr("The first line of this subscription says something else"));
        out.cells[i] = first->cells[i];
    }
    return out;
}

/* The index of the period that begins on this day; an error at the field when none does. */
static int32_t period_of(struct form *form, const char *field, const struct schedule *schedule, const struct subscription_form *v, int32_t on)
{
    struct arena *arena = form->ctx->arena;
    int32_t index = schedule_index(schedule, on);

    if (index < 0 || on < schedule->anchor_on)
        form_error(form, field, tr("It lies before the anchor"));
    else if (schedule_boundary(schedule, index) != on)
        form_error(form, field,
                   tr_fill(arena, "No period begins on this day: one begins on {before}, the next on {after}", "before",
                           date_text(arena, schedule_boundary(schedule, index)), "after",
                           date_text(arena, schedule_boundary(schedule, index + 1)), NULL));
    else if (schedule_boundary(schedule, index + 1) <= v->start_on)
        form_error(form, field, tr("This period ends before the contract begins"));
    return index;
}

/* The rules of the plan, for the term that runs when the next period begins. */
static void take_term(struct subscription *s, const struct plan *plan, int32_t next_on)
{
    const struct schedule schedule = subscription_schedule(s);
    struct term term;

    s->term_unit = plan->term_unit_name;
    s->term_count = plan->term_count;
    s->term_renews = plan->term_renews;
    term = subscription_term(s);
    s->term_until_on = term_end_at(&term, &schedule, next_on > s->started_on ? next_on : s->started_on);
    if (s->ends_on == DATE_NONE && s->term_until_on != DATE_NONE && !s->term_renews) {
        s->ends_on = s->term_until_on;
        s->end_reason = "term";
    }
}

/* Ordinal of the period that is billed next; of the one of which lines in arrears or by use are billed next, where there are
 * some. Cells count from it. */
static int32_t next_ordinal(const struct subscription *s, const struct subscription_line *lines, size_t count)
{
    const struct schedule schedule = subscription_schedule(s);
    int32_t index = s->next_index;
    int32_t ordinal;

    for (size_t i = 0; i < count; i++)
        if (!str_equal(lines[i].timing, "advance") && s->arrears_index < index)
            index = s->arrears_index;
    ordinal = index - schedule_index(&schedule, subscription_counted_from(s));
    return ordinal < 0 ? 0 : ordinal;
}

/* Counted from the next period, as the file says them: begin_discounts makes them the contract's. */
static void read_discounts(struct form *form, const struct subscription_form *v, struct subscription *s)
{
    struct arena *arena = form->ctx->arena;
    struct discounts discounts;

    if (!discounts_of_cell(arena, v->discounts, currency_find(s->currency), &discounts)) {
        form_error(form, "discounts", tr("Write 10% or an amount such as 5.00; x 3 for three periods; join two by +"));
        return;
    }
    s->discounts = discounts_text(&discounts, arena_alloc(arena, DISCOUNTS_TEXT_BYTES));
}

static void begin_discounts(struct arena *arena, struct item *item)
{
    int32_t ordinal = next_ordinal(&item->subscription, item->lines, item->line_count);
    struct discounts discounts = subscription_discounts(&item->subscription);

    for (size_t i = 0; i < discounts.count; i++) /* without end and begun: from the first period on says the same */
        discounts.of[i].from += discounts.of[i].periods > 0 || discounts.of[i].from > 0 ? ordinal : 0;
    item->subscription.discounts = discounts_text(&discounts, arena_alloc(arena, DISCOUNTS_TEXT_BYTES));
}

/* What is asked once: customer, plan, dates. Errors go to the form of the first record. */
static enum err read_whole(struct reading *r, struct form *form, const struct subscription_form *v, struct subscription *s)
{
    const struct plan *plan = plan_named(r, v->plan);
    struct customer customer = {0};
    enum err err = v->customer[0] != '\0' ? customer_by_reference(r->ctx, v->customer, &customer) : OK;
    struct schedule schedule;
    int32_t arrears_on = v->arrears_on != DATE_NONE ? v->arrears_on : v->next_on;

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND)
        form_error(form, "customer", tr("No customer has this reference: import the customers first"));
    if (v->plan[0] != '\0' && plan == NULL)
        form_error(form, "plan", tr("There is no plan of this name"));
    if (v->currency[0] != '\0' && currency_find(v->currency) == NULL)
        form_error(form, "currency", tr("This currency is not known"));
    if (v->end_on != DATE_NONE && v->start_on != DATE_NONE && v->end_on <= v->start_on)
        form_error(form, "end", tr("It ends before it begins"));
    else if (v->end_on != DATE_NONE && arrears_on != DATE_NONE && v->end_on <= arrears_on)
        form_error(form, "end", tr("It ends before the next period: nothing is left to bill"));
    if (plan != NULL && v->month_day != 0 && recurrence_months(plan->every) == 0)
        form_error(form, "month_day", tr("Only plans of months have a day of the month"));
    if (form->error_count > 0 || plan == NULL)
        return OK;
    if (v->anchor_on == DATE_NONE && v->month_day == 0)
        schedule = anchor_schedule(plan->anchor, plan->every, v->start_on);
    else
        schedule = (struct schedule){.anchor_on = v->anchor_on != DATE_NONE ? v->anchor_on : v->start_on, .every = plan->every,
                                     .month_day = (int)v->month_day};
    *s = (struct subscription){
        .plan_id = plan->id, .customer_id = customer.id, .consolidated = customer.consolidated,
        .state = subscription_state_name(subscription_state_at_start(v->start_on, v->start_on, r->ctx->today_on)),
        .currency = v->currency[0] != '\0' ? v->currency : r->company.currency,
        .language = v->language[0] != '\0' ? v->language : customer.language, .unit = plan->unit_name, .count = plan->count,
        .anchor_on = schedule.anchor_on, .month_day = schedule.month_day, .epoch_on = DATE_NONE, .term_from_on = DATE_NONE, .started_on = v->start_on, .trial_until_on = DATE_NONE,
        .trial_end = "bill", .ends_on = v->end_on, .end_reason = "", .commitment_until_on = v->commitment_on,
        .notice_days = plan->notice_days, .max_missed = plan->max_missed, .debit_first = plan->debit_first,
        .next_index = period_of(form, "next_period", &schedule, v, v->next_on), .held_on = DATE_NONE, .hold_reason = "",
        .error = "", .billed_until_on = v->next_on < arrears_on ? v->next_on : arrears_on};
    s->arrears_index = v->arrears_on != DATE_NONE ? period_of(form, "next_arrears", &schedule, v, arrears_on) : s->next_index;
    if (form->error_count == 0) {
        take_term(s, plan, v->next_on);
        read_discounts(form, v, s);
    }
    return OK;
}

/* Of the line, its product, its plan: the first that says something. */
static const char *timing_of(const struct reading *r, const struct subscription_form *v, const struct product *product)
{
    const struct plan *plan = plan_named(r, v->plan);

    if (v->timing[0] != '\0')
        return v->timing;
    if (!str_empty(product->timing))
        return product->timing;
    return plan != NULL ? plan->timing_name : billing_timing_name(BILLING_ADVANCE);
}

/* What a unit costs, or a table of tiers. */
static void read_price(struct form *form, const struct subscription_form *v, struct subscription_line *line)
{
    struct arena *arena = form->ctx->arena;
    struct price_rule rule = {.model = v->model[0] != '\0' ? price_model_from_name(v->model) : PRICE_PER_UNIT, .unit_price_e4 = v->price_e4};
    bool tiered = price_model_has_tiers(rule.model);
    const char *typed = form_typed(form, "price");

    line->price_model = price_model_name(rule.model);
    line->tiers = "";
    if (tiered)
        rule.unit_price_e4 = line->unit_price_e4 = 0;
    if (!tiered && str_empty(typed))
        form_error(form, "price", tr_fill(arena, "Fill in: {label}", "label", tr("Price excl. VAT"), NULL));
    if (tiered && !str_empty(typed))
        form_error(form, "price", tr("Volume and graduated prices have tiers instead of a price"));
    if (!tiers_of_cell(arena, v->tiers, &rule))
        form_error(form, "tiers", tr("Write tiers such as 10=5 50=4 *=3"));
    else if (!tiered && rule.tier_count > 0)
        form_error(form, "tiers", tr("Only volume and graduated prices have tiers"));
    else if (tiered && price_rule_refusal(&rule, NULL) != TIER_ACCEPTED)
        form_error(form, "tiers", tr("Tiers rise, and the last one is *: it takes all larger quantities"));
    else if (tiered)
        line->tiers = tiers_text(&rule, arena_alloc(arena, TIERS_TEXT_BYTES));
}

static void read_off(struct form *form, const struct subscription_form *v, const struct currency *currency, struct subscription_line *line)
{
    int64_t step = PRICE_ONE;

    for (int digit = 0; digit < currency->digits; digit++)
        step /= 10;
    if (v->off_e4 % step != 0)
        form_error(form, "off", tr_fill(form->ctx->arena, "{currency} has {n} decimals: this amount has more", "currency", currency->code, "n",
                                        arena_printf(form->ctx->arena, "%d", currency->digits), NULL));
    else if (v->off_e4 > 0 && v->discount_ppm > 0)
        form_error(form, "off", tr("A discount is a percentage or an amount: leave one of them empty"));
    line->discount_minor = v->off_e4 / step;
}

static enum err read_line(struct reading *r, struct form *form, const struct subscription_form *v, const struct subscription *s,
                          struct subscription_line *line)
{
    struct product product = {.name = "", .unit = "", .kind = "service", .tax_class = "standard"};
    enum err err = v->product[0] != '\0' ? product_by_code(r->ctx, v->product, &product) : OK;
    const struct currency *currency = s->currency != NULL ? currency_find(s->currency) : NULL;
    struct price_rule rule;
    int64_t net_minor;

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND)
        form_error(form, "product", tr("No product has this code: import the products first"));
    else if (v->product[0] == '\0' && v->description[0] == '\0')
        form_error(form, "description", tr("Write a description or the code of a product"));
    if (v->from_on != DATE_NONE && v->until_on != DATE_NONE && v->until_on <= v->from_on)
        form_error(form, "until", tr("It ends before it begins"));
    *line = (struct subscription_line){
        .product_id = product.id, .product_kind = v->kind[0] != '\0' ? v->kind : product.kind,
        .timing = timing_of(r, v, &product),
        .description = v->description[0] != '\0' ? v->description : product.name, .unit = v->unit[0] != '\0' ? v->unit : product.unit,
        .quantity_e4 = v->quantity_e4, .unit_price_e4 = v->price_e4, .discount_ppm = (int32_t)v->discount_ppm,
        .discount_periods = (int32_t)v->discount_periods, .tax_class = v->tax[0] != '\0' ? v->tax : product.tax_class,
        .from_on = v->from_on != DATE_NONE ? v->from_on : v->start_on, .until_on = v->until_on};
    read_price(form, v, line);
    if (currency != NULL)
        read_off(form, v, currency, line);
    if (str_equal(line->timing, "usage"))
        line->quantity_e4 = QUANTITY_ONE; /* what is used is reported */
    if (form->error_count == 0 && currency != NULL &&
        (!price_rule_read(line->price_model, line->tiers, line->unit_price_e4, &rule) ||
         !price_rule_net(&rule, line->quantity_e4, line->discount_ppm, currency, &net_minor)))
        form_error(form, "price", tr("The amount is out of bounds"));
    return OK;
}

/* A line as the period with this ordinal of its own prices it: one for each part of its price. */
static void add_priced(struct arena *arena, const struct subscription_line *line, int32_t ordinal, const struct currency *currency,
                       struct price_line *lines, size_t *count)
{
    struct price_part *parts = ARENA_ARRAY(arena, struct price_part, PRICE_PARTS_MAX);
    int64_t *off = ARENA_ARRAY(arena, int64_t, PRICE_PARTS_MAX);
    bool lasts = line->discount_periods == 0 || ordinal < line->discount_periods;
    struct price_rule rule;
    size_t part_count;

    CHECK(price_rule_read(line->price_model, line->tiers, line->unit_price_e4, &rule));
    part_count = price_rule_parts(&rule, line->quantity_e4, parts);
    price_parts_off(parts, part_count, lasts ? line->discount_minor : 0, currency, off);
    for (size_t i = 0; i < part_count; i++)
        lines[(*count)++] = (struct price_line){.kind = LINE_RECURRING, .quantity_e4 = parts[i].quantity_e4, .unit_price_e4 = parts[i].unit_price_e4,
                                                .discount_ppm = lasts ? line->discount_ppm : 0, .discount_minor = off[i]};
}

/* Per period and per month, as the next period finds them, and the next day on which something happens. */
static bool count_amounts(struct reading *r, struct item *item)
{
    struct arena *arena = r->ctx->arena;
    struct price_line *lines = ARENA_ARRAY(arena, struct price_line, item->line_count * PRICE_PARTS_MAX + 1);
    int64_t *nets = ARENA_ARRAY(arena, int64_t, item->line_count * PRICE_PARTS_MAX + 1);
    int64_t *taken = ARENA_ARRAY(arena, int64_t, item->line_count * PRICE_PARTS_MAX + 1);
    struct subscription *s = &item->subscription;
    const struct currency *currency = currency_find(s->currency);
    const struct schedule schedule = subscription_schedule(s);
    const struct discounts all = subscription_discounts(s), left = discounts_left(&all, next_ordinal(s, item->lines, item->line_count));
    int32_t next_on = schedule_boundary(&schedule, s->next_index);
    struct billing_facts facts;
    struct billing_plan plan;
    size_t count = 0;

    next_on = next_on > s->started_on ? next_on : s->started_on;
    for (size_t i = 0; i < item->line_count; i++) {
        const struct subscription_line *line = &item->lines[i];
        int32_t ordinal = s->next_index - schedule_index(&schedule, line->from_on > s->started_on ? line->from_on : s->started_on);

        if (!str_equal(line->timing, "usage") && line->from_on <= next_on && (line->until_on == DATE_NONE || line->until_on > next_on))
            add_priced(arena, line, ordinal < 0 ? 0 : ordinal, currency, lines, &count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!line_period_net(&lines[i], 0, currency, &nets[i]))
            return false;
        s->period_minor += nets[i];
    }
    s->period_minor -= discounts_take(arena, &left, 0, true, nets, count, taken);
    facts = subscription_billing(r->ctx, s, item->lines, item->line_count);
    facts.today_on = DATE_NONE; /* before everything: the first due day of all */
    plan = billing_plan(arena, &facts);
    s->due_on = subscription_next_day(r->ctx, s, plan.next_due_on);
    return s->period_minor <= MONEY_MAX && mrr_less(arena, lines, count, &left, currency, schedule.every, 0, &s->mrr_e4);
}

static bool line_is_over(const struct subscription_line *line, int32_t on)
{
    return line->until_on != DATE_NONE && line->until_on <= on;
}

/* Lines that are over say nothing about what runs. */
static enum err open_lines(struct ctx *ctx, const struct subscription *s, int32_t on, struct subscription_line **lines, size_t *count)
{
    size_t all;

    TRY(ctx, subscription_lines(ctx, s->id, s->id + 1, lines, &all));
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (!line_is_over(&(*lines)[i], on))
            (*lines)[(*count)++] = (*lines)[i];
    return OK;
}

static bool same_line(const struct subscription_line *a, const struct subscription_line *b)
{
    return a->product_id == b->product_id && a->quantity_e4 == b->quantity_e4 && a->unit_price_e4 == b->unit_price_e4 &&
           a->discount_ppm == b->discount_ppm && a->discount_minor == b->discount_minor && str_equal(a->price_model, b->price_model) &&
           str_equal(a->tiers, b->tiers) && a->discount_periods == b->discount_periods && a->from_on == b->from_on &&
           a->until_on == b->until_on && str_equal(a->description, b->description) && str_equal(a->unit, b->unit) &&
           str_equal(a->tax_class, b->tax_class) && str_equal(a->product_kind, b->product_kind) && str_equal(a->timing, b->timing);
}

/* What is left of the discounts where the file's next period begins, as a cell says it. */
static const char *discounts_then(struct arena *arena, const struct subscription *there, const struct item *file)
{
    const struct discounts all = subscription_discounts(there),
                           left = discounts_left(&all, next_ordinal(&file->subscription, file->lines, file->line_count));

    return discounts_cell(arena, &left, currency_find(there->currency));
}

/* next_period moves on with every renewal: the file's is the one of its day. */
static enum err compare(struct reading *r, struct item *item, const struct subscription *there)
{
    const struct subscription *s = &item->subscription;
    struct subscription_line *lines;
    size_t count;
    bool same;

    TRY(r->ctx, open_lines(r->ctx, there, s->billed_until_on, &lines, &count));
    same = there->customer_id == s->customer_id && there->plan_id == s->plan_id && str_equal(there->currency, s->currency) &&
           there->started_on == s->started_on && there->anchor_on == s->anchor_on && there->month_day == s->month_day && there->ends_on == s->ends_on &&
           there->commitment_until_on == s->commitment_until_on && s->next_index <= there->next_index && count == item->line_count &&
           str_equal(discounts_then(r->ctx->arena, there, item), discounts_then(r->ctx->arena, s, item));
    for (size_t i = 0; same && i < count; i++)
        same = same_line(&lines[i], &item->lines[i]);
    item->fate = FATE_UNCHANGED;
    if (!same)
        read_note(r, &item->records[0], "reference", tr("This subscription runs already, with other values: it is left as it is"));
    return OK;
}

static enum err read(struct reading *r, struct item *item)
{
    struct subscription_form base_values = {.customer = "", .plan = "", .currency = "", .language = "", .product = "", .description = "",
        .unit = "", .kind = "", .timing = "", .tax = "", .discounts = "", .model = "", .tiers = "", .start_on = DATE_NONE, .anchor_on = DATE_NONE, .next_on = DATE_NONE,
        .arrears_on = DATE_NONE, .end_on = DATE_NONE,
        .commitment_on = DATE_NONE, .from_on = DATE_NONE, .until_on = DATE_NONE, .quantity_e4 = QUANTITY_ONE};
    size_t problems = r->report->problem_count;
    struct subscription *s = &item->subscription;
    struct subscription there;
    enum err err;

    item->lines = ARENA_ARRAY(r->ctx->arena, struct subscription_line, item->record_count);
    for (size_t i = 0; i < item->record_count; i++) {
        struct csv_record record = i == 0 ? item->records[0] : completed(r, &item->records[0], &item->records[i]);
        struct subscription_form v;
        struct form base;
        struct form form;

        form_fill(&base, r->ctx, subscription_field, COUNT_OF(subscription_field), &base_values);
        CHECK(read_form(r, &record, &base, &v, &form));
        if (i == 0)
            TRY(r->ctx, read_whole(r, &form, &v, s));
        TRY(r->ctx, read_line(r, &form, &v, s, &item->lines[i]));
        for (size_t e = 0; e < form.error_count; e++)
            if (i == 0 || !of_the_whole(form.errors[e].name)) /* told once */
                read_problem(r, &record, form.errors[e].name, form.errors[e].message);
        item->lines[i].position = (int32_t)i + 1;
        item->line_count++;
    }
    if (r->report->problem_count > problems)
        return OK;
    begin_discounts(r->ctx->arena, item);
    if (!count_amounts(r, item)) {
        read_problem(r, &item->records[0], "price", tr("The amount is out of bounds"));
        return OK;
    }
    err = subscription_by_reference(r->ctx, item->reference, &there);
    if (err == OK)
        return compare(r, item, &there);
    if (err != ERR_NOT_FOUND)
        return err;
    s->external_ref = item->reference;
    item->fate = FATE_NEW;
    if (s->due_on != DATE_NONE && s->due_on < r->ctx->today_on)
        read_note(r, &item->records[0], "next_period", tr("This period is due already: the next run bills it"));
    return OK;
}

static enum err write(struct reading *r, struct item *item)
{
    return put_imported_subscription(r->ctx, r->company.subscription_prefix, &item->subscription, item->lines, item->line_count);
}

static void append_line(struct reading *r, const struct subscription *s, const struct discounts *left, const struct customer *customer,
                        const char *plan, const struct schedule *schedule, const struct subscription_line *line, const char *code, struct str *out)
{
    struct arena *arena = r->ctx->arena;
    const struct currency *currency = currency_find(s->currency);
    struct price_rule rule;
    int64_t step = PRICE_ONE;

    for (int digit = 0; digit < currency->digits; digit++)
        step /= 10;
    CHECK(price_rule_read(line->price_model, line->tiers, line->unit_price_e4, &rule));
    const char *const cells[] = {
        str_empty(s->external_ref) ? s->number : s->external_ref, customer_reference(customer), plan, s->currency, s->language,
        date_text(arena, s->started_on), date_text(arena, s->anchor_on), arena_printf(arena, "%d", (int)s->month_day),
        date_text(arena, schedule_boundary(schedule, s->next_index)), date_text(arena, schedule_boundary(schedule, s->arrears_index)),
        date_text(arena, s->ends_on), date_text(arena, s->commitment_until_on),
        discounts_cell(arena, left, currency), code, line->description, line->unit,
        line->product_kind, line->timing, line->tax_class, decimal_text(arena, line->quantity_e4, 4), price_model_has_tiers(rule.model) ? "" : decimal_text(arena, rule.unit_price_e4, 4),
        price_model_name(rule.model), tiers_cell(arena, &rule), decimal_text(arena, line->discount_ppm, 4), decimal_text(arena, line->discount_minor * step, 4), arena_printf(arena, "%d", (int)line->discount_periods),
        date_text(arena, line->from_on), date_text(arena, line->until_on)};

    _Static_assert(COUNT_OF(cells) == COUNT_OF(column), "a cell per column");
    csv_append(out, ';', cells, COUNT_OF(cells));
}

static enum err export_one(struct reading *r, const struct subscription *s, struct str *out)
{
    const struct schedule schedule = subscription_schedule(s);
    struct customer customer;
    struct subscription_line *lines;
    const struct discounts all = subscription_discounts(s);
    struct discounts left;
    const char *plan = "";
    size_t count;

    for (size_t i = 0; i < r->plan_count; i++)
        if (r->plans[i].id == s->plan_id)
            plan = r->plans[i].name;
    TRY(r->ctx, customer_by_id(r->ctx, s->customer_id, &customer));
    TRY(r->ctx, open_lines(r->ctx, s, schedule_boundary(&schedule, s->arrears_index), &lines, &count));
    left = discounts_left(&all, next_ordinal(s, lines, count));
    for (size_t i = 0; i < count; i++) {
        struct product product = {.code = ""};

        if (lines[i].product_id != 0)
            TRY(r->ctx, product_by_id(r->ctx, lines[i].product_id, &product));
        append_line(r, s, &left, &customer, plan, &schedule, &lines[i], product.code, out);
    }
    return OK;
}

static enum err export_some(struct reading *r, int64_t *after_id, bool *more, struct str *out)
{
    struct subscription *rows;
    size_t count;

    TRY(r->ctx, running_subscriptions_after(r->ctx, *after_id, RENEWAL_GROUP_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(r->ctx, export_one(r, &rows[i], out));
        *after_id = rows[i].id;
    }
    *more = count == RENEWAL_GROUP_MAX;
    return OK;
}

const struct kind subscription_kind = {
    .name = "subscriptions", .text = N_("Running subscriptions"), .fields = subscription_field,
    .field_count = COUNT_OF(subscription_field), .columns = column, .column_count = COUNT_OF(column), .reference = "reference",
    .many_lines = true, .read = read, .write = write, .export_some = export_some};
