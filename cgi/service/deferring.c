#include "service/deferring.h"

#include <string.h>

#include "core/date.h"
#include "core/deferral.h"
#include "core/posting.h"
#include "service/booking.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/renewal.h"

struct release {
    int64_t first_entry_id;
    size_t done;
    bool more; /* a full group, or one of it is due again: months that were missed */
};

enum { RELEASES = 200 };

static enum err release_group(struct ctx *ctx, void *arg)
{
    struct release *release = arg;
    struct deferral *rows;
    struct booking *bookings = ARENA_ARRAY(ctx->arena, struct booking, RELEASES);

    TRY(ctx, due_deferrals(ctx, RELEASES, &rows, &release->done));
    release->more = release->done == RELEASES;
    for (size_t i = 0; i < release->done; i++) {
        struct deferral *d = &rows[i];
        struct period period = {d->from_on, d->until_on};
        int32_t before_on = d->next_on;
        int64_t until = deferral_recognised(deferral_method_from_name(d->method), d->amount_minor, period, before_on);
        struct exchange exchange = exchange_between(d->currency, d->books, d->books_rate_e6);
        struct posting_list list;
        int64_t base_minor = exchange_step(&exchange, d->amount_minor - d->recognised_minor, d->amount_minor - until);

        bookings[i] = (struct booking){
            .entry_id = release->first_entry_id + (int64_t)i, .journal = "OD",
            .on = before_on - 1, /* the last day of what it recognises: December's revenue is this year's */
            .source_kind = "deferral",
            .source_id = d->id, .reference = arena_printf(ctx->arena, "487 %s", d->invoice_number)};
        booking_currencies(&bookings[i], d->currency, &exchange);
        posting_of_release(d->account, until - d->recognised_minor, (struct posting_bases){exchange.rate_e6 != 0, base_minor, base_minor}, &list);
        booking_items(ctx->arena, &bookings[i], &list);
        d->recognised_minor = until;
        d->next_on = deferral_next_on(period, before_on);
        release->more |= d->next_on != DATE_NONE && d->next_on <= ctx->today_on;
    }
    TRY(ctx, save_deferrals(ctx, rows, release->done));
    return book_entries(ctx, bookings, release->done);
}

enum err recognise_revenue(struct ctx *run, int64_t *count)
{
    struct ctx item = *run;
    struct release release = {.more = true};
    enum err err = db_ready(run);
    struct work_waiting waiting = {.releases = false};

    *count = 0;
    if (err == OK)
        err = work_waiting(run, &waiting);
    if (err != OK || !waiting.releases)
        return err;
    item.arena = arena_new();
    while (err == OK && release.more) {
        arena_reset(item.arena);
        err = reserve_ids(&item, "journal_entry", RELEASES, &release.first_entry_id);
        if (err == OK)
            err = db_transaction(&item, release_group, &release);
        if (err == OK)
            *count += (int64_t)release.done;
    }
    arena_free(item.arena);
    return err;
}

/* ---- found again from the beginning ---- */

enum { VERIFIED_AT_ONCE = 1000 };

static bool holds(const struct deferral *d)
{
    return deferral_holds(deferral_method_from_name(d->method),
                          &(struct deferral_left){d->amount_minor, d->recognised_minor, {d->from_on, d->until_on}, d->next_on});
}

enum err verify_deferrals(struct ctx *run, const char **bad, int64_t *verified)
{
    struct ctx part = *run;
    struct deferral *rows;
    size_t count = VERIFIED_AT_ONCE;
    int64_t after = 0;
    enum err err = OK;

    *bad = "";
    *verified = 0;
    part.arena = arena_new();
    while (err == OK && (*bad)[0] == '\0' && count == VERIFIED_AT_ONCE) {
        arena_reset(part.arena);
        err = deferrals_after(&part, after, VERIFIED_AT_ONCE, &rows, &count);
        for (size_t i = 0; err == OK && i < count && (*bad)[0] == '\0'; i++) {
            after = rows[i].id;
            if (holds(&rows[i]))
                ++*verified;
            else
                *bad = arena_printf(run->arena, "%s line %d", rows[i].invoice_number, rows[i].line_position);
        }
    }
    memcpy(run->trail, part.trail, sizeof run->trail);
    arena_free(part.arena);
    return err;
}
