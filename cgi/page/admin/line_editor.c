#include "page/admin/line_editor.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/pricing.h"
#include "intake/tax_classes.h"
#include "page/admin/amounts.h"
#include "service/quoting.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

static const struct field_option kind_option[] = {
    {"recurring", N_("Per period"), NULL}, {"one_time", N_("Once"), NULL},    {"setup", N_("Setup fee"), NULL},
    {"section", N_("Heading"), NULL},      {"note", N_("Note"), NULL}};

static const struct field_option timing_option[] = {
    {"", N_("As the product or plan says"), NULL}, {"advance", N_("In advance"), NULL}, {"arrears", N_("In arrears"), NULL}, {"usage", N_("By use, afterwards"), NULL}};

const struct field line_field[] = {
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("Charged"), .required = true, .options = kind_option,
     .option_count = COUNT_OF(kind_option), .offset = offsetof(struct line_form, kind)},
    {.kind = FIELD_CHOICE, .name = "timing", .label = N_("Billed"), .options = timing_option, .option_count = COUNT_OF(timing_option),
     .offset = offsetof(struct line_form, timing)},
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Product"), .max = PICK_TEXT_MAX, .offset = offsetof(struct line_form, product)},
    {.kind = FIELD_HIDDEN, .name = "was", .max = 20, .offset = offsetof(struct line_form, was)},
    {.kind = FIELD_INTEGER, .name = "contract", .min = 0, .max = INT64_MAX, .offset = offsetof(struct line_form, contract_line)},
    {.kind = FIELD_TEXT, .name = "description", .label = N_("Description"), .max = 500,
     .offset = offsetof(struct line_form, description)},
    {.kind = FIELD_TEXT, .name = "other", .label = N_("Description"), .max = 500, .offset = offsetof(struct line_form, other)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct line_form, quantity_e4)},
    {.kind = FIELD_CHOICE, .name = "unit", .label = N_("Unit"), .max = 20, .offset = offsetof(struct line_form, unit)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct line_form, price_e4)},
    {.kind = FIELD_HIDDEN, .name = "listed", .max = 40, .offset = offsetof(struct line_form, listed)},
    {.kind = FIELD_DECIMAL, .name = "discount", .label = N_("Discount %"), .digits = 4, .min = 0, .max = RATE_ONE,
     .offset = offsetof(struct line_form, discount_ppm)},
    {.kind = FIELD_DECIMAL, .name = "off", .label = N_("Amount off"), .digits = AMOUNT_DIGITS, .min = 0, .max = AMOUNT_MAX,
     .offset = offsetof(struct line_form, off)},
    {.kind = FIELD_INTEGER, .name = "periods", .label = N_("For how many periods"), .min = 0, .max = 1000,
     .offset = offsetof(struct line_form, discount_periods)},
    {.kind = FIELD_CHOICE, .name = "tax", .label = N_("VAT"), .max = 20, .offset = offsetof(struct line_form, tax)},
    {.kind = FIELD_CHECK, .name = "option", .label = N_("Proposed as an option"), .offset = offsetof(struct line_form, option)},
    {.kind = FIELD_CHECK, .name = "editable", .label = N_("The customer may change the quantity"),
     .offset = offsetof(struct line_form, editable)},
    {.kind = FIELD_DECIMAL, .name = "min", .label = N_("At least"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct line_form, min_e4)},
    {.kind = FIELD_DECIMAL, .name = "max", .label = N_("At most"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct line_form, max_e4)},
};
const size_t line_field_count = COUNT_OF(line_field);

enum err load_shelf(struct page *page, int64_t customer_id, const char *currency, struct shelf *shelf)
{
    if (currency == NULL)
        currency = page->company.id != 0 ? page->company.currency : "EUR";
    shelf->line_count = 0;
    TRY(page->ctx, load_product_choice(page, false, &shelf->choice));
    TRY(page->ctx, load_price_lists(page->ctx, customer_id, currency, page->ctx->today_on, &shelf->lists));
    TRY(page->ctx, plans(page->ctx, false, &shelf->plans, &shelf->plan_count));
    shelf->country = page->company.id != 0 ? page->company.country : "FR";
    return OK;
}

