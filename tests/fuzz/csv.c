/* A table is refused with line and cell, or written as exports are (a mark, a line of plain names) and read back the
 * same. */
#include "core/csv.h"

#include <string.h>

#include "fuzz.h"

enum { RECORDS_MAX = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    struct csv csv = csv_open((const char *)data, size);
    struct csv_record *records = ARENA_ARRAY(ctx->arena, struct csv_record, RECORDS_MAX);
    struct str out = str_new(ctx->arena);
    struct csv again;
    struct csv_record record;
    size_t count = 0;
    enum csv_state state;

    str_append(&out, "\xEF\xBB\xBF");
    while (count < RECORDS_MAX && (state = csv_next(&csv, ctx->arena, &records[count])) == CSV_RECORD) {
        const char **cells = ARENA_ARRAY(ctx->arena, const char *, records[count].count);

        for (size_t i = 0; i < records[count].count; i++) {
            CHECK(strlen(records[count].cells[i]) <= CSV_CELL_BYTES_MAX && str_is_utf8(records[count].cells[i], strlen(records[count].cells[i])));
            cells[i] = csv_plain(records[count].cells[i]);
        }
        CHECK(count == 0 || (records[count].count == records[0].count && records[count].line > records[count - 1].line));
        for (size_t i = 0; count == 0 && i < records[0].count; i++)
            str_printf(&out, "%sname", i > 0 ? (char[]){csv.separator, '\0'} : "");
        if (count == 0)
            str_append(&out, "\r\n");
        csv_append(&out, csv.separator, cells, records[count].count);
        count++;
    }
    if (count < RECORDS_MAX && state != CSV_END) {
        struct csv_record same;

        CHECK(csv_state_text(state)[0] != '\0' && records[count].fault_line >= 1 && records[count].fault_column >= 1);
        CHECK(csv_next(&csv, ctx->arena, &same) == state);
        return 0;
    }
    if (count == 0 || records[0].count == 1) /* nothing says which separator a table of one column has */
        return 0;
    again = csv_open(out.text, out.bytes);
    CHECK(csv_next(&again, ctx->arena, &record) == CSV_RECORD);
    for (size_t r = 0; r < count; r++) {
        CHECK(csv_next(&again, ctx->arena, &record) == CSV_RECORD && record.count == records[r].count);
        for (size_t i = 0; i < record.count; i++)
            CHECK(strcmp(csv_plain(record.cells[i]), csv_plain(records[r].cells[i])) == 0);
    }
    return 0;
}
