/* import: files of customers, products, running subscriptions and what was used of them.
 *
 * A file is a table (core/csv) whose first line names its columns, in any order; the columns are the fields of the
 * forms, read by the forms' own tables and checks. A column that the file does not have keeps what is there. Dates
 * are ISO or as people write them; a number's decimal mark is a dot, or a comma where cells are not separated by
 * commas; marks of thousands are refused.
 *
 * First everything is checked and nothing is written; a file with one problem is not imported at all. Then it is
 * written in groups of rows, a transaction each. Every row has a reference that is unique (customers and
 * subscriptions: the other system's, or our number; products: the code), so that the same file changes nothing the
 * second time, and one whose import was cut is simply imported again.
 *
 * Customers and products that are there are changed to what the file says. A running subscription is a contract: it is
 * made once and then left alone; where the file says something else, that is told. An imported one has no order; what
 * lies before its next period was billed elsewhere (core/billing starts at next_index, a trigger refuses the rest).
 *
 * Usage is a row per report (service/metering); one that is there is left alone.
 *
 * Exported files have the same columns: importing one changes nothing. */
#ifndef TACITE_INTAKE_IMPORT_H
#define TACITE_INTAKE_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/str.h"

enum import_kind { IMPORT_CUSTOMERS = 1, IMPORT_PRODUCTS, IMPORT_SUBSCRIPTIONS, IMPORT_USAGE };
enum { IMPORT_KINDS = IMPORT_USAGE };

enum { IMPORT_PROBLEMS_KEPT = 100, IMPORT_CURRENCIES_MAX = 20 };

/* "customers", "products", "subscriptions", "usage"; 0 when unknown. */
const char *import_kind_name(enum import_kind kind);
enum import_kind import_kind_from_name(const char *name);
const char *import_kind_text(enum import_kind kind); /* English msgid */

/* A column, for people: finished text in the language of words. */
struct import_column {
    const char *name;
    const char *text;
    const char *values;  /* what may stand there; "" anything */
    const char *sample;
    bool required;
};
enum err import_columns(struct ctx *ctx, enum import_kind kind, struct import_column **columns, size_t *count) MUST_USE;
/* A file with two example rows. */
enum err import_sample(struct ctx *ctx, enum import_kind kind, struct str *out) MUST_USE;
/* All rows of a kind, of subscriptions those that run. */
enum err export_rows(struct ctx *ctx, enum import_kind kind, struct str *out) MUST_USE;

struct import_problem {
    int32_t line;
    const char *column;  /* its name in the file; "" the whole line */
    const char *value;
    const char *message; /* finished text */
    bool note;           /* told only: it does not keep the file from being imported */
};

struct import_mrr {
    char currency[4];
    int64_t subscriptions;
    int64_t mrr_e4;
};

struct import_report {
    int64_t rows;        /* customers, products or subscriptions in the file */
    int64_t created;
    int64_t changed;
    int64_t unchanged;
    size_t problem_count;  /* that keep the file out */
    size_t kept_count;     /* problems and notes that are told */
    struct import_problem kept[IMPORT_PROBLEMS_KEPT];
    struct import_mrr mrr[IMPORT_CURRENCIES_MAX]; /* of all subscriptions in the file: the trial balance */
    size_t mrr_count;
};

struct import {
    enum import_kind kind;
    const char *data;    /* borrowed */
    size_t bytes;
    int64_t rows_max;    /* 0: no limit */
    bool dry_run;        /* check only */
    int64_t file_id;     /* an uploaded file, locked while each group is written; 0 none */
    bool (*stop)(void);  /* NULL: never */
    void (*progress)(void *arg, int64_t rows);
    void *arg;
};

/* OK also when there are problems: then nothing was written. ERR_CONFLICT: the uploaded file is done or gone. Texts of
 * the report are in ctx->arena. */
enum err run_import(struct ctx *ctx, const struct import *import, struct import_report *report) MUST_USE;

#endif
