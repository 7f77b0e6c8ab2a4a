/* Tables as spreadsheets write them, as nobody should, changed at random, and written and read back. */
#include "core/csv.h"

#include <stdlib.h>
#include <string.h>

#include "seeded.h"
#include "test.h"

static struct csv_record got;

/* Reads all records; cells end in '|', records in '/'. The state that ended it is at *state. From a copy of exactly
 * its size, so that the sanitiser sees every byte read too far. */
static const char *read_bytes(const char *data, size_t bytes, enum csv_state *state)
{
    char *exact = malloc(bytes > 0 ? bytes : 1);
    struct str all = str_new(test_arena());
    struct csv csv;

    memcpy(exact, data, bytes);
    csv = csv_open(exact, bytes);
    while ((*state = csv_next(&csv, test_arena(), &got)) == CSV_RECORD) {
        for (size_t i = 0; i < got.count; i++)
            str_printf(&all, "%s|", got.cells[i]);
        str_append_char(&all, '/');
    }
    CU_ASSERT_EQUAL(csv_next(&csv, test_arena(), &got), *state);
    free(exact);
    return all.text;
}

static void reads(const char *text, const char *wanted)
{
    enum csv_state state;

    SAME_TEXT(read_bytes(text, strlen(text), &state), wanted);
    SAME_NUMBER(state, CSV_END);
}

static void refuses(const char *data, size_t bytes, enum csv_state wanted, int32_t line, int32_t column)
{
    enum csv_state state;

    (void)read_bytes(data, bytes, &state);
    SAME_NUMBER(state, wanted);
    SAME_NUMBER(got.fault_line, line);
    SAME_NUMBER(got.fault_column, column);
    CU_ASSERT_TRUE(csv_state_text(state)[0] != '\0');
}
#define REFUSES(text, state, line, column) refuses((text), sizeof(text) - 1, (state), (line), (column))

TEST(csv, separators_line_ends_and_mark)
{
    reads("a,b\r\n1,2\r\n", "a|b|/1|2|/");
    reads("a;b\n1,5;2", "a|b|/1,5|2|/");
    reads("a\tb\n1\t\n", "a|b|/1||/");
    reads("\xEF\xBB\xBF" "a;b\n1;2\n", "a|b|/1|2|/");
    reads("\"a;b;c\",d\n1,2\n", "a;b;c|d|/1|2|/"); /* what stands in quotes does not count */
    reads("a\n\n1\r\n\r\n", "a|/1|/");
    reads("", "");
    reads("\n\n", "");
}

TEST(csv, quoted_cells)
{
    reads("a,b\n\"x,\"\"y\"\"\",\"two\r\nlines\"\n", "a|b|/x,\"y\"|two\nlines|/");
    reads("a\n\"\"\n\"\"\"\"\n", "a|/|/\"|/");
    reads("a\n\"x\"", "a|/x|/");
}

TEST(csv, faults_have_line_and_cell)
{
    REFUSES("a,b\n1,x\"y\n", CSV_QUOTE_INSIDE, 2, 2);
    REFUSES("a,b\n\"1\"x,2\n", CSV_AFTER_QUOTE, 2, 1);
    REFUSES("a,b\n\"1\n\n\n,2\n", CSV_QUOTE_OPEN, 2, 1);
    REFUSES("a,b\r1,2\r", CSV_LONE_CR, 1, 2);
    REFUSES("a,b\n1,2\0\n", CSV_NUL, 2, 2);
    REFUSES("a,b\n\"q\n\",\xE9t\xE9\n", CSV_NOT_UTF8, 3, 2);
    REFUSES("\xFF\xFE" "a\0b\0", CSV_NOT_UTF8, 1, 1);
    REFUSES("a,b\n1\n", CSV_TOO_FEW_CELLS, 2, 1);
    REFUSES("a,b\n1,2,3\n", CSV_TOO_MANY_CELLS, 2, 3);
}

TEST(csv, limits)
{
    size_t bytes = CSV_CELL_BYTES_MAX + 1;
    char *cell = arena_alloc(test_arena(), bytes + 3);
    enum csv_state state;

    memset(cell, 'x', bytes);
    cell[bytes] = '\0';
    refuses(cell, bytes, CSV_CELL_TOO_LONG, 1, 1);
    (void)read_bytes(cell, bytes - 1, &state);
    SAME_NUMBER(state, CSV_END);
    memset(cell, ',', bytes);
    refuses(cell, bytes, CSV_TOO_MANY_COLUMNS, 1, CSV_COLUMNS_MAX + 1);
    (void)read_bytes(cell, CSV_COLUMNS_MAX - 1, &state);
    SAME_NUMBER(state, CSV_END);
}

