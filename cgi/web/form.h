/* form: a body becomes a typed struct by the table of its fields, or field errors.
 *
 * Unknown and repeated fields are malformed (400); wrong values are errors beside their fields (422).
 * What was typed is always kept for showing it again. A handler sees only the struct.
 *
 *     static const struct field sign_field[] = {
 *         {FIELD_TEXT, "name", N_("First and last name"), .required = true, .max = 200,
 *          .offset = offsetof(struct sign_form, name)},
 *         ...
 *
 * A group is a declared array: fields "line.3.quantity" fill record 3 of the array at its offset.
 * "csrf", "once" and "do" (the pressed button) belong to every form. */
#ifndef TACITE_WEB_FORM_H
#define TACITE_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "web/request.h"

enum field_kind {
    FIELD_TEXT = 1,   /* const char *: trimmed, one line */
    FIELD_MULTILINE,  /* const char *: line ends become \n */
    FIELD_EMAIL,      /* const char * */
    FIELD_PASSWORD,   /* const char *: exactly what was typed */
    FIELD_HIDDEN,     /* const char *: not shown */
    FIELD_INTEGER,    /* int64_t in [min, max] */
    FIELD_DECIMAL,    /* int64_t scaled by 10^digits, in [min, max] (scaled) */
    FIELD_DATE,       /* int32_t civil day; DATE_NONE when empty */
    FIELD_CHOICE,     /* const char *: one of options (or, without options, any text: the page checks) */
    FIELD_CHECK,      /* bool */
    FIELD_GROUP,      /* records of `fields`: an array (void *) at offset, its size_t count at count_offset */
};

struct field_option {
    const char *value;
    const char *label; /* English msgid */
    const char *hint;
};

struct field {
    enum field_kind kind;
    const char *name;
    const char *label;      /* English msgid */
    const char *hint;       /* English msgid or NULL */
    bool required;
    int64_t min;            /* of numbers; ignored when min = max = 0 */
    int64_t max;            /* of numbers; of texts: bytes (0: 500) */
    int digits;             /* of FIELD_DECIMAL */
    const struct field_option *options;
    size_t option_count;
    const char *autocomplete;
    const char *missing;    /* English msgid when required and empty; NULL: "Fill in: {label}" */
    size_t offset;
    const struct field *fields; /* of a group */
    size_t field_count;
    size_t record_bytes;
    size_t count_offset;
    size_t records_max;
};

struct form_error {
    const char *id;      /* of the field's element, "f-line-3-quantity" */
    const char *name;    /* of the field */
    const char *message; /* translated */
};

enum { FORM_ERRORS_MAX = 200 };

struct form {
    struct ctx *ctx;
    const struct field *fields;
    size_t field_count;
    struct pairs typed;          /* what was typed, or what form_fill wrote */
    void *values;
    const char *button;          /* value of "do", "" when none */
    const char *csrf;
    const char *once;
    size_t error_count;
    struct form_error errors[FORM_ERRORS_MAX];
};

/* Reads the pairs into values (zeroed first). False when malformed: 400. Wrong values are in
 * form->errors. Values of wrong fields stay zero. */
bool form_read(struct form *form, struct ctx *ctx, const struct field *fields, size_t field_count,
               const struct pairs *pairs, void *values);

/* The other way: a form that shows these values. */
void form_fill(struct form *form, struct ctx *ctx, const struct field *fields, size_t field_count, const void *values);

/* Adds an error of a handler's own; message is already translated. name is the field's full name. */
void form_error(struct form *form, const char *name, const char *message);

/* What was typed into the field with this full name ("line.3.quantity"); NULL when it was not sent. */
const char *form_typed(const struct form *form, const char *name);

/* "f-line-3-quantity" */
char *form_id(struct arena *arena, const char *name);

/* Number of records that were typed for a group (highest index + 1). */
size_t form_records(const struct form *form, const struct field *group);

#endif