enum err shelf_product(struct page *page, struct shelf *shelf, int64_t id, const struct product **product)
{
    *product = NULL;
    if (id == 0)
        return OK;
    for (size_t i = 0; i < shelf->choice.count; i++)
        if (shelf->choice.products[i].id == id) {
            *product = &shelf->choice.products[i];
            return OK;
        }
    for (size_t i = 0; i < shelf->line_count; i++)
        if (shelf->lines[i].id == id)
            *product = &shelf->lines[i];
    if (*product != NULL)
        return OK;
    CHECK(shelf->line_count < EDITOR_LINES_MAX);
    TRY(page->ctx, product_by_id(page->ctx, id, &shelf->lines[shelf->line_count]));
    *product = &shelf->lines[shelf->line_count++];
    return OK;
}

enum err show_products(struct page *page, struct line_form *lines, size_t count)
{
    struct product_choice choice;

    TRY(page->ctx, load_product_choice(page, false, &choice));
    for (size_t i = 0; i < count; i++)
        TRY(page->ctx, shown_product(page, &choice, admin_id(lines[i].was), &lines[i].product));
    return OK;
}

const char *admin_tax_class(const char *tax_class)
{
    const char *text = tax_class_text(tax_class);

    return text != NULL ? tr(text) : tax_class;
}

static bool class_known(const char *tax_class)
{
    return tax_class_text(tax_class) != NULL;
}

static void fill_product(const struct page *page, HDF *hdf, const struct shelf *shelf, const struct product *product, int row)
{
    struct arena *arena = page->ctx->arena;
    HDF *node = hdf_row(hdf, "Products", row);

    hdf_text(node, "v", shelf->choice.typed ? pick_text(arena, product->name, product->code)
                                            : arena_printf(arena, "%lld", (long long)product->id));
    hdf_text(node, "l", product->name);
}

/* In a list, what a line names stays among its choices, whatever became of the product. */
static enum err fill_products(struct page *page, HDF *hdf, const struct form *form, struct shelf *shelf)
{
    size_t lines = form_records(form, &form->fields[form->field_count - 1]);
    int row = 0;

    hdf_flag(hdf, "ProductsTyped", shelf->choice.typed);
    for (size_t i = 0; i < shelf->choice.count; i++)
        fill_product(page, hdf, shelf, &shelf->choice.products[i], row++);
    for (size_t i = 0; i < lines && !shelf->choice.typed; i++) {
        const char *was = form_typed(form, arena_printf(page->ctx->arena, "line.%zu.was", i));
        const struct product *product;
        enum err err = shelf_product(page, shelf, was != NULL ? admin_id(was) : 0, &product);

        if (err != OK && err != ERR_NOT_FOUND)
            return err;
    }
    for (size_t i = 0; i < shelf->line_count && !shelf->choice.typed; i++)
        fill_product(page, hdf, shelf, &shelf->lines[i], row++);
    return OK;
}

static bool class_typed(const struct page *page, const struct form *form, const char *tax_class)
{
    size_t lines = form_records(form, &form->fields[form->field_count - 1]);

    for (size_t i = 0; i < lines; i++) {
        const char *typed = form_typed(form, arena_printf(page->ctx->arena, "line.%zu.tax", i));

        if (typed != NULL && str_equal(typed, tax_class))
            return true;
    }
    return false;
}

/* With the seller's rates of today, and those that lines have though the seller's country has none: it takes the
 * standard rate then. Exempt activities last. */
static enum err fill_classes(struct page *page, HDF *hdf, const struct form *form, const struct shelf *shelf)
{
    struct arena *arena = page->ctx->arena;
    struct tax_rate *rates;
    size_t count;
    int row = 0;

