/* product_form: what is asked about a product, in one table for the page and for files. */
#ifndef TACITE_INTAKE_PRODUCT_FORM_H
#define TACITE_INTAKE_PRODUCT_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/catalogue.h"
#include "web/form.h"

enum { PRODUCT_PRICES_MAX = 100 };

struct price_form {
    const char *plan;  /* id; "0" the one-time price */
    int64_t price_e4;
    int64_t cost_e4;   /* to the seller */
};
struct product_form {
    int64_t rev;
    const char *code;
    const char *name;
    const char *description;
    const char *kind;
    const char *unit;
    const char *timing;
    const char *tax;
    const char *account;
    bool archived;
    struct price_form *prices;
    size_t price_count;
};

enum { PRODUCT_FIELDS = 11 };
extern const struct field product_field[PRODUCT_FIELDS];

/* The values of a product that is there, without its prices. */
struct product_form product_form_of(const struct product *product);

/* What single fields cannot see: errors go to the form. */
void product_form_check(struct form *form, const struct product_form *values);

/* The account of its revenue is one of income in the chart, or none is named. */
enum err product_form_account(struct ctx *ctx, struct form *form, const struct product_form *values) MUST_USE;

/* Sets what the form asks; the id stays. */
void product_of_form(const struct product_form *values, struct product *product);

#endif
