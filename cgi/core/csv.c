#include "core/csv.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const state_text[] = {
    [CSV_NUL] = N_("There is a NUL character. Save the file as CSV in UTF-8."),
    [CSV_NOT_UTF8] = N_("This is no UTF-8 text. Save the file as CSV in UTF-8."),
    [CSV_QUOTE_INSIDE] = N_("A quote stands inside a cell that does not begin with one"),
    [CSV_AFTER_QUOTE] = N_("Something follows the closing quote of the cell"),
    [CSV_QUOTE_OPEN] = N_("The quote that opens this cell is never closed"),
    [CSV_LONE_CR] = N_("The line ends in a way that is not read: use CRLF or LF"),
    [CSV_CELL_TOO_LONG] = N_("The cell is too long"),
    [CSV_TOO_MANY_COLUMNS] = N_("There are too many columns"),
    [CSV_TOO_FEW_CELLS] = N_("The line has fewer cells than the first line"),
    [CSV_TOO_MANY_CELLS] = N_("The line has more cells than the first line"),
};

const char *csv_state_text(enum csv_state state)
{
    CHECK(state >= CSV_NUL && state <= CSV_TOO_MANY_CELLS);
    return state_text[state];
}

/* Of ; , and tab the one that stands most often in the first line, outside of quotes; ',' when none does. */
static char separator_of(const char *at, const char *end)
{
    size_t commas = 0;
    size_t semicolons = 0;
    size_t tabs = 0;
    bool quoted = false;

    for (; at < end && (quoted || *at != '\n'); at++) {
        quoted ^= *at == '"';
        if (quoted)
            continue;
        commas += *at == ',';
        semicolons += *at == ';';
        tabs += *at == '\t';
    }
    if (semicolons > commas && semicolons >= tabs)
        return ';';
    return tabs > commas ? '\t' : ',';
}

struct csv csv_open(const char *data, size_t bytes)
{
    struct csv csv = {.at = data, .end = data + bytes, .line = 1};

    if (bytes >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
        csv.at += 3;
    csv.separator = separator_of(csv.at, csv.end);
    return csv;
}

struct cell {
    const char *text;
    int32_t line;  /* on which it begins */
    bool last;     /* of its record */
};

/* Bytes of the line end at p: 0 none; 1 LF; 2 CRLF. */
static size_t line_end(const char *p, const char *end)
{
    if (p < end && *p == '\n')
        return 1;
    return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/* The reader stands behind the opening quote. CRs before an LF go, also several ("\r\r\n": a text that was translated
 * twice on its way), so that a cell that was read stays as it is when it is written and read again. */
static enum csv_state read_quoted(struct csv *csv, struct str *text)
{
    const char *crs = csv->at; /* what is before it was looked at */

    for (;; csv->at++) {
        if (csv->at == csv->end)
            return CSV_QUOTE_OPEN;
        if (*csv->at == '"') {
            if (csv->end - csv->at < 2 || csv->at[1] != '"')
                break;
            csv->at++;
        } else if (*csv->at == '\r') {
            while (crs < csv->end && (crs <= csv->at || *crs == '\r'))
                crs++;
            if (crs < csv->end && *crs == '\n')
                continue; /* the LF comes next */
        }
        csv->line += *csv->at == '\n';
        if (text->bytes == CSV_CELL_BYTES_MAX)
            return CSV_CELL_TOO_LONG;
        str_append_char(text, *csv->at);
    }
    csv->at++;
    return csv->at == csv->end || *csv->at == csv->separator || line_end(csv->at, csv->end) > 0 ? CSV_RECORD
                                                                                               : CSV_AFTER_QUOTE;
}

static enum csv_state read_bare(struct csv *csv, struct str *text)
{
    const char *from = csv->at;

    for (; csv->at < csv->end && *csv->at != csv->separator && line_end(csv->at, csv->end) == 0; csv->at++) {
        if (*csv->at == '"')
            return CSV_QUOTE_INSIDE;
        if (*csv->at == '\r')
            return CSV_LONE_CR;
        if (csv->at - from == CSV_CELL_BYTES_MAX)
            return CSV_CELL_TOO_LONG;
    }
    str_append_bytes(text, from, (size_t)(csv->at - from));
    return CSV_RECORD;
}

static enum csv_state read_cell(struct csv *csv, struct arena *arena, struct cell *cell)
{
    struct str text = str_new(arena);
    enum csv_state state;
    size_t ends;

    cell->line = csv->line;
    if (csv->at < csv->end && *csv->at == '"') {
        csv->at++;
        state = read_quoted(csv, &text);
    } else {
        state = read_bare(csv, &text);
    }
    if (state != CSV_RECORD)
        return state;
    if (!str_is_utf8(text.text, text.bytes))
        return CSV_NOT_UTF8;
    if (memchr(text.text, '\0', text.bytes) != NULL)
        return CSV_NUL;
    cell->text = text.text;
    ends = line_end(csv->at, csv->end);
    cell->last = ends > 0 || csv->at == csv->end;
    csv->line += ends > 0;
    csv->at += ends > 0 ? ends : csv->at < csv->end ? 1 : 0;
    return CSV_RECORD;
}

static enum csv_state read_record(struct csv *csv, struct arena *arena, struct csv_record *record)
{
    size_t most = csv->columns > 0 ? csv->columns : CSV_COLUMNS_MAX;
    struct cell cell = {.line = csv->line};

    for (size_t empty; (empty = line_end(csv->at, csv->end)) > 0; csv->at += empty)
        csv->line++;
    *record = (struct csv_record){.line = csv->line, .cells = ARENA_ARRAY(arena, const char *, most)};
    if (csv->at == csv->end)
        return CSV_END;
    while (!cell.last) {
        enum csv_state state;

        record->fault_line = csv->line;
        record->fault_column = (int32_t)record->count + 1;
        if (record->count == most)
            return csv->columns > 0 ? CSV_TOO_MANY_CELLS : CSV_TOO_MANY_COLUMNS;
        state = read_cell(csv, arena, &cell);
        if (state != CSV_RECORD)
            return state;
        record->cells[record->count++] = cell.text;
    }
    if (record->count < csv->columns)
        return CSV_TOO_FEW_CELLS;
    csv->columns = record->count;
    return CSV_RECORD;
}

enum csv_state csv_next(struct csv *csv, struct arena *arena, struct csv_record *record)
{
    const struct csv before = *csv;
    enum csv_state state = read_record(csv, arena, record);

    if (state != CSV_RECORD)
        *csv = before;
    return state;
}

static bool begins_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r'", *text) != NULL;
}

const char *csv_plain(const char *text)
{
    return *text == '\'' && begins_formula(text + 1) ? text + 1 : text;
}

void csv_append(struct str *out, char separator, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool formula = begins_formula(cells[i]);
        bool quoted = strpbrk(cells[i], "\"\r\n") != NULL || strchr(cells[i], separator) != NULL ||
                      (count == 1 && cells[i][0] == '\0');

        if (i > 0)
            str_append_char(out, separator);
        if (quoted)
            str_append_char(out, '"');
        if (formula)
            str_append_char(out, '\'');
        for (const char *p = cells[i]; *p != '\0'; p++) {
            if (*p == '"')
                str_append_char(out, '"');
            str_append_char(out, *p);
        }
        if (quoted)
            str_append_char(out, '"');
    }
    str_append(out, "\r\n");
}