    TRY(page->ctx, tax_rates(page->ctx, &rates, &count));
    for (size_t i = 0; i < TAX_CLASSES; i++) {
        const char *tax_class = tax_class_option[i].value;
        const char *text = tr(tax_class_option[i].label);
        HDF *node;
        int32_t ppm;

        if (tax_exemption(tax_class) == 0) {
            if (tax_rate_on(rates, count, shelf->country, tax_class, page->ctx->today_on, &ppm))
                text = arena_printf(arena, "%s (%s)", text, format_percent(arena, page->ctx->language, ppm));
            else if (class_typed(page, form, tax_class))
                text = arena_printf(arena, "%s (%s)", text, tr("here: the standard rate"));
            else
                continue;
        }
        node = hdf_row(hdf, "Classes", row++);
        hdf_text(node, "v", tax_class);
        hdf_text(node, "l", text);
    }
    return OK;
}

enum err fill_shelf(struct page *page, HDF *hdf, const struct form *form, struct shelf *shelf)
{
    TRY(page->ctx, fill_products(page, hdf, form, shelf));
    for (size_t i = 0; i < shelf->lists.unit_count; i++) {
        HDF *node = hdf_row(hdf, "Units", (int)i);

        hdf_text(node, "v", shelf->lists.units[i].name);
        hdf_text(node, "l", shelf->lists.units[i].name);
    }
    return fill_classes(page, hdf, form, shelf);
}

static const struct plan *plan_of(const struct shelf *shelf, int64_t id)
{
    for (size_t i = 0; i < shelf->plan_count; i++)
        if (shelf->plans[i].id == id)
            return &shelf->plans[i];
    return NULL;
}

static void line_error(struct page *page, struct form *form, size_t line, const char *field, const char *message)
{
    form_error(form, arena_printf(page->ctx->arena, "line.%zu.%s", line, field), message);
}

static bool typed_empty(const struct page *page, const struct form *form, size_t line, const char *field)
{
    const char *typed = form_typed(form, arena_printf(page->ctx->arena, "line.%zu.%s", line, field));

    return typed == NULL || str_trim(page->ctx->arena, typed)[0] == '\0';
}

static bool has_error(const struct page *page, const struct form *form, size_t line, const char *field)
{
    const char *name = arena_printf(page->ctx->arena, "line.%zu.%s", line, field);

    for (size_t i = 0; i < form->error_count; i++)
        if (str_equal(form->errors[i].name, name))
            return true;
    return false;
}

/* Texts, unit and VAT come from the product; its price unless one was typed for the same product. A price that
 * stands as the list gave it was not typed: it follows quantity, plan and customer. */
static void take_product(struct page *page, const struct shelf *shelf, const struct product *product, bool changed,
                         bool price_given, int64_t plan_id, bool list_prices, struct quote_line *line)
{
    line->product_id = product->id;
    if (changed || str_empty(line->unit))
        line->unit = product->unit;
    line->product_kind = product->kind;
    if (changed || str_empty(line->description))
        line->description = list_prices ? "" : product->name;
    if (changed || str_empty(line->tax_class))
        line->tax_class = product->tax_class;
    if (price_given && !changed)
        return;
    if (list_prices)
        line->unit_price_e4 = QUOTE_LINE_LIST_PRICE;
    else if (!list_line_price(page->ctx, &shelf->lists, plan_id, product->unit, line) && changed)
        line->unit_price_e4 = QUOTE_LINE_LIST_PRICE;
}

