#include "document/csv.h"

#include <string.h>

#include "core/date.h"
#include "core/money.h"

struct csv csv_new(struct arena *arena, const char *language)
{
    bool french = strcmp(language, "fr") == 0;
    struct csv csv = {.text = str_new(arena), .separator = french ? ';' : ',', .decimal = french ? ',' : '.'};

    str_append(&csv.text, "\xEF\xBB\xBF");
    return csv;
}

static void begin(struct csv *csv)
{
    if (csv->inside)
        str_append_char(&csv->text, csv->separator);
    csv->inside = true;
}

void csv_text(struct csv *csv, const char *text)
{
    begin(csv);
    str_append_char(&csv->text, '"');
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        str_append_char(&csv->text, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            str_append_char(&csv->text, '"');
        str_append_char(&csv->text, *text);
    }
    str_append_char(&csv->text, '"');
}

void csv_minor(struct csv *csv, int64_t minor, const char *code)
{
    char text[MONEY_PLAIN_BYTES];

    begin(csv);
    str_append(&csv->text, money_plain(minor, code, csv->decimal, text));
}

void csv_integer(struct csv *csv, int64_t value)
{
    begin(csv);
    str_printf(&csv->text, "%lld", (long long)value);
}

void csv_day(struct csv *csv, int32_t on)
{
    char day[DATE_TEXT_BYTES];

    begin(csv);
    if (on != DATE_NONE)
        str_append(&csv->text, date_iso(on, day));
}

void csv_end_row(struct csv *csv)
{
    str_append(&csv->text, "\r\n");
    csv->inside = false;
}
