/* dunning_rules: the seller's rules, whose steps the cases of unpaid invoices take. A rule never changes: another one takes its place. */
#ifndef TACITE_SERVICE_DUNNING_RULES_H
#define TACITE_SERVICE_DUNNING_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "core/dunning.h"
#include "service/once.h"
#include "store/dunning.h"

/* What became of it; with stale or taken nothing was done. */
struct dunning_rule_change {
    bool stale;      /* somebody replaced it meanwhile */
    bool taken;      /* another rule has the name */
    const char *url; /* where once leads */
};
/* Saves a checked rule: a new one, or one that takes the place of rule->id for plans and for cases to come. */
enum err change_dunning_rule(struct ctx *ctx, const struct dunning_rule *rule, const struct dunning_step *steps, size_t count,
                             const struct once *once, struct dunning_rule_change *result) MUST_USE;

#endif