static void check_line(struct page *page, struct form *form, size_t i, bool list_prices, const struct line_form *t,
                       struct quote_line *line)
{
    if (line_is_blank(line))
        return;
    if (str_empty(line->description) && !(list_prices && line->product_id != 0))
        line_error(page, form, i, "description", tr("Enter a description or choose a product"));
    if (line->kind == LINE_SECTION || line->kind == LINE_NOTE)
        return;
    if (line->discount_ppm > 0 && line->discount_minor > 0)
        line_error(page, form, i, "off", tr("A discount is a percentage or an amount: leave one of them empty"));
    if (!class_known(line->tax_class))
        line_error(page, form, i, "tax", tr("Choose a VAT rate of the list"));
    if (line->unit_price_e4 == QUOTE_LINE_LIST_PRICE && !(list_prices && line->product_id != 0) &&
        !has_error(page, form, i, "price") && !has_error(page, form, i, "quantity"))
        line_error(page, form, i, "price", tr("Enter a price: the price list has none for this line"));
    if (t->editable && line->quantity_min_e4 > line->quantity_max_e4)
        line_error(page, form, i, "max", tr("The highest quantity is below the lowest"));
    else if (t->editable && (line->quantity_e4 < line->quantity_min_e4 || line->quantity_e4 > line->quantity_max_e4))
        line_error(page, form, i, "quantity", tr("The quantity lies outside what the customer may choose"));
}

static bool unit_known(const struct shelf *shelf, const char *name)
{
    for (size_t i = 0; i < shelf->lists.unit_count; i++)
        if (str_equal(shelf->lists.units[i].name, name))
            return true;
    return false;
}

/* NULL where the line names none, or none that can be: then its error is told. A heading names none. */
static enum err read_product(struct page *page, struct form *form, struct shelf *shelf, const struct line_form *t, size_t i,
                             const struct product **product)
{
    const char *field = arena_printf(page->ctx->arena, "line.%zu.product", i);
    enum line_kind kind = line_kind_from_name(t->kind);
    struct product picked;

    *product = NULL;
    if (str_empty(t->product) || kind == LINE_SECTION || kind == LINE_NOTE)
        return OK;
    TRY(page->ctx, pick_product(page, form, field, t->product, &shelf->choice, admin_id(t->was), false, &picked));
    return shelf_product(page, shelf, picked.id, product);
}

static void read_line(struct page *page, struct form *form, const struct shelf *shelf, const struct line_form *t, size_t i,
                      const struct product *product, int64_t plan_id, bool list_prices, struct quote_line *line)
{
    bool changed = product != NULL && product->id != admin_id(t->was);
    bool price_typed = !typed_empty(page, form, i, "price");
    bool price_given = price_typed && (list_prices || !str_equal(t->listed, form_typed(form, arena_printf(page->ctx->arena, "line.%zu.price", i))));

    *line = (struct quote_line){
        .kind = line_kind_from_name(t->kind),
        .timing = billing_timing_from_name(t->timing),
        .contract_line_id = t->contract_line,
        .is_option = t->option,
        .description = t->description,
        .other_description = t->other,
        .unit = t->unit,
        .product_kind = "service",
        .tax_class = t->tax,
        .quantity_e4 = typed_empty(page, form, i, "quantity") ? QUANTITY_ONE : t->quantity_e4,
        .unit_price_e4 = price_typed ? t->price_e4 : QUOTE_LINE_LIST_PRICE,
        .discount_ppm = (int32_t)t->discount_ppm,
        .discount_minor = amount_typed(page, form, arena_printf(page->ctx->arena, "line.%zu.off", i), t->off, shelf->lists.currency),
        .discount_periods = (int32_t)t->discount_periods,
        .quantity_editable = t->editable,
    };
    if (line->kind == 0) /* a wrong kind has its error already */
        line->kind = LINE_ONE_TIME;
    line->quantity_min_e4 = t->editable && t->min_e4 != 0 ? t->min_e4 : QUANTITY_ONE;
    line->quantity_max_e4 = t->editable && t->max_e4 != 0 ? t->max_e4 : line->quantity_e4;
    if (line->kind == LINE_SECTION || line->kind == LINE_NOTE) {
        line->is_option = line->quantity_editable = false;
        line->contract_line_id = 0;
        line->unit_price_e4 = line->discount_minor = line->discount_ppm = line->discount_periods = 0;
        line->unit = "";
        line->quantity_e4 = line->quantity_min_e4 = line->quantity_max_e4 = QUANTITY_ONE;
    } else if (product != NULL) {
        if (!str_empty(line->unit) && !changed && !units_fit(&shelf->lists, line->unit, product->unit))
            line_error(page, form, i, "unit", tr("This unit does not convert to the product's unit"));
        take_product(page, shelf, product, changed, price_given, plan_id, list_prices, line);
    }
    if (!str_empty(t->unit) && !unit_known(shelf, t->unit))
        line_error(page, form, i, "unit", tr("Choose a unit of the list"));
    if (!list_prices)
        line->timing = line_timing(line->timing, product != NULL ? product->timing : "", plan_of(shelf, plan_id));
    meter_line(line);
    if (line->kind != LINE_RECURRING)
        line->contract_line_id = 0;
    if (str_empty(line->tax_class))
        line->tax_class = "standard";
    if (line->quantity_max_e4 < line->quantity_min_e4 && !t->editable)
        line->quantity_max_e4 = line->quantity_min_e4;
    check_line(page, form, i, list_prices, t, line);
}

