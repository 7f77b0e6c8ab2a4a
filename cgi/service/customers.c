#include "service/customers.h"

#include <string.h>

#include "base/str.h"
#include "core/vat_id.h"
#include "service/vat_checking.h"
#include "store/history.h"
#include "store/link.h"
#include "store/pricelist.h"
#include "store/subscription.h"

struct act {
    struct customer *customer;
    int64_t shown_version_id;
    const struct vat_check_entry *entry;
    const struct once *once;
    struct customer_result *result;
};

static enum err keep_segment(struct ctx *ctx, const struct customer *c)
{
    int64_t id;

    if (c->segment == NULL)
        return OK;
    TRY(ctx, segment_named(ctx, c->segment, &id));
    return save_customer_segment(ctx, c->id, id);
}

static enum err note(struct ctx *ctx, const struct customer *c, const char *kind, const char *params)
{
    TRY(ctx, note_activity(ctx, ABOUT_CUSTOMER, c->id, kind, params));
    return note_audit(ctx, kind, arena_printf(ctx->arena, "customer %s", c->number), "ok");
}

static enum err finish(struct ctx *ctx, struct act *act, const struct customer *c)
{
    act->result->id = c->id;
    act->result->number = c->number;
    return spend_once(ctx, act->once, c->number, &act->result->url);
}

static enum err insert(struct ctx *ctx, struct customer *customer)
{
    TRY(ctx, insert_numbered_customer(ctx, customer));
    TRY(ctx, insert_customer_version(ctx, customer));
    TRY(ctx, keep_segment(ctx, customer));
    if (!str_empty(customer->vat_id)) /* nothing waits of a new one yet */
        TRY(ctx, schedule_vat_check(ctx, customer));
    if (str_equal(customer->state, "archived"))
        TRY(ctx, save_customer_state(ctx, customer->id, customer->state));
    if (customer->consolidated)
        TRY(ctx, save_consolidated(ctx, customer->id, true));
    return note(ctx, customer, "customer.created", "{}");
}

static enum err update(struct ctx *ctx, struct customer *customer, int64_t shown_version_id, bool *stale)
{
    struct customer before;
    enum err err = lock_customer(ctx, customer->id, &before);

    if (err != OK)
        return err;
    *stale = before.version_id != shown_version_id;
    if (*stale)
        return OK;
    customer->number = before.number;
    TRY(ctx, insert_customer_version(ctx, customer));
    if (!str_equal(before.email, customer->email)) {
        TRY(ctx, revoke_links(ctx, LINK_KIND_MANAGE, before.id));
        TRY(ctx, revoke_links(ctx, LINK_KIND_LOGIN, before.id));
    }
    if (before.consolidated != customer->consolidated)
        TRY(ctx, save_consolidated(ctx, before.id, customer->consolidated));
    if (!str_equal(before.state, customer->state))
        TRY(ctx, save_customer_state(ctx, before.id, customer->state));
    TRY(ctx, keep_segment(ctx, customer));
    TRY(ctx, schedule_vat_check(ctx, customer));
    return note(ctx, customer, "customer.changed", "{}");
}

enum err put_customer(struct ctx *ctx, struct customer *customer, int64_t shown_version_id, bool *stale)
{
    *stale = false;
    return shown_version_id == 0 ? insert(ctx, customer) : update(ctx, customer, shown_version_id, stale);
}

static enum err change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = put_customer(ctx, act->customer, act->shown_version_id, &act->result->stale);
    return err != OK || act->result->stale ? err : finish(ctx, act, act->customer);
}

enum err change_customer(struct ctx *ctx, struct customer *customer, int64_t shown_version_id,
                         const struct once *once, struct customer_result *result)
{
    struct act act = {.customer = customer, .shown_version_id = shown_version_id, .once = once, .result = result};

    return db_transaction(ctx, change, &act);
}

static enum err record(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    const struct vat_check_entry *e = act->entry;
    struct vat_check check = {.customer_id = e->customer_id, .valid = e->valid,
        .checked_on = e->checked_on, .evidence = e->evidence};
    struct customer customer;
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = lock_customer(ctx, e->customer_id, &customer);
    if (err != OK)
        return err;
    if (!vat_id_fits(customer.vat_id, customer.country)) {
        act->result->no_vat_id = true;
        return OK;
    }
    check.vat_id = customer.vat_id;
    TRY(ctx, insert_vat_check(ctx, &check));
    TRY(ctx, note_vat_checked(ctx, &customer));
    TRY(ctx, note(ctx, &customer, "customer.vat_checked",
                  history_params(ctx->arena, "vat_id", customer.vat_id, "valid", e->valid ? "1" : "0", NULL)));
    return finish(ctx, act, &customer);
}

enum err record_vat_check(struct ctx *ctx, const struct vat_check_entry *entry,
                          const struct once *once, struct customer_result *result)
{
    struct act act = {.entry = entry, .once = once, .result = result};

    return db_transaction(ctx, record, &act);
}
