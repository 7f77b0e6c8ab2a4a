#include "service/dunning_rules.h"

#include "store/db.h"
#include "store/history.h"

struct changing {
    const struct dunning_rule *rule;
    const struct dunning_step *steps;
    size_t count;
    const struct once *once;
    struct dunning_rule_change *result;
};

static enum err change_rule(struct ctx *ctx, void *arg)
{
    const struct changing *act = arg;
    struct dunning_rule rule = *act->rule;
    enum err err;

    *act->result = (struct dunning_rule_change){.stale = false};
    TRY(ctx, spend_once(ctx, act->once, rule.name, &act->result->url));
    if (act->rule->id != 0) {
        err = retire_dunning_rule(ctx, act->rule->id);
        act->result->stale = err == ERR_CONFLICT;
        if (err != OK)
            return err;
    }
    err = insert_dunning_rule(ctx, &rule, act->steps, act->count);
    act->result->taken = err == ERR_DUPLICATE;
    if (err != OK)
        return err;
    if (act->rule->id != 0)
        TRY(ctx, replace_dunning_rule(ctx, act->rule->id, rule.id));
    return note_audit(ctx, "dunning.rule", rule.name, "ok");
}

enum err change_dunning_rule(struct ctx *ctx, const struct dunning_rule *rule, const struct dunning_step *steps, size_t count,
                             const struct once *once, struct dunning_rule_change *result)
{
    struct changing act = {.rule = rule, .steps = steps, .count = count, .once = once, .result = result};
    enum err err = db_transaction(ctx, change_rule, &act);

    if (result->stale || result->taken) { /* rolled back */
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}
