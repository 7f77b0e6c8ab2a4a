#include "core/debit_credit.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

#define N_(text) text

static const struct {
    const char *name;
    const char *text;
} word[] = {
    [DEBIT_AS_ASKED] = {"", ""},
    [DEBIT_OTHER_AMOUNT] = {"other_amount", N_("Another amount than was asked for by direct debit")},
    [DEBIT_OTHER_CURRENCY] = {"other_currency", N_("Another currency than was asked for by direct debit")},
    [DEBIT_AGAIN] = {"again", N_("A direct debit that was credited before")},
    [DEBIT_AFTER_RETURN] = {"after_return", N_("A direct debit that went back and comes again")},
    [DEBIT_REFUSED] = {"refused", N_("A direct debit that the bank had refused")},
    [DEBIT_NEVER_SENT] = {"never_sent", N_("A direct debit that was never sent")},
};

const char *debit_verdict_name(enum debit_verdict verdict)
{
    CHECK(verdict >= DEBIT_AS_ASKED && verdict <= DEBIT_NEVER_SENT);
    return word[verdict].name;
}

enum debit_verdict debit_verdict_from_name(const char *name)
{
    for (size_t i = DEBIT_AS_ASKED; i <= DEBIT_VERDICTS; i++)
        if (strcmp(word[i].name, name) == 0)
            return (enum debit_verdict)i;
    return DEBIT_AS_ASKED;
}

const char *debit_verdict_text(enum debit_verdict verdict)
{
    CHECK(verdict >= DEBIT_AS_ASKED && verdict <= DEBIT_NEVER_SENT);
    return word[verdict].text;
}

/* With the bank, or once with it. */
static bool was_sent(const struct debit_asked *a)
{
    return !a->given_up && (a->state == ATTEMPT_PENDING || a->state == ATTEMPT_DECLINED || a->state == ATTEMPT_OPERATOR || attempt_took_money(a->state));
}

/* The bank never had the payer's money of it. */
static bool was_refused(const struct debit_asked *a)
{
    return a->state == ATTEMPT_DECLINED && a->returned_on == DATE_NONE;
}

enum debit_verdict debit_verdict(const struct debit_asked *asked, size_t count, const struct debit_credit *credit, int64_t *asked_minor)
{
    bool sent = true, same = true, over = false;
    size_t refused = 0;
    int64_t told = 0;

    CHECK(count > 0 && credit->amount_minor > 0);
    *asked_minor = 0;
    for (size_t i = 0; i < count; i++) {
        sent = sent && was_sent(&asked[i]);
        same = same && strcmp(asked[i].currency, credit->currency) == 0;
        refused += was_refused(&asked[i]);
        if (!was_refused(&asked[i]))
            over |= __builtin_add_overflow(*asked_minor, asked[i].amount_minor, asked_minor);
    }
    CHECK(!over);
    if (__builtin_add_overflow(credit->before_minor, credit->amount_minor, &told)) /* no bank's account holds as much */
        told = INT64_MAX;
    if (!sent)
        return DEBIT_NEVER_SENT;
    if (!same)
        return DEBIT_OTHER_CURRENCY;
    if (refused == count)
        return DEBIT_REFUSED;
    if (count == 1 && asked[0].returned_on != DATE_NONE && credit->booked_on > asked[0].returned_on)
        return DEBIT_AFTER_RETURN;
    if (told == *asked_minor) /* at once, or in parts */
        return DEBIT_AS_ASKED;
    return credit->before_minor >= *asked_minor ? DEBIT_AGAIN : DEBIT_OTHER_AMOUNT;
}
