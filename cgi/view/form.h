/* form: a form of web/form as nodes for the macros: Form.<field>, Form.<group>.N.<field>, Errors.N. */
#ifndef TACITE_VIEW_FORM_H
#define TACITE_VIEW_FORM_H

#include "view/hdf.h"
#include "web/form.h"

/* Every declared field: id, name, label, hint, err, value, type, ac, mode, required, opts; checkboxes
 * carry value "1" when ticked. */
void view_form(struct ctx *ctx, HDF *hdf, const struct form *form);

/* Adds an option to Form.<field> whose choices come from the database. */
void view_option(HDF *hdf, const char *field, int index, const char *value, const char *label, bool selected);

#endif
