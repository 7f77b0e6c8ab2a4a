/* acts: what an act of a life does: customers who sign, pay, change, pause and leave, a bank that books and returns, a
 * gateway that pushes, a batch that runs. Through the services that pages and batch call; nothing is written past them. */
#ifndef TACITE_SELFTEST_ACTS_H
#define TACITE_SELFTEST_ACTS_H

#include "selftest/life.h"

/* ERR_NOT_FOUND without a trail: there is nothing that it could do, or it was refused. ERR_DUPLICATE: an earlier try, whose
 * answer was lost, has done it. Anything else is what the services met. */
enum err do_act(struct life *life, enum life_act act) MUST_USE;

/* Everything that the gateway has to tell, once, in order. ERR_NOT_FOUND: nothing. */
enum err bring_every_event(struct life *life) MUST_USE;

#endif
