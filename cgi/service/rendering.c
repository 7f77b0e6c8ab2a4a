#include "service/rendering.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "document/quote_sheet.h"
#include "service/invoice_paper.h"
#include "service/mandate_paper.h"
#include "service/offer.h"
#include "service/offer_paper.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/mandate.h"
#include "store/subscription.h"
#include "text/words.h"

enum { GROUP = 40, TRIES_TO_ITEM = 5, DETAIL_BYTES = 400, BYTES_AT_ONCE = 1 << 20 };

/* ---- accepted quotes ---- */

static const char *utc(struct arena *arena, int64_t at)
{
    char *text = clock_format(arena, at);

    return arena_printf(arena, "%.10s %.8s UTC", text, text + 11);
}

static void write_evidence(struct arena *arena, const struct offer *offer, const struct signature *s,
                           struct quote_evidence *evidence)
{
    struct sheet_fact *facts = ARENA_ARRAY(arena, struct sheet_fact, 10);
    struct sheet_fact *events = ARENA_ARRAY(arena, struct sheet_fact, 3);
    const char *digest;
    size_t n = 0;
    size_t e = 0;

    facts[n++] = (struct sheet_fact){tr("Signed by"), s->signer_name};
    if (s->signer_role[0] != '\0')
        facts[n++] = (struct sheet_fact){tr("Role"), s->signer_role};
    facts[n++] = (struct sheet_fact){tr("E-mail address"), s->signer_email};
    facts[n++] = (struct sheet_fact){tr("Signed at"), utc(arena, s->signed_at)};
    if (s->remote_addr[0] != '\0') /* none: no browser was in it */
        facts[n++] = (struct sheet_fact){tr("Network address"), s->remote_addr};
    if (s->user_agent[0] != '\0')
        facts[n++] = (struct sheet_fact){tr("Browser"), s->user_agent};
    digest = encode_hex(arena, s->document_sha256, HASH_BYTES);
    facts[n++] = (struct sheet_fact){tr("SHA-256 of the accepted document"), arena_printf(arena, "%.*s %s", HASH_BYTES, digest, digest + HASH_BYTES)};
    if (offer->version.sent_at != 0)
        events[e++] = (struct sheet_fact){utc(arena, offer->version.sent_at), tr("The quote was sent by e-mail with a personal link.")};
    events[e++] = (struct sheet_fact){utc(arena, s->signed_at), tr("The quote was accepted with typed name and explicit consent.")};
    *evidence = (struct quote_evidence){
        .title = tr("Evidence of acceptance"), .statement = s->consent_text, .facts = facts, .fact_count = n,
        .events_title = tr("Events"), .events = events, .event_count = e,
        .notice = tr("This is a simple electronic signature within the meaning of article 25 of regulation (EU) 910/2014 (eIDAS). The seal on this file shows any later change.")};
}

static enum err render_signed_quote(struct ctx *ctx, int64_t signature_id, const struct signer *signer, struct db_bytes *pdf)
{
    const struct pdf_house *house;
    struct signature signature;
    struct offer offer;
    struct quote_sheet sheet;
    struct quote_evidence evidence;
    struct pdf_file file;
    char *before = arena_strdup(ctx->arena, words_language());

    TRY(ctx, paper_house(ctx, &house));
    TRY(ctx, signature_by_id(ctx, signature_id, &signature));
    TRY(ctx, load_offer_version(ctx, signature.version_id, &offer));
    TRY(ctx, offer_sheet(ctx, &offer, offer.version.language, &sheet)); /* the document that was accepted, whatever language the page had */
    words_use(offer.version.language);
    write_evidence(ctx->arena, &offer, &signature, &evidence);
    words_use(before);
    sheet.evidence = &evidence;
    TRY(ctx, pdf_finish(quote_sheet_draw(ctx, house, &sheet), signer, &file));
    *pdf = (struct db_bytes){file.data, file.bytes};
    return OK;
}

/* ---- jobs ---- */

struct rendering_group {
    struct rendering *state;
    bool singly; /* each document is written by itself: one of the last group could not be */
    size_t claimed;
    int64_t rendered;
    int64_t failed;
    const struct invoice_papers *papers;
    struct rendered_document *made; /* drawn and sealed, not written yet */
    struct document_job *done; /* their jobs */
    size_t made_count;
    size_t made_bytes;
};

static enum err draw(struct ctx *ctx, const struct rendering_group *group, const struct document_job *job, struct db_bytes *pdf)
{
    const struct signer *signer = group->state->signer;

    if (strcmp(job->kind, "invoice") == 0)
        return render_invoice_pdf(ctx, group->papers, job->ref_id, signer, pdf);
    if (strcmp(job->kind, "quote_signed") == 0)
        return render_signed_quote(ctx, job->ref_id, signer, pdf);
    return render_mandate_pdf(ctx, job->ref_id, strcmp(job->kind, "mandate_amendment") == 0, signer, pdf);
}

static enum err write_made(struct ctx *ctx, struct rendering_group *group)
{
    size_t count = group->made_count;

    group->made_count = group->made_bytes = 0;
    if (count == 0)
        return OK;
    TRY(ctx, insert_rendered(ctx, group->made, count));
    crash_point("C09"); /* written, and their jobs still stand: no document is half there, they are rows */
    TRY(ctx, delete_document_jobs(ctx, group->done, count));
    crash_point("C10"); /* written, and not told: one transaction */
    group->rendered += (int64_t)count;
    return OK;
}

