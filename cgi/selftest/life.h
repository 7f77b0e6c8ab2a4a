/* life: subscriptions of a scratch house from the first quote on, and what happens to them, act by act.
 *
 * Each act (selftest/acts) is drawn from the life's own seed, so that a seed gives the same life again. It may meet faults:
 * then it may fail as pages may fail (try again later), and must have done all or nothing. */
#ifndef TACITE_SELFTEST_LIFE_H
#define TACITE_SELFTEST_LIFE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/crash.h"
#include "base/str.h"
#include "selftest/scratch.h"

enum life_act {
    ACT_SUBSCRIBE = 1, /* a quote is sent, signed and, half of the time, paid on the gateway's page */
    ACT_CARD,          /* a card is stored on the gateway's page */
    ACT_MANDATE,       /* a mandate is signed with the code from the mail */
    ACT_MORE,          /* another quantity, at once or later */
    ACT_LESS,          /* given back or not */
    ACT_PLAN,          /* another plan and recurrence */
    ACT_PAUSE,
    ACT_RESUME,
    ACT_CLOSE,
    ACT_REACTIVATE,
    ACT_RENEW,         /* before its day */
    ACT_DISCOUNT,      /* of a whole contract: another one, or none any more */
    ACT_PAY,           /* an open invoice on the gateway's page */
    ACT_TRANSFER,      /* a statement of the bank: exact, too much, too little, for nobody, twice */
    ACT_FILE,          /* collections are handed to the bank */
    ACT_BANK,          /* the bank books collections, or rejects and returns them */
    ACT_CREDIT,        /* a credit note for all or a part of an invoice */
    ACT_REFUND,        /* a card's money goes back, all or a part, with a credit note or the invoice open again */
    ACT_CLOSING,       /* the first open month of the books is closed */
    ACT_BATCH,         /* everything that is due */
    ACT_EVENTS,        /* the gateway's webhooks: late, twice, in another order */
};
enum { LIFE_ACTS = ACT_EVENTS };
const char *life_act_name(enum life_act act);

struct life {
    struct scratch *scratch;
    uint64_t seed;
    int64_t user_id;
    int64_t plan_id[5];
    int64_t product_id[2];
    int64_t template_id[2][5]; /* paid at once or not, by plan */
    int64_t after_id;          /* subscriptions up to this one are another life's */
    int64_t done[LIFE_ACTS + 1];    /* acts that had an effect */
    int64_t refused[LIFE_ACTS + 1]; /* that were refused, or found nothing to do */
    int64_t failed[LIFE_ACTS + 1];  /* that met a fault */
    uint8_t met[LIFE_ACTS + 1][CRASH_POINTS_MAX]; /* by act and place in crash_points: times that the last of its kind that came by reached it */
    struct str story;          /* what happened, for whoever looks at a failing seed */
    struct arena *arena;       /* of the story */
    _Atomic pid_t *living;     /* shared: the process that lives it */
};

/* Another life on the same house: what was there before is not its own. */
enum err begin_life(struct life *life, uint64_t seed) MUST_USE;

int64_t life_between(struct life *life, int64_t min, int64_t max);

/* One act with nothing in its way, or with what was planned before (commit_plan, the world's rarities). False: it
 * failed as nothing may fail, the story says how. */
bool life_acts(struct life *life, enum life_act act);

/* Without any fault, until nothing is under way: days pass. False: something never ends. */
bool life_comes_to_rest(struct life *life);

#endif
