#include "service/quote_words.h"

#include "base/str.h"
#include "text/format.h"

const char *const quote_variable[QUOTE_VARIABLES] = {"customer", "contact", "company", "seller", "plan", "number", "valid_until"};

char *fill_quote_words(struct arena *arena, const struct quote_values *v, const char *text)
{
    const struct customer *c = v->customer;
    const struct placeholder known[QUOTE_VARIABLES] = {
        {"customer", c->name},
        {"contact", str_empty(c->contact_name) ? c->name : c->contact_name},
        {"company", v->company->name},
        {"seller", v->owner->name},
        {"plan", v->plan->id != 0 ? v->plan->name : ""},
        {"number", v->number},
        {"valid_until", format_date_long(arena, v->language, v->valid_until_on)},
    };

    return placeholders_fill(arena, text == NULL ? "" : text, known, QUOTE_VARIABLES);
}
