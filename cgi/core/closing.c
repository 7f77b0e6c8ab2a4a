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

struct period closing_period(enum closing_kind kind, int32_t on)
{
    struct civil civil = date_civil(on);

    switch (kind) {
    case CLOSING_DAY: return (struct period){on, on + 1};
    case CLOSING_MONTH: return (struct period){date_from_civil(civil.year, civil.month, 1), date_next_month(on)};
    case CLOSING_YEAR: return (struct period){date_from_civil(civil.year, 1, 1), date_from_civil(civil.year + 1, 1, 1)};
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

char *closing_record_text(struct arena *arena, const struct closing_record *r)
{
    struct str s = str_new(arena);
    char from[DATE_TEXT_BYTES];
    char until[DATE_TEXT_BYTES];

    str_printf(&s, "version=closing 1\nsequence=%lld\nkind=%s\nfrom_on=%s\nuntil_on=%s\ncurrency=%s\n", (long long)r->sequence,
               closing_kind_name(r->kind), date_iso(r->period.from_on, from), date_iso(r->period.until_on, until), r->currency);
    str_printf(&s, "in=%lld %lld %lld %lld\n", (long long)r->in.entry_count, (long long)r->in.debit_minor,
               (long long)r->in.credit_minor, (long long)r->in.sales_minor);
    str_printf(&s, "all=%lld %lld %lld %lld %lld\nclosed_at=%lld\n", (long long)r->all.entry_count, (long long)r->all.debit_minor,
               (long long)r->all.credit_minor, (long long)r->all.sales_minor, (long long)r->all.absolute_minor, (long long)r->closed_at);
    chain_text(&s, "closed_by", r->closed_by);
    return s.text;
}