static enum err render_one(struct ctx *ctx, struct rendering_group *group, const struct document_job *job)
{
    struct rendered_document *made = &group->made[group->made_count];
    struct db_bytes pdf;
    struct hash hash;

    TRY(ctx, draw(ctx, group, job, &pdf));
    crash_point("C11");
    hash = hash_sha256(pdf.data, pdf.bytes);
    *made = (struct rendered_document){.kind = job->kind, .ref_id = job->ref_id, .bytes = pdf, .created_at = ctx->now};
    memcpy(made->sha256, hash.bytes, sizeof made->sha256);
    group->done[group->made_count++] = *job;
    group->made_bytes += pdf.bytes;
    return group->singly ? write_made(ctx, group) : OK;
}

/* An invoice, the quote of a signature, the subscription of a mandate. */
static enum err name_subject(struct ctx *ctx, const struct document_job *job, struct operator_item *item)
{
    bool change = strcmp(job->kind, "mandate_amendment") == 0;
    struct signature signature;
    struct mandate_change changed;
    struct mandate mandate;

    item->subject_kind = ABOUT_INVOICE;
    item->subject_id = job->ref_id;
    if (strcmp(job->kind, "invoice") == 0)
        return OK;
    if (strcmp(job->kind, "quote_signed") == 0) {
        TRY(ctx, signature_by_id(ctx, job->ref_id, &signature));
        item->subject_kind = ABOUT_QUOTE;
        item->subject_id = signature.quote_id;
        return OK;
    }
    if (change)
        TRY(ctx, mandate_change_by_id(ctx, job->ref_id, &changed));
    TRY(ctx, mandate_by_method(ctx, change ? changed.payment_method_id : job->ref_id, &mandate));
    item->subject_kind = ABOUT_SUBSCRIPTION;
    item->subject_id = mandate.subscription_id;
    return OK;
}

static enum err put_off(struct ctx *ctx, const struct document_job *job)
{
    char *reason = arena_strdup(ctx->arena, ctx->trail);
    int64_t wait_s = job->tries < 3 ? 60 : 3600;

    log_trail(ctx, "document.failed");
    ctx_forget_error(ctx);
    if (job->tries + 1 >= TRIES_TO_ITEM) {
        struct operator_item item = {.kind = "document_failed", .currency = "", .detail = str_cut(ctx->arena, reason, DETAIL_BYTES), .opened_on = ctx->today_on};

        TRY(ctx, name_subject(ctx, job, &item));
        TRY(ctx, open_operator_item(ctx, &item));
    }
    return postpone_document_job(ctx, job, reason, ctx->now + wait_s * CLOCK_SECOND);
}

static enum err load_papers(struct ctx *ctx, struct rendering_group *group, const struct document_job *jobs)
{
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, group->claimed + 1);
    size_t count = 0;

    for (size_t i = 0; i < group->claimed; i++)
        if (strcmp(jobs[i].kind, "invoice") == 0)
            ids[count++] = jobs[i].ref_id;
    return load_invoice_papers(ctx, ids, count, &group->papers);
}

static enum err render_group(struct ctx *ctx, void *arg)
{
    struct rendering_group *group = arg;
    struct document_job *jobs;

    group->rendered = group->failed = 0;
    group->made_count = group->made_bytes = 0;
    TRY(ctx, claim_document_jobs(ctx, GROUP, &jobs, &group->claimed));
    TRY(ctx, load_papers(ctx, group, jobs));
    group->made = ARENA_ARRAY(ctx->arena, struct rendered_document, group->claimed + 1);
    group->done = ARENA_ARRAY(ctx->arena, struct document_job, group->claimed + 1);
    for (size_t i = 0; i < group->claimed; i++) {
        enum err err = render_one(ctx, group, &jobs[i]);

        if (err == ERR_DB_GONE || err == ERR_DB_RETRY)
            return err;
        if (err != OK) {
            TRY(ctx, put_off(ctx, &jobs[i])); /* one that cannot be drawn, sealed or written never stops the others */
            group->failed++;
        }
        if (group->made_bytes >= BYTES_AT_ONCE)
            TRY(ctx, write_made(ctx, group));
    }
    return write_made(ctx, group);
}

enum err render_documents(struct ctx *run, struct rendering *state)
{
    struct ctx item = *run;
    struct rendering_group group = {.state = state, .claimed = GROUP};
    enum err err = db_ready(run);
    bool waiting = false;

    if (err == OK)
        err = document_jobs_wait(run, &waiting);
    if (err != OK || !waiting)
        return err;
    item.arena = arena_new();
    while (err == OK && group.claimed == GROUP && !(state->stop != NULL && state->stop())) {
        arena_reset(item.arena);
        item.now = clock_now();
        err = db_transaction(&item, render_group, &group);
        if (err == OK) {
            state->rendered += group.rendered;
            state->failed += group.failed;
        } else if (!group.singly && err != ERR_DB_GONE && err != ERR_DB_RETRY) {
            log_trail(&item, "documents.one_by_one");
            ctx_forget_error(&item);
            group.singly = true;
            group.claimed = GROUP;
            err = OK;
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
