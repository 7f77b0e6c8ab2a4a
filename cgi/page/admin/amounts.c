#include "page/admin/amounts.h"

#include "base/check.h"
#include "core/money.h"
#include "text/words.h"

/* Thousandths in one minor unit. */
static int64_t step_of(const char *code)
{
    const struct currency *currency = currency_find(code);
    int64_t step = 1;

    CHECK(currency != NULL && currency->digits <= AMOUNT_DIGITS);
    for (int digit = currency->digits; digit < AMOUNT_DIGITS; digit++)
        step *= 10;
    return step;
}

int64_t amount_typed(struct page *page, struct form *form, const char *name, int64_t thousandths, const char *currency)
{
    int64_t step = step_of(currency);

    if (thousandths % step == 0)
        return thousandths / step;
    form_error(form, name, tr_fill(page->ctx->arena, "{currency} has {n} decimals: this amount has more", "currency", currency, "n",
                                   arena_printf(page->ctx->arena, "%d", currency_find(currency)->digits), NULL));
    return 0;
}

int64_t amount_to_type(int64_t minor, const char *currency)
{
    return minor * step_of(currency);
}
