#include "core/chain.h"

#include <string.h>

#include "base/encode.h"
#include "core/date.h"

const struct hash CHAIN_START = {{0}};

void chain_text(struct str *s, const char *name, const char *value)
{
    str_printf(s, "%s=", name);
    for (; *value != '\0'; value++) {
        if (*value == '\\')
            str_append(s, "\\\\");
        else if (*value == '\r')
            str_append(s, "\\r");
        else if (*value == '\n')
            str_append(s, "\\n");
        else
            str_append_char(s, *value);
    }
    str_append_char(s, '\n');
}

static void add_number(struct str *s, const char *name, int64_t value)
{
    str_printf(s, "%s=%lld\n", name, (long long)value);
}

static void add_day(struct str *s, const char *name, int32_t on)
{
    char text[DATE_TEXT_BYTES] = "";

    str_printf(s, "%s=%s\n", name, on == DATE_NONE ? "" : date_iso(on, text));
}

/* The reason that stands with the group of the line: that of its first line. */
static enum tax_reason reason_of_group(const struct totals *totals, const struct invoice_line *line)
{
    for (size_t i = 0; i < totals->group_count; i++)
        if (totals->groups[i].category == line->tax.category && totals->groups[i].rate_ppm == line->tax.rate_ppm)
            return totals->groups[i].reason;
    return line->tax.reason;
}

static void add_line(struct str *s, const struct totals *totals, const struct invoice_line *line)
{
    chain_text(s, "line.kind", line_kind_name(line->kind));
    chain_text(s, "line.description", line->description);
    add_day(s, "line.from_on", line->period.from_on);
    add_day(s, "line.until_on", line->period.until_on);
    if (line->share_of_days != 0) /* no line had one before: those digests stay */
        add_number(s, "line.share_of_days", line->share_of_days);
    add_number(s, "line.quantity_e4", line->quantity_e4);
    add_number(s, "line.unit_price_e4", line->unit_price_e4);
    add_number(s, "line.discount_ppm", line->discount_ppm);
    if (line->allowance_minor != 0) /* likewise */
        add_number(s, "line.allowance_minor", line->allowance_minor);
    if (line->coupon != NULL && line->coupon[0] != '\0') /* likewise */
        chain_text(s, "line.coupon", line->coupon);
    add_number(s, "line.net_minor", line->net_minor);
    chain_text(s, "line.tax_category", tax_category_code(line->tax.category));
    add_number(s, "line.tax_rate_ppm", line->tax.rate_ppm);
    chain_text(s, "line.nature", line->goods ? "goods" : "service");
    if (line->tax.included)
        add_number(s, "line.priced_minor", line->priced_minor);
    if (line->tax.reason != reason_of_group(totals, line))
        chain_text(s, "line.tax_reason", tax_reason_name(line->tax.reason));
}

static void add_exchange(struct str *s, const struct chain_exchange *x)
{
    chain_text(s, "exchange.base", x->base);
    add_number(s, "exchange.rate_e6", x->rate_e6);
    add_day(s, "exchange.rate_on", x->rate_on);
    chain_text(s, "exchange.source", x->source);
    add_number(s, "exchange.total_minor", x->total_minor);
    add_number(s, "exchange.vat_minor", x->vat_minor);
    for (size_t i = 0; i < x->group_count; i++) {
        chain_text(s, "exchange.category", tax_category_code(x->groups[i].category));
        add_number(s, "exchange.tax_rate_ppm", x->groups[i].rate_ppm);
        add_number(s, "exchange.tax_base_minor", x->groups[i].base_minor);
        add_number(s, "exchange.tax_minor", x->groups[i].tax_minor);
    }
}

char *chain_record_text(struct arena *arena, const struct chain_record *r)
{
    struct str s = str_new(arena);

    chain_text(&s, "version", "1");
    chain_text(&s, "series", r->series);
    add_number(&s, "sequence", r->sequence);
    chain_text(&s, "number", r->number);
    chain_text(&s, "kind", r->kind);
    add_day(&s, "issued_on", r->issued_on);
    add_day(&s, "due_on", r->due_on);
    add_number(&s, "issued_at", r->issued_at);
    chain_text(&s, "currency", r->currency);
    chain_text(&s, "language", r->language);
    add_number(&s, "company_version_id", r->company_version_id);
    add_number(&s, "customer_version_id", r->customer_version_id);
    chain_text(&s, "personal_digest", encode_hex(arena, r->personal_digest.bytes, HASH_BYTES));
    chain_text(&s, "vat_due", vat_due_name(r->vat_due));
    if (r->corrected_number != NULL) {
        chain_text(&s, "corrected", r->corrected_number);
        add_day(&s, "corrected_on", r->corrected_on);
        chain_text(&s, "reason", r->reason);
    }
    for (size_t i = 0; i < r->line_count; i++)
        add_line(&s, r->totals, &r->lines[i]);
    for (size_t i = 0; r->corrected_number != NULL && i < r->line_count; i++)
        add_number(&s, "corrected_line", r->corrected_positions[i]);
    for (size_t i = 0; i < r->totals->group_count; i++) {
        const struct tax_group *group = &r->totals->groups[i];

        chain_text(&s, "tax.category", tax_category_code(group->category));
        add_number(&s, "tax.rate_ppm", group->rate_ppm);
        add_number(&s, "tax.base_minor", group->base_minor);
        add_number(&s, "tax.tax_minor", group->tax_minor);
        chain_text(&s, "tax.reason", tax_reason_name(group->reason));
    }
    add_number(&s, "net_minor", r->totals->net_minor);
    add_number(&s, "vat_minor", r->totals->vat_minor);
    if (r->totals->rounding_minor != 0)
        add_number(&s, "rounding_minor", r->totals->rounding_minor);
    add_number(&s, "total_minor", r->totals->gross_minor);
    for (size_t i = 0; i < r->deduction_count; i++) {
        const struct chain_deduction *d = &r->deductions[i];

        chain_text(&s, "deposit", d->number);
        add_day(&s, "deposit.issued_on", d->issued_on);
        chain_text(&s, "deposit.category", tax_category_code(d->category));
        add_number(&s, "deposit.rate_ppm", d->rate_ppm);
        add_number(&s, "deposit.amount_minor", d->amount_minor);
        add_number(&s, "deposit.net_minor", d->net_minor);
        add_number(&s, "deposit.vat_minor", d->vat_minor);
    }
    if (r->exchange != NULL)
        add_exchange(&s, r->exchange);
    return s.text;
}

struct hash chain_digest(const struct hash *previous, const char *record_text)
{
    struct arena *arena = arena_new();
    struct str s = str_new(arena);
    struct hash digest;

    str_append_bytes(&s, previous->bytes, HASH_BYTES);
    str_append(&s, record_text);
    digest = hash_sha256(s.text, s.bytes);
    arena_free(arena);
    return digest;
}

bool chain_link_holds(const struct hash *previous, const char *record_text, const struct hash *digest)
{
    struct hash computed = chain_digest(previous, record_text);

    return memcmp(computed.bytes, digest->bytes, HASH_BYTES) == 0;
}

struct hash personal_digest(const unsigned char *salt, size_t salt_bytes, const char *text)
{
    struct arena *arena = arena_new();
    struct str s = str_new(arena);
    struct hash digest;

    str_append_bytes(&s, salt, salt_bytes);
    str_append(&s, text);
    digest = hash_sha256(s.text, s.bytes);
    arena_free(arena);
    return digest;
}
