/* customer_form: what is asked about a customer, in one table for the page and for files. */
#ifndef TACITE_INTAKE_CUSTOMER_FORM_H
#define TACITE_INTAKE_CUSTOMER_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/vat_id.h"
#include "store/customer.h"
#include "web/form.h"

struct customer_form {
    int64_t rev;
    const char *kind;
    const char *name;
    const char *contact;
    const char *email;
    const char *phone;
    const char *street;
    const char *street2;
    const char *postal_code;
    const char *city;
    const char *country;
    const char *siren;
    const char *vat_id;
    const char *language;
    const char *segment;
    bool consolidated;
    bool archived;
};

enum { CUSTOMER_FIELDS = 17 };
extern const struct field customer_field[CUSTOMER_FIELDS];

/* The values of a customer that is there. */
struct customer_form customer_form_of(const struct customer *customer);

/* What single fields cannot see: errors go to the form. vat_id comes back normalised, "" when none. */
void customer_form_check(struct form *form, const struct customer_form *values, char vat_id[VAT_ID_BYTES]);

/* Sets what the form asks; id, number and references stay. */
void customer_of_form(struct arena *arena, const struct customer_form *values, const char *vat_id, struct customer *customer);

#endif
