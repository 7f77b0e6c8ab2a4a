/* kinds: what the importer and the kinds of files share. */
#ifndef TACITE_INTAKE_KINDS_H
#define TACITE_INTAKE_KINDS_H

#include "core/csv.h"
#include "intake/import.h"
#include "service/metering.h"
#include "store/catalogue.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/subscription.h"
#include "web/form.h"

enum { ITEM_RECORDS_MAX = 200 };

enum fate { FATE_BAD = 1, FATE_NEW, FATE_CHANGED, FATE_UNCHANGED };

/* One customer, product, subscription or report of the file: its records, and what became of them. */
struct item {
    const struct csv_record *records;
    size_t record_count;
    const char *reference;
    enum fate fate;
    struct customer customer;
    int64_t shown_version_id;
    struct product product;
    struct price *prices;
    size_t price_count;
    struct subscription subscription;
    struct subscription_line *lines;
    size_t line_count;
    struct usage_report usage;
};

/* A column of a kind. Its words are those of the field of the same name; text says more or something else. */
struct column_text {
    const char *name;
    const char *sample[2];
    const char *text; /* English msgid; NULL: the field's label and hint */
    bool required;    /* besides what the field says */
};

struct reading;

struct kind {
    const char *name;
    const char *text;             /* English msgid */
    const struct field *fields;
    size_t field_count;
    const struct column_text *columns;
    size_t column_count;
    bool prices;                  /* and columns of prices and costs per plan */
    const char *reference;        /* the column of what names a row */
    bool many_lines;              /* records that follow each other with one reference are one item */
    /* Judges an item: fate and what would be written; what is wrong goes to read_problem. */
    enum err (*read)(struct reading *reading, struct item *item);
    /* In a transaction. */
    enum err (*write)(struct reading *reading, struct item *item);
    /* Rows of up to some rows above after_id, which moves; false at the end. */
    enum err (*export_some)(struct reading *reading, int64_t *after_id, bool *more, struct str *out);
};
extern const struct kind customer_kind;
extern const struct kind product_kind;
extern const struct kind subscription_kind;
extern const struct kind usage_kind;

struct reading {
    struct ctx *ctx;              /* its arena lasts for one item */
    struct arena *kept;           /* lasts for the report */
    const struct kind *kind;
    struct csv csv;
    size_t column_count;
    const char *column[CSV_COLUMNS_MAX]; /* as the file names them */
    const char *field[CSV_COLUMNS_MAX];  /* the form's field of each */
    struct import_report *report;
    struct company company;
    struct plan *plans;
    size_t plan_count;
};

/* column: its name or that of the form's field. */
void read_problem(struct reading *reading, const struct csv_record *record, const char *column, const char *message);
void read_note(struct reading *reading, const struct csv_record *record, const char *column, const char *message);

/* A cell by the form's field; NULL when the file has no such column. */
const char *cell_of(const struct reading *reading, const struct csv_record *record, const char *field);

/* Reads a record by the kind's table: what the file does not name comes from base, whose typed values are overwritten.
 * Wrong cells are errors of the form, to which the kind adds its own. False for a form that the table does not fit. */
bool read_form(struct reading *reading, const struct csv_record *record, struct form *base, void *values, struct form *form);
/* The form's errors become problems: call it last. True when there are none. */
bool form_fine(struct reading *reading, const struct csv_record *record, const struct form *form);

/* The plan with this name; NULL. */
const struct plan *plan_named(const struct reading *reading, const char *name);

/* Appends "amount / 10^digits" with a dot, without zeros at the end. */
const char *decimal_text(struct arena *arena, int64_t scaled, int digits);
const char *date_text(struct arena *arena, int32_t on); /* "" for DATE_NONE */

#endif
