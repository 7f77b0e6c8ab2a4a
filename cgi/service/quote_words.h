/* quote_words: the variables of a quote's texts, and their values.
 *
 * Note, terms, header, footer and the words of the confirmation keep their variables while a quote is written, so that
 * what changes meanwhile is right on the day it is sent; lines are filled when they are taken from a template, because
 * invoices copy them. From the sending on every value is one that was frozen with the version. */
#ifndef TACITE_SERVICE_QUOTE_WORDS_H
#define TACITE_SERVICE_QUOTE_WORDS_H

#include "core/placeholder.h"
#include "store/catalogue.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/seller_user.h"

struct quote_values {
    const char *language; /* of the document: dates are written in it */
    const char *number;
    const struct company *company;
    const struct customer *customer;
    const struct seller_user *owner;
    const struct plan *plan; /* id 0: nothing recurs, its name is empty */
    int32_t valid_until_on;
};

enum { QUOTE_VARIABLES = 7 };
extern const char *const quote_variable[QUOTE_VARIABLES];

char *fill_quote_words(struct arena *arena, const struct quote_values *values, const char *text);

#endif
