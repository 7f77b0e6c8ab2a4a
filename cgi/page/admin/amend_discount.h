/* amend_discount: the form with which a discount of a whole running contract ends or begins: what stands, each with a box that
 * ends it, and another one in % or as an amount, or by a code. */
#ifndef TACITE_PAGE_AMEND_DISCOUNT_H
#define TACITE_PAGE_AMEND_DISCOUNT_H

#include "page/page.h"
#include "service/amending.h"

enum { AMEND_STANDING_FIELDS = 2, AMEND_STANDING_MAX = DISCOUNTS_KEPT };

struct amend_standing_form {
    const char *key; /* the discount as core/discount writes it, without its periods */
    bool end;
};
extern const struct field amend_standing_field[AMEND_STANDING_FIELDS];

struct amend_discount_form {
    struct amend_standing_form *standing;
    size_t standing_count;
    int64_t ppm;
    int64_t amount; /* page/admin/amounts.h */
    int64_t periods;
    const char *code;
};

/* What stands and is in a bill to come, for a form that starts; nothing of it ended. */
void amend_discount_start(struct page *page, const struct subscription *s, const struct subscription_line *lines, size_t line_count,
                          struct amend_discount_form *form);

/* The wish that was typed; errors beside their fields. */
void amend_discount_read(struct page *page, struct form *form, const struct amend_discount_form *typed, const struct subscription *s,
                         struct amending *a);

/* Standing, and Form.standing.N.{stands, end.label}: the words of each that still stands. */
void amend_discount_fill(struct page *page, HDF *hdf, const struct form *form, const struct subscription *s, const struct subscription_line *lines,
                         size_t line_count);

#endif