TEST(csv, formulas_are_written_harmless_and_read_back)
{
    const char *const cells[] = {"=1+1", "+33 1 23", "-x", "@a", "\tx", "'quoted", "''=x", "plain", "it's", ""};
    struct str out = str_new(test_arena());
    struct csv csv;

    csv_append(&out, ';', cells, sizeof cells / sizeof cells[0]);
    SAME_TEXT(out.text, "'=1+1;'+33 1 23;'-x;'@a;'\tx;''quoted;'''=x;plain;it's;\r\n");
    csv = csv_open(out.text, out.bytes);
    SAME_NUMBER(csv_next(&csv, test_arena(), &got), CSV_RECORD);
    for (size_t i = 0; i < got.count; i++)
        SAME_TEXT(csv_plain(got.cells[i]), cells[i]);
    SAME_TEXT(csv_plain("'twas"), "'twas"); /* of a file from elsewhere */
}

TEST(csv, what_is_written_is_read_back)
{
    static const char letter[] = "ab,;\t\"\n'=+-@ \xC3\xA9";

    for (uint64_t seed = 0; seed < test_seeds() / 4; seed++) {
        uint64_t state = seed;
        size_t columns = (size_t)seeded_between(&state, 1, 6);
        const char separator = ",;\t"[seeded_between(&state, 0, 2)];
        const char *cells[4][6];
        struct str out = str_new(test_arena());
        struct csv csv;

        for (size_t r = 0; r < 4; r++) {
            for (size_t c = 0; c < columns; c++) {
                struct str cell = str_new(test_arena());

                for (int64_t n = seeded_between(&state, 0, 8); n > 0; n--) {
                    int64_t i = seeded_between(&state, 0, (int64_t)sizeof letter - 3);

                    if (letter[i] == '\xC3')
                        str_append(&cell, "\xC3\xA9");
                    else
                        str_append_char(&cell, r == 0 ? 'h' : letter[i]); /* a header of words */
                }
                cells[r][c] = cell.text;
            }
            csv_append(&out, separator, cells[r], columns);
        }
        csv = csv_open(out.text, out.bytes);
        if (columns > 1)
            SAME_NUMBER(csv.separator, separator);
        csv.separator = separator;
        for (size_t r = 0; r < 4; r++) {
            CU_ASSERT_EQUAL_FATAL(csv_next(&csv, test_arena(), &got), CSV_RECORD);
            SAME_NUMBER(got.count, columns);
            for (size_t c = 0; c < got.count; c++)
                SAME_TEXT(csv_plain(got.cells[c]), cells[r][c]);
        }
        SAME_NUMBER(csv_next(&csv, test_arena(), &got), CSV_END);
    }
}

/* Whatever is done to a file: it ends, in bounds, and a fault has a place inside of it. */
TEST(csv, changed_at_random)
{
    static const char sample[] = "\xEF\xBB\xBFname;\"a \"\"b\"\"\";price\r\n\"two\nlines\";\xC3\xA9;1,5\n;;\n'=x;y;z\r\n";
    static const char odd[] = "\"\n\r;,\t\0\xFF\xC3x'";
    size_t faults = 0;

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        char text[sizeof sample];
        size_t bytes = (size_t)seeded_between(&state, 1, (int64_t)sizeof sample - 1);
        enum csv_state ended;

        memcpy(text, sample, sizeof sample);
        for (int64_t n = seeded_between(&state, 0, 4); n > 0; n--)
            text[seeded_between(&state, 0, (int64_t)bytes - 1)] = odd[seeded_between(&state, 0, (int64_t)sizeof odd - 2)];
        (void)read_bytes(text, bytes, &ended);
        CU_ASSERT_NOT_EQUAL(ended, CSV_RECORD);
        if (ended == CSV_END)
            continue;
        faults++;
        CU_ASSERT_TRUE(got.fault_line >= 1 && got.fault_line <= (int32_t)bytes + 1);
        CU_ASSERT_TRUE(got.fault_column >= 1 && got.fault_column <= CSV_COLUMNS_MAX + 1);
    }
    CU_ASSERT_TRUE(faults > 0);
}
