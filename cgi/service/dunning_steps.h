/* dunning_steps: the cases that are due: opened on the due day, their steps taken as core/dunning decides; past due after the grace,
 * subscriptions fall behind (service/falling_behind). */
#ifndef TACITE_SERVICE_DUNNING_STEPS_H
#define TACITE_SERVICE_DUNNING_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* Opens cases and takes the steps that are due, a group of cases in each transaction; one that fails is gone through alone, told to
 * the log and counted. */
struct dunning_run {
    bool dry_run;
    bool (*stop)(void);
    int64_t opened;
    int64_t acted;
    int64_t closed; /* subscriptions */
    int64_t failed;
};
enum err run_dunning(struct ctx *ctx, struct dunning_run *run) MUST_USE;

#endif
