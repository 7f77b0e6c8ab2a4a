#include "core/closing.h"

#include <string.h>

#include "core/chain.h"
#include "core/date.h"

#define N_(text) text

static const char *const kind_name[] = {[CLOSING_DAY] = "day", [CLOSING_MONTH] = "month", [CLOSING_YEAR] = "year"};

const char *closing_kind_name(enum closing_kind kind)
{
    return kind_name[kind];
}

enum closing_kind closing_kind_from_name(const char *name)
{
    for (enum closing_kind kind = CLOSING_DAY; kind <= CLOSING_YEAR; kind++)
        if (strcmp(kind_name[kind], name) == 0)
            return kind;
    return 0;
}

struct period closing_period(const struct financial_years *years, enum closing_kind kind, int32_t on)
{
    struct civil civil = date_civil(on);

    switch (kind) {
    case CLOSING_DAY: return (struct period){on, on + 1};
    case CLOSING_MONTH: return (struct period){date_from_civil(civil.year, civil.month, 1), date_next_month(on)};
    case CLOSING_YEAR: return financial_year_of(years, on);
    }
    return PERIOD_NONE;
}

enum closing_verdict closing_may(const struct closing_facts *f)
{
    if (f->done)
        return CLOSING_DONE;
    if (f->period.until_on > f->today_on)
        return CLOSING_NOT_OVER;
    if (f->first_on == DATE_NONE || f->period.until_on <= f->first_on)
        return CLOSING_NOTHING_BOOKED;
    if (f->first_on < f->period.from_on && !f->earlier_done)
        return CLOSING_EARLIER_OPEN;
    return f->open_count > 0 ? CLOSING_WORK_OPEN : CLOSING_MAY;
}

const char *closing_verdict_text(enum closing_verdict verdict)
{
    switch (verdict) {
    case CLOSING_MAY: return "";
    case CLOSING_DONE: return N_("This period is closed already");
    case CLOSING_NOT_OVER: return N_("This period is not over yet");
    case CLOSING_NOTHING_BOOKED: return N_("Nothing was booked before the end of this period");
    case CLOSING_EARLIER_OPEN: return N_("The period before this one must be closed first");
    case CLOSING_WORK_OPEN: return N_("Something in this period is not booked yet");
    }
    return "";
}

void closing_add(struct closing_totals *sum, const struct closing_totals *more)
{
    sum->entry_count += more->entry_count;
    sum->debit_minor += more->debit_minor;
    sum->credit_minor += more->credit_minor;
    sum->sales_minor += more->sales_minor;
    sum->absolute_minor += more->absolute_minor;
}

/* Where the category and rate stand or belong. */
static size_t place_of(const struct closing_tax *taxes, size_t count, const char *category, int32_t rate_ppm, bool *there)
{
    size_t i = 0;
    int order = -1;

    while (i < count && (order = strcmp(taxes[i].category, category)) <= 0 && (order < 0 || taxes[i].rate_ppm < rate_ppm))
        i++;
    *there = i < count && order == 0 && taxes[i].rate_ppm == rate_ppm;
    return i;
}

static struct closing_tax *tax_at(struct closing_tax *taxes, size_t *count, const char *category, int32_t rate_ppm)
{
    bool there;
    size_t place = place_of(taxes, *count, category, rate_ppm, &there);

    if (!there) {
        memmove(&taxes[place + 1], &taxes[place], (*count - place) * sizeof *taxes);
        taxes[place] = (struct closing_tax){.category = category, .rate_ppm = rate_ppm};
        (*count)++;
    }
    return &taxes[place];
}

size_t closing_taxes(const struct closing_tax *before, size_t before_count, const struct closing_day_tax *days, size_t day_count,
                     struct period period, struct closing_tax *taxes)
{
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; i < before_count; i++) {
        struct closing_tax *tax = tax_at(taxes, &count, before[i].category, before[i].rate_ppm);

        tax->all_base_minor += before[i].all_base_minor;
        tax->all_tax_minor += before[i].all_tax_minor;
    }
    for (size_t i = 0; i < day_count; i++) {
        struct closing_tax *tax;

        if (days[i].on >= period.until_on)
            continue;
        tax = tax_at(taxes, &count, days[i].category, days[i].rate_ppm);
        tax->all_base_minor += days[i].base_minor;
        tax->all_tax_minor += days[i].tax_minor;
        if (days[i].on >= period.from_on) {
            tax->base_minor += days[i].base_minor;
            tax->tax_minor += days[i].tax_minor;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (taxes[i].base_minor != 0 || taxes[i].tax_minor != 0 || taxes[i].all_base_minor != 0 || taxes[i].all_tax_minor != 0)
            taxes[kept++] = taxes[i];
    return kept;
}

char *closing_record_text(struct arena *arena, const struct closing_record *r)
{
    struct str s = str_new(arena);
    char from[DATE_TEXT_BYTES];
    char until[DATE_TEXT_BYTES];

    str_printf(&s, "version=closing %d\nsequence=%lld\nkind=%s\nfrom_on=%s\nuntil_on=%s\ncurrency=%s\n", r->version, (long long)r->sequence,
               closing_kind_name(r->kind), date_iso(r->period.from_on, from), date_iso(r->period.until_on, until), r->currency);
    str_printf(&s, "in=%lld %lld %lld %lld\n", (long long)r->in.entry_count, (long long)r->in.debit_minor,
               (long long)r->in.credit_minor, (long long)r->in.sales_minor);
    str_printf(&s, "all=%lld %lld %lld %lld %lld\nclosed_at=%lld\n", (long long)r->all.entry_count, (long long)r->all.debit_minor,
               (long long)r->all.credit_minor, (long long)r->all.sales_minor, (long long)r->all.absolute_minor, (long long)r->closed_at);
    for (size_t i = 0; r->version > 1 && i < r->tax_count; i++) {
        const struct closing_tax *t = &r->taxes[i];

        str_printf(&s, "tax=%s %d %lld %lld %lld %lld\n", t->category, (int)t->rate_ppm, (long long)t->base_minor, (long long)t->tax_minor,
                   (long long)t->all_base_minor, (long long)t->all_tax_minor);
    }
    chain_text(&s, "closed_by", r->closed_by);
    return s.text;
}
