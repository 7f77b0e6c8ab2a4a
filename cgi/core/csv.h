/* csv: tables as spreadsheets write and read them (RFC 4180).
 *
 * Reading: UTF-8 with or without byte order mark; cells between ',', ';' or tabs, whichever the first line has most
 * of; lines end in CRLF or LF; a quoted cell may hold separators, line ends (which become LF) and doubled quotes.
 * Empty lines are skipped. Strict where two readers could disagree: a quote inside a bare cell, anything after a
 * closing quote, a quote that never closes, a CR alone, NUL, bytes that are no UTF-8, a line with another number of
 * cells than the first are faults, told with line and column. Linear in the length; nothing is read past the bytes.
 *
 * Formulas: a spreadsheet takes a text that begins with = + - @ tab or CR for a formula. Written texts that begin so
 * get an apostrophe before them; so does a text whose own first character is an apostrophe. csv_plain takes one
 * apostrophe away where one of these characters follows it and leaves any other text alone: what was written is read
 * back exactly, and a file from elsewhere loses nothing. */
#ifndef TACITE_CORE_CSV_H
#define TACITE_CORE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { CSV_COLUMNS_MAX = 100, CSV_CELL_BYTES_MAX = 10000 };

enum csv_state {
    CSV_RECORD = 1,       /* a record was read */
    CSV_END,              /* there is no further one */
    CSV_NUL,              /* and the faults */
    CSV_NOT_UTF8,
    CSV_QUOTE_INSIDE,     /* a quote in a cell that does not begin with one */
    CSV_AFTER_QUOTE,      /* something between a closing quote and the separator */
    CSV_QUOTE_OPEN,       /* the last quote is never closed */
    CSV_LONE_CR,
    CSV_CELL_TOO_LONG,
    CSV_TOO_MANY_COLUMNS,
    CSV_TOO_FEW_CELLS,    /* than the first line */
    CSV_TOO_MANY_CELLS,
};

/* A reader is a value: a copy of it goes on from the same place. */
struct csv {
    const char *at;       /* borrowed */
    const char *end;
    char separator;
    int32_t line;         /* of the next record, from 1 */
    size_t columns;       /* of the first record; 0 before it */
};

struct csv_record {
    int32_t line;         /* on which it begins */
    size_t count;
    const char **cells;   /* arena memory */
    int32_t fault_line;   /* of a fault */
    int32_t fault_column; /* the cell's number, from 1 */
};

struct csv csv_open(const char *data, size_t bytes);

/* The next record. After a fault or the end the reader gives the same again. */
enum csv_state csv_next(struct csv *csv, struct arena *arena, struct csv_record *record);

/* English msgid of a fault. */
const char *csv_state_text(enum csv_state state);

/* A cell without the apostrophe that keeps it from being a formula; text itself when it has none. */
const char *csv_plain(const char *text);

/* Appends one record, CRLF at its end; texts that could be formulas are made harmless. */
void csv_append(struct str *out, char separator, const char *const *cells, size_t count);

#endif
