/* slice: the documents of a series between two numbers, as those read them who go through a whole series: one statement
 * a table for all of them, never one a document. */
#ifndef TACITE_STORE_SLICE_H
#define TACITE_STORE_SLICE_H

#include <stdint.h>

struct slice {
    const char *series;
    int64_t after; /* sequences (after, until] */
    int64_t until;
};

/* Stands before the table that is read; the documents come first, whatever the optimiser believes:
 * what is joined after it is joined straight too, else it may begin there. */
#define SLICE                                                                                                           \
    "(SELECT id AS document_id, customer_version_id AS person_id FROM invoice FORCE INDEX (one_number) "                \
    "WHERE series = ? AND sequence > ? AND sequence <= ?) slice STRAIGHT_JOIN "
#define SLICE_PARAMS(s) PARAMS(P_TEXT((s)->series), P_I64((s)->after), P_I64((s)->until))

#endif
