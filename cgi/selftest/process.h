/* process: acts in processes that end in the middle of them, and in two processes at once.
 *
 * A process that is to end at a crash point has another that stands by since before the act; that one goes on, as after a
 * restart, and knows nothing of it. Which points acts come by is noted while they do, so that most of what is armed is
 * reached. */
#ifndef TACITE_SELFTEST_PROCESS_H
#define TACITE_SELFTEST_PROCESS_H

#include "selftest/life.h"

/* As life_acts, and the crash points that the act comes by are noted in life->met. */
bool life_does(struct life *life, enum life_act act);

/* A crash point that acts of this kind have come by in this life, and at which of the times; NULL: none is known yet. Drawn
 * from the life's seed: most of what is armed is reached, and a process that stands by is made for little else. */
const char *life_point(struct life *life, enum life_act act, long *nth);

/* As life_does, with a process that ends at the point. *killed: it was reached; whoever returns then is another process, which
 * has stood by since before the act and knows nothing of it. Whoever forked this one is to adopt it (PR_SET_CHILD_SUBREAPER). */
bool life_does_until(struct life *life, enum life_act act, const char *point, long nth, bool *killed);

/* Two processes at once run the batch. Which points each of them comes by is chance: nothing is noted. */
bool life_runs_twice(struct life *life);

#endif
