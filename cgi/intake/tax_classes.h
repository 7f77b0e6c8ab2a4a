/* tax_classes: the VAT classes that products and lines choose from: those of rates first (core/tax: tax_rate_class), then
 * the exempt activities. One table for the forms and the files. */
#ifndef TACITE_INTAKE_TAX_CLASSES_H
#define TACITE_INTAKE_TAX_CLASSES_H

#include "web/form.h"

enum { RATE_CLASSES = 5, TAX_CLASSES = RATE_CLASSES + 11 };
extern const struct field_option tax_class_option[TAX_CLASSES];

/* English msgid of a class; NULL when it is none of ours. */
const char *tax_class_text(const char *tax_class);

#endif
