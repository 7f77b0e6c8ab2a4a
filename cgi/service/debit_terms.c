#include "service/debit_terms.h"

#include <string.h>

#include "core/date.h"
#include "core/iban.h"
#include "store/company.h"
#include "store/history.h"

struct changing {
    const struct debit_terms *terms;
    const struct once *once;
    const char **url;
};

static enum err change(struct ctx *ctx, void *arg)
{
    const struct changing *w = arg;

    TRY(ctx, spend_once(ctx, w->once, "", w->url));
    TRY(ctx, save_debit_terms(ctx, w->terms));
    return note_audit(ctx, "debit.terms", w->terms->creditor_id, "ok");
}

enum err change_debit_terms(struct ctx *ctx, const struct debit_terms *terms, const struct once *once, const char **url)
{
    struct changing work = {terms, once, url};

    return db_transaction(ctx, change, &work);
}

struct target_terms bank_terms(const struct debit_terms *terms)
{
    return (struct target_terms){terms->lead_days, terms->cut_off_hour * 60};
}

int minute_now(struct ctx *ctx)
{
    struct company company;
    int32_t on;
    int minute = 0;

    if (company_current(ctx, &company) != OK || !date_local_time(ctx->now, company.time_zone, &on, &minute))
        ctx_forget_error(ctx);
    return minute;
}

struct collection_facts collection_facts_of(const struct mandate *m, int64_t amount_minor, const char *currency, int32_t noticed_on, int notice_days,
                                            const char *iban, const char *city)
{
    return (struct collection_facts){
        .state = mandate_state_from_name(m->state), .signed_on = m->signed_on, .last_collected_on = m->last_collected_on,
        .one_off = m->one_off, .b2b = strcmp(m->scheme, "b2b") == 0, .confirmed_on = m->confirmed_on, .currency = currency, .amount_minor = amount_minor, .noticed_on = noticed_on, .notice_days = notice_days,
        .outside_eea = !iban_country_in_eea(iban), .has_bic = m->bic[0] != '\0', .has_address = city[0] != '\0'};
}
