#include "core/entry_chain.h"

#include "core/chain.h"
#include "core/date.h"

char *entry_record_text(struct arena *arena, const struct entry_record *r)
{
    struct str s = str_new(arena);
    char day[DATE_TEXT_BYTES];

    str_printf(&s, "version=entry %d\nseries=%s\nsequence=%lld\njournal=%s\nentry_on=%s\nsource=%s %lld\n", r->foreign == NULL ? 1 : 2, r->series,
               (long long)r->sequence, r->journal, date_iso(r->entry_on, day), r->source_kind, (long long)r->source_id);
    chain_text(&s, "reference", r->reference);
    str_printf(&s, "currency=%s\ntotal_minor=%lld\nposted_at=%lld\n", r->currency, (long long)r->total_minor, (long long)r->posted_at);
    if (r->foreign != NULL)
        str_printf(&s, "foreign=%s\n", r->foreign);
    for (size_t i = 0; i < r->item_count; i++) {
        str_printf(&s, "item=%s %lld %lld %lld %s", r->items[i].account, (long long)r->items[i].customer_id,
                   (long long)r->items[i].debit_minor, (long long)r->items[i].credit_minor, r->items[i].label);
        if (r->foreign != NULL)
            str_printf(&s, " %lld", (long long)r->items[i].foreign_minor);
        str_append_char(&s, '\n');
    }
    return s.text;
}
