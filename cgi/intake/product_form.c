#include "intake/product_form.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/pricing.h"
#include "intake/tax_classes.h"
#include "store/chart.h"
#include "text/words.h"

static const struct field_option kind_option[] = {{"service", N_("Service"), NULL}, {"goods", N_("Goods"), NULL}};
static const struct field price_field[] = {
    {.kind = FIELD_HIDDEN, .name = "plan", .max = 20, .offset = offsetof(struct price_form, plan)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct price_form, price_e4)},
    {.kind = FIELD_DECIMAL, .name = "cost", .label = N_("What it costs you"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct price_form, cost_e4)},
};
static const struct field_option product_timing_option[] = {
    {"", N_("As the plan says"), NULL}, {"advance", N_("In advance"), NULL}, {"arrears", N_("In arrears"), NULL}, {"usage", N_("By use, afterwards"), NULL}};
const struct field product_field[PRODUCT_FIELDS] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct product_form, rev)},
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code"), .required = true, .max = 40, .hint = N_("Short and unique, such as LIC-PRO"),
     .missing = N_("Enter a code"), .offset = offsetof(struct product_form, code)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 200, .missing = N_("Enter the product's name"),
     .offset = offsetof(struct product_form, name)},
    {.kind = FIELD_MULTILINE, .name = "description", .label = N_("Description"), .max = 1000, .offset = offsetof(struct product_form, description)},
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("Kind"), .required = true, .options = kind_option,
     .option_count = COUNT_OF(kind_option), .offset = offsetof(struct product_form, kind)},
    {.kind = FIELD_TEXT, .name = "unit", .label = N_("Unit"), .max = 20, .hint = N_("Such as user, hour, piece"),
     .offset = offsetof(struct product_form, unit)},
    {.kind = FIELD_CHOICE, .name = "timing", .label = N_("Billed"), .options = product_timing_option,
     .option_count = COUNT_OF(product_timing_option), .offset = offsetof(struct product_form, timing)},
    {.kind = FIELD_CHOICE, .name = "tax", .label = N_("VAT"), .required = true, .options = tax_class_option, .option_count = TAX_CLASSES,
     .hint = N_("A country that has no rate of this kind takes its standard rate"), .offset = offsetof(struct product_form, tax)},
    {.kind = FIELD_CHOICE, .name = "account", .label = N_("Account of its revenue"), .max = 20,
     .hint = N_("Of class 7 of the chart; counts for the next documents"), .offset = offsetof(struct product_form, account)},
    {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer sold"), .offset = offsetof(struct product_form, archived)},
    {.kind = FIELD_GROUP, .name = "price", .offset = offsetof(struct product_form, prices), .fields = price_field,
     .field_count = COUNT_OF(price_field), .record_bytes = sizeof(struct price_form),
     .count_offset = offsetof(struct product_form, price_count), .records_max = PRODUCT_PRICES_MAX},
};

struct product_form product_form_of(const struct product *p)
{
    return (struct product_form){.rev = p->rev, .code = p->code, .name = p->name, .description = p->description, .kind = p->kind,
                                 .unit = p->unit, .timing = p->timing, .tax = p->tax_class, .account = p->revenue_account != NULL ? p->revenue_account : "",
                                 .archived = str_equal(p->state, "archived")};
}

static bool is_code(const char *code)
{
    return strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(code);
}

void product_form_check(struct form *form, const struct product_form *v)
{
    if (!is_code(v->code))
        form_error(form, "code", tr("A code has letters, digits, dots and dashes only"));
}

enum err product_form_account(struct ctx *ctx, struct form *form, const struct product_form *v)
{
    struct account account = {.kind = ""};
    enum err err;

    if (str_empty(v->account))
        return OK;
    err = account_by_code(ctx, v->account, &account);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    if (err == ERR_NOT_FOUND)
        form_error(form, "account", tr("The chart of accounts has no account of this number"));
    else if (!str_equal(account.kind, "income"))
        form_error(form, "account", tr("Choose an account of class 7: revenue stands on income"));
    return OK;
}

void product_of_form(const struct product_form *v, struct product *product)
{
    product->rev = (int32_t)v->rev;
    product->code = v->code;
    product->name = v->name;
    product->description = v->description;
    product->kind = v->kind;
    product->unit = v->unit;
    product->timing = v->timing;
    product->tax_class = v->tax;
    product->revenue_account = v->account;
    product->state = v->archived ? "archived" : "active";
}
