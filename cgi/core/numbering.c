#include "core/numbering.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/str.h"
#include "core/date.h"

char *document_number(struct arena *arena, const char *prefix, int year, int64_t sequence)
{
    CHECK(sequence > 0 && year >= 1 && year <= 9999);
    return arena_printf(arena, "%s-%04d-%05lld", prefix, year, (long long)sequence);
}

bool document_number_parse(const char *number, int *year, int64_t *sequence)
{
    const char *second = strrchr(number, '-');
    const char *first = second;
    long long value;

    if (second == NULL)
        return false;
    while (first > number && first[-1] != '-')
        first--;
    if (first == number || second - first != 4 || strlen(second + 1) < 5 || strlen(second + 1) > 18 ||
        !str_to_i64(second + 1, 1, INT64_MAX, &value) || (strlen(second + 1) > 5 && second[1] == '0'))
        return false;
    if (sscanf(first, "%4d", year) != 1)
        return false;
    *sequence = value;
    return true;
}

char *series_name(struct arena *arena, const char *kind, int year)
{
    return arena_printf(arena, "%s-%04d", kind, year);
}

static void add_day(struct str *s, int32_t on)
{
    char text[DATE_TEXT_BYTES];

    str_printf(s, "|%s", on == DATE_NONE ? "" : date_iso(on, text));
}

char *chain_record(struct arena *arena, const struct chain_facts *facts, const struct bill *bill)
{
    struct str s = str_new(arena);

    str_printf(&s, "v1|%s|%s", facts->kind, facts->number);
    add_day(&s, facts->issued_on);
    add_day(&s, facts->due_on);
    str_printf(&s, "|%s|%s|%lld|%lld|%lld|%lld\n", facts->currency,
               encode_hex(arena, facts->personal_digest, HASH_BYTES), (long long)facts->company_version_id,
               (long long)facts->net_minor, (long long)facts->vat_minor, (long long)facts->total_minor);
    for (size_t i = 0; i < bill->count; i++) {
        const struct bill_line *line = &bill->lines[i];
        struct hash text = hash_text(line->description);

        str_printf(&s, "l|%zu|%s|%lld|%lld|%d|%lld|%s|%d", i + 1, line_kind_name(line->kind),
                   (long long)line->quantity_e4, (long long)line->unit_price_e4, line->discount_ppm,
                   (long long)line->net_minor, line->tax.category, line->tax.rate_ppm);
        add_day(&s, line->period.from_on);
        add_day(&s, line->period.until_on);
        str_printf(&s, "|%s\n", encode_hex(arena, text.bytes, 8));
    }
    for (size_t i = 0; i < bill->tax_count; i++)
        str_printf(&s, "t|%s|%d|%lld|%lld\n", bill->taxes[i].tax.category, bill->taxes[i].tax.rate_ppm,
                   (long long)bill->taxes[i].base_minor, (long long)bill->taxes[i].tax_minor);
    return s.text;
}

struct hash chain_digest(const unsigned char previous[HASH_BYTES], const char *record)
{
    struct arena *arena = arena_new();
    struct str s = str_new(arena);
    struct hash hash;

    str_append_bytes(&s, previous, HASH_BYTES);
    str_append(&s, record);
    hash = hash_sha256(s.text, s.bytes);
    arena_free(arena);
    return hash;
}