/* "Quantity: enter a number" becomes "Line 2: Quantity: enter a number". */
static void name_lines(struct page *page, struct form *form)
{
    for (size_t i = 0; i < form->error_count; i++) {
        struct form_error *error = &form->errors[i];

        if (str_starts(error->name, "line."))
            error->message = tr_fill(page->ctx->arena, "Line {n}: {message}", "n",
                                     arena_printf(page->ctx->arena, "%ld", strtol(error->name + 5, NULL, 10) + 1),
                                     "message", error->message, NULL);
    }
}

enum err read_lines(struct page *page, struct form *form, struct shelf *shelf, const struct line_form *typed,
                    size_t typed_count, int64_t plan_id, bool list_prices, struct quote_line *lines, size_t *count)
{
    *count = typed_count < EDITOR_LINES_MAX ? typed_count : EDITOR_LINES_MAX;
    for (size_t i = 0; i < *count; i++) {
        const struct product *product;

        TRY(page->ctx, read_product(page, form, shelf, &typed[i], i, &product));
        read_line(page, form, shelf, &typed[i], i, product, plan_id, list_prices, &lines[i]);
    }
    name_lines(page, form);
    return OK;
}

void number_lines(HDF *hdf, const struct form *form)
{
    const struct field *group = &form->fields[form->field_count - 1];
    size_t count = form_records(form, group);

    CHECK(group->kind == FIELD_GROUP);
    for (size_t i = 0; i < count; i++)
        hdf_number(hdf, arena_printf(form->ctx->arena, "Form.%s.%zu.n", group->name, i), (int64_t)i + 1);
}

bool line_is_blank(const struct quote_line *line)
{
    return str_empty(line->description) && line->product_id == 0 && line->unit_price_e4 <= 0;
}

static struct pair *typed_field(const struct page *page, const struct form *form, size_t line, const char *field)
{
    const char *name = arena_printf(page->ctx->arena, "line.%zu.%s", line, field);

    for (size_t i = 0; i < form->typed.count; i++)
        if (str_equal(form->typed.items[i].name, name))
            return &form->typed.items[i];
    return NULL;
}

void lines_to_typed(const struct page *page, struct form *form, const struct quote_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pair *price = typed_field(page, form, i, "price");
        struct pair *listed = typed_field(page, form, i, "listed");

        struct pair *off = typed_field(page, form, i, "off");

        if (lines[i].discount_minor == 0)
            off->value = "";
        if (!str_empty(lines[i].tiers))
            price->value = "";
        else if (lines[i].listed)
            listed->value = price->value;
    }
}

void tell_sources(const struct page *page, HDF *hdf, const struct quote_line *lines, size_t count, const char *currency)
{
    struct arena *arena = page->ctx->arena;

    for (size_t i = 0; i < count; i++) {
        struct price_rule rule;
        const char *source;
        const char *price;

        if (!lines[i].listed || !price_rule_read(lines[i].price_model, lines[i].tiers, lines[i].unit_price_e4, &rule))
            continue;
        source = lines[i].pricelist_id != 0 ? tr_fill(arena, "From the price list {name}", "name", lines[i].pricelist_name, NULL)
                                            : tr("The product's own price");
        price = phrase_price(arena, page->ctx->language, &rule, currency);
        hdf_text(hdf, arena_printf(arena, "Form.line.%zu.source", i),
                 price[0] == '\0' ? source : arena_printf(arena, "%s (%s)", source, price));
    }
}

