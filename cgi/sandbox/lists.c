/* lists: the pages that show what the sandbox knows; a test reads the same as a person. */
#include <string.h>

#include "base/clock.h"
#include "base/check.h"
#include "base/str.h"
#include "sandbox/cards.h"
#include "sandbox/events.h"
#include "sandbox/pages.h"
#include "sandbox/records.h"
#include "sandbox/reversals.h"
#include "text/format.h"
#include "text/words.h"
#include "view/layout.h"
#include "web/csrf.h"

enum { LEDGER_ROWS = 500, ROUNDS_MAX = 50, WAITS_MAX = 100 };

#define WAIT_STEP INT64_C(50000)

static char *when(struct ctx *ctx, int64_t at)
{
    return format_instant(ctx->arena, ctx->language, at, "Europe/Paris");
}

static char *money(struct ctx *ctx, int64_t minor, const char *currency)
{
    char *code = arena_strdup(ctx->arena, currency);

    for (char *p = code; *p != '\0'; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    return format_money(ctx->arena, ctx->language, minor, code);
}

enum err page_index(struct visit *visit)
{
    HDF *hdf = hdf_new(visit->ctx);
    HDF *row = hdf_row(hdf, "Facts.rows", 0);

    hdf_text(row, "k", tr("Webhooks go to"));
    hdf_text(row, "v", visit->sandbox->webhook_url);
    row = hdf_row(hdf, "Facts.rows", 1);
    hdf_text(row, "k", tr("A late webhook comes after"));
    hdf_text(row, "v",
             tr_fill(visit->ctx->arena, "{count} ms", "count",
                     format_integer(visit->ctx->arena, visit->ctx->language, visit->sandbox->webhook_late_ms),
                     NULL));
    row = hdf_row(hdf, "Facts.rows", 2);
    hdf_text(row, "k", tr("An answer is held back for"));
    hdf_text(
        row, "v",
        tr_fill(visit->ctx->arena, "{count} ms", "count",
                format_integer(visit->ctx->arena, visit->ctx->language, visit->sandbox->fault_timeout_ms),
                NULL));
    return show_listed(visit, hdf, "sandbox/index.cs", tr("Overview"));
}

enum err page_cards(struct visit *visit)
{
    HDF *hdf = hdf_new(visit->ctx);
    size_t count;
    const struct test_card *card = test_cards(&count);
    int published = 0;
    int ours = 0;

    for (size_t i = 0; i < count; i++) {
        HDF *row = card[i].ours ? hdf_row(hdf, "Ours", ours++) : hdf_row(hdf, "Published", published++);

        hdf_text(row, "number", card_spaced(visit->ctx->arena, card[i].number));
        hdf_text(row, "label", tr(card[i].label));
        hdf_text(row, "name", card[i].name);
    }
    return show_listed(visit, hdf, "sandbox/cards.cs", tr("Test cards"));
}

enum err page_ledger(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    HDF *hdf = hdf_new(ctx);
    const char *before = pair_value(&visit->request->fields, "before");
    struct capture *captures;
    long long id = INT64_MAX;
    size_t count;

    if (before != NULL && !str_to_i64(before, 1, INT64_MAX, &id))
        return show_message(visit, 404, tr("Page not found"), tr("There is nothing at this address."),
                            "/sandbox/ledger", tr("Money taken"));
    TRY(ctx, db_ready(ctx));
    TRY(ctx, captures_before(ctx, id, &captures, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Rows", (int)i);

        hdf_text(row, "at", when(ctx, captures[i].captured_at));
        hdf_text(row, "amount", money(ctx, captures[i].amount_minor, captures[i].currency));
        hdf_text(row, "card",
                 tr_fill(ctx->arena, "Card ending in {last4}", "last4", captures[i].last4, NULL));
        hdf_text(row, "intent", captures[i].intent_ref);
        hdf_text(row, "attempt", captures[i].attempt);
    }
    if (count == LEDGER_ROWS) {
        hdf_text(hdf, "Pager.text", tr("Newest first"));
        hdf_text(hdf, "Pager.next",
                 arena_printf(ctx->arena, "/sandbox/ledger?before=%lld", (long long)captures[count - 1].id));
    }
    hdf_text(hdf, "Empty.text", tr("No money was taken yet."));
    hdf_text(hdf, "Empty.href", "/sandbox/cards");
    hdf_text(hdf, "Empty.action", tr("Test cards"));
    return show_listed(visit, hdf, "sandbox/ledger.cs", tr("Money taken"));
}

/* A value of a tab-separated file: no tab, no line end. */
static char *cell(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    return copy;
}

enum err page_ledger_tsv(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct arena *arena = ctx->arena;
    struct str *out = &visit->response->body;
    struct capture *c;
    int64_t after = 0;
    size_t count = LEDGER_ROWS;

    visit->response->content_type = "text/tab-separated-values; charset=utf-8";
    str_append(
        out,
        "at\tcharge\tintent\tsession\tcustomer\tmethod\tlast4\tamount_minor\tcurrency\tattempt\tpayable\n");
    TRY(ctx, db_ready(ctx));
    while (count == LEDGER_ROWS) {
        TRY(ctx, captures_after(ctx, after, &c, &count));
        for (size_t i = 0; i < count; i++)
            str_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%lld\t%s\t%s\t%s\n",
                       clock_format(arena, c[i].captured_at), c[i].charge_ref, c[i].intent_ref,
                       c[i].session_ref, c[i].customer_ref, c[i].method_ref, c[i].last4,
                       (long long)c[i].amount_minor, c[i].currency, cell(arena, c[i].attempt),
                       cell(arena, c[i].payable));
        after = count > 0 ? c[count - 1].id : after;
    }
    return OK;
}

static void put_delivery(struct ctx *ctx, HDF *row, const struct delivery *d)
{
    bool done = strcmp(d->state, "done") == 0;
    bool failed = strcmp(d->state, "failed") == 0;

    hdf_text(row, "kind", done ? "ok" : failed ? "bad" : d->tries > 0 ? "warn" : "info");
    hdf_text(row, "label", done ? tr("Delivered") : failed ? tr("Given up") : tr("Waiting"));
    if (!done && !failed)
        hdf_text(row, "due", tr_fill(ctx->arena, "next try {when}", "when", when(ctx, d->due_at), NULL));
    if (d->tries > 0)
        hdf_text(row, "tries",
                 arena_printf(ctx->arena, "%d × %s", d->tries,
                              d->last_status > 0 ? arena_printf(ctx->arena, "%d", d->last_status)
                                                 : tr("no answer")));
}

enum err page_events(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    HDF *hdf = hdf_new(ctx);
    struct gateway_happening *events;
    struct delivery *deliveries;
    size_t count;
    size_t delivery_count;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, newest_events(ctx, &events, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Rows", (int)i);

        hdf_text(row, "at", when(ctx, events[i].created_at));
        hdf_text(row, "type", events[i].type);
        hdf_text(row, "object", events[i].object_ref);
        TRY(ctx, deliveries_of(ctx, events[i].id, &deliveries, &delivery_count));
        for (size_t j = 0; j < delivery_count; j++)
            put_delivery(ctx, hdf_row(row, "deliveries", (int)j), &deliveries[j]);
    }
    put_csrf(visit, hdf, "deliver");
    hdf_text(hdf, "Empty.text", tr("Nothing happened yet."));
    hdf_text(hdf, "Empty.href", "/sandbox/cards");
    hdf_text(hdf, "Empty.action", tr("Test cards"));
    return show_listed(visit, hdf, "sandbox/events.cs", tr("Webhooks"));
}

/* What the dispatcher is sending meanwhile is delivered too when this returns (at most five seconds). */
static enum err wait_for_others(struct ctx *ctx)
{
    int64_t busy = 1;

    for (int i = 0; i < WAITS_MAX && busy > 0; i++) {
        TRY(ctx, deliveries_busy(ctx, &busy));
        if (busy > 0)
            clock_sleep(WAIT_STEP);
    }
    return OK;
}

/* Delivers in this process, now: what is due, or with ?all=1 also what waits for later. A test gets
 * "accepted TAB refused"; the button of the page gets the page again. */
enum err page_deliver(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    const char *all = pair_value(&visit->request->fields, "all");
    struct pairs pairs;
    int accepted = 0;
    int refused = 0;
    bool form;

    if (!pairs_parse(ctx->arena, visit->request->body, visit->request->body_bytes, 10, &pairs))
        return show_message(visit, 400, tr("The request could not be read"),
                            tr("Please go back and try again."), NULL, NULL);
    form = pair_value(&pairs, "csrf") != NULL;
    if (!csrf_origin_ok(visit->request, visit->sandbox->site_base) ||
        (form && !csrf_fits(visit, "deliver", pair_value(&pairs, "csrf"))))
        return show_message(visit, 403, tr("This form is no longer valid"),
                            tr("Please go back and try again."), "/sandbox/events", tr("Webhooks"));
    if (all != NULL) {
        TRY(ctx, db_ready(ctx));
        TRY(ctx, turn_refunds(ctx, visit->sandbox, INT64_C(32503680000000000)));
    }
    for (int i = 0; i < ROUNDS_MAX; i++) {
        int before = accepted;

        TRY(ctx, deliver_events(ctx, visit->sandbox, all != NULL ? INT64_C(32503680000000000) : clock_now(),
                                &accepted, &refused));
        if (accepted == before)
            break; /* nothing left, or nobody takes it */
    }
    TRY(ctx, wait_for_others(ctx));
    if (form) {
        respond_see(visit->response, "/sandbox/events");
        return OK;
    }
    visit->response->content_type = "text/plain; charset=utf-8";
    str_printf(&visit->response->body, "%d\t%d\n", accepted, refused);
    return OK;
}