struct line_form *lines_to_form(struct arena *arena, const struct quote_line *lines, size_t count, const char *currency)
{
    struct line_form *form = ARENA_ARRAY(arena, struct line_form, count);

    for (size_t i = 0; i < count; i++) {
        const struct quote_line *line = &lines[i];
        const char *product = line->product_id != 0 ? arena_printf(arena, "%lld", (long long)line->product_id) : "";

        form[i] = (struct line_form){
            .kind = line_kind_name(line->kind),
            .timing = line->timing != 0 ? billing_timing_name(line->timing) : "",
            .product = product,
            .contract_line = line->contract_line_id,
            .was = product,
            .description = line->description,
            .other = line->other_description,
            .quantity_e4 = line->quantity_e4,
            .unit = line->unit,
            .price_e4 = line->unit_price_e4,
            .listed = "",
            .discount_ppm = line->discount_ppm,
            .off = amount_to_type(line->discount_minor, currency),
            .discount_periods = line->discount_periods,
            .tax = line->tax_class,
            .option = line->is_option,
            .editable = line->quantity_editable,
            .min_e4 = line->quantity_min_e4,
            .max_e4 = line->quantity_max_e4,
        };
    }
    return form;
}

static void move_line(struct quote_line *lines, size_t from, size_t to)
{
    struct quote_line line = lines[from];

    lines[from] = lines[to];
    lines[to] = line;
}

static bool add_line(struct quote_line *lines, size_t *count, size_t *focus, enum line_kind kind, bool option)
{
    if (*count == EDITOR_LINES_MAX)
        return true;
    lines[(*count)++] = (struct quote_line){.kind = kind, .is_option = option, .description = "", .unit = "",
        .quantity_e4 = QUANTITY_ONE, .tax_class = "standard", .product_kind = "service",
        .quantity_min_e4 = QUANTITY_ONE, .quantity_max_e4 = QUANTITY_ONE};
    *focus = *count;
    return true;
}

bool edit_lines(const char *button, struct quote_line *lines, size_t *count, size_t *focus)
{
    const char *dash = strrchr(button, '-');
    long long n;

    *focus = 0;
    if (str_equal(button, "add-recurring"))
        return add_line(lines, count, focus, LINE_RECURRING, false);
    if (str_equal(button, "add-once"))
        return add_line(lines, count, focus, LINE_ONE_TIME, false);
    if (str_equal(button, "add-option"))
        return add_line(lines, count, focus, LINE_RECURRING, true);
    if (str_equal(button, "add-section"))
        return add_line(lines, count, focus, LINE_SECTION, false);
    if (str_equal(button, "add-note"))
        return add_line(lines, count, focus, LINE_NOTE, false);
    if (dash == NULL || !str_to_i64(dash + 1, 1, (long long)*count, &n))
        return false;
    *focus = (size_t)n;
    if (str_starts(button, "del-")) {
        memmove(&lines[n - 1], &lines[n], (*count - (size_t)n) * sizeof *lines);
        (*count)--;
        *focus = (size_t)n <= *count ? (size_t)n : *count;
        return true;
    }
    if (str_starts(button, "up-") && n > 1) {
        move_line(lines, (size_t)n - 1, (size_t)n - 2);
        *focus = (size_t)n - 1;
        return true;
    }
    if (str_starts(button, "down-") && (size_t)n < *count) {
        move_line(lines, (size_t)n - 1, (size_t)n);
        *focus = (size_t)n + 1;
        return true;
    }
    return str_starts(button, "up-") || str_starts(button, "down-");
}
