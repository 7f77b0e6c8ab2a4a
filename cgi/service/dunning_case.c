#include "service/dunning_case.h"

#include "core/date.h"
#include "store/link.h"

enum { MAILS_A_CASE = 2, NOTES_A_CASE = 4 };

struct dunning_case new_dunning_case(const struct ctx *ctx, const struct overdue *facts, int32_t due_on)
{
    return (struct dunning_case){.invoice_id = facts->invoice_id, .customer_id = facts->customer_id, .subscription_id = facts->subscription_id,
        .rule_id = facts->rule_id, .close_days = facts->close_days, .due_on = due_on, .last_step_on = DATE_NONE, .next_on = ctx->today_on,
        .state = "open", .opened_on = ctx->today_on, .ended_on = DATE_NONE, .stop_reason = ""};
}

void end_dunning_case(const struct ctx *ctx, struct dunning_case *c, const char *state)
{
    c->state = state;
    c->ended_on = ctx->today_on;
    c->next_on = DATE_NONE;
    c->mail_waits = false;
}

/* ---- what cases say ---- */

struct dunning_said nothing_said(struct ctx *ctx, size_t cases)
{
    return (struct dunning_said){.mails = ARENA_ARRAY(ctx->arena, struct mail, cases * MAILS_A_CASE), .payable = ARENA_ARRAY(ctx->arena, int64_t, cases * MAILS_A_CASE),
                                 .notes = ARENA_ARRAY(ctx->arena, struct activity, cases * NOTES_A_CASE)};
}

void say_note(const struct ctx *ctx, struct dunning_said *said, int64_t invoice_id, const char *kind)
{
    said->notes[said->note_count++] = activity_now(ctx, ABOUT_INVOICE, invoice_id, kind, "{}");
}

void say_reminder(struct ctx *ctx, struct dunning_said *said, const struct case_in_hand *hand, const struct case_circumstance *reader,
                  const struct dunning_step *steps, size_t count, size_t mail_step)
{
    const struct dunning_case *c = &hand->c;
    int32_t close_on = dunning_announced_close_on(steps, count, mail_step, c->due_on);
    char day[DATE_TEXT_BYTES];

    said->payable[said->mail_count] = c->invoice_id;
    said->mails[said->mail_count++] = (struct mail){
        .template = "pay_reminder", .language = reader->language, .to_address = reader->email, .to_name = reader->name, .customer_id = c->customer_id,
        .subscription_id = c->subscription_id, .invoice_id = c->invoice_id,
        .params = history_params(ctx->arena, "company", reader->is_company ? "yes" : "", "close_on", close_on != DATE_NONE ? date_iso(close_on, day) : "",
                                 "asked", arena_printf(ctx->arena, "%lld", (long long)hand->owed.open_minor), NULL),
        .dedup_key = arena_printf(ctx->arena, "pay_reminder %lld %zu", (long long)c->invoice_id, mail_step)};
    say_note(ctx, said, c->invoice_id, "dunning.mail");
}

/* A case that a payment had ended and that is open again repeats its steps: what was sent then is not sent anew. */
enum err write_said(struct ctx *ctx, const struct dunning_said *said)
{
    char **tokens = ARENA_ARRAY(ctx->arena, char *, said->mail_count + 1);

    TRY(ctx, insert_links(ctx, LINK_KIND_PAY, said->payable, said->mail_count, ctx->now + PAY_LINK_LIFE, tokens));
    for (size_t i = 0; i < said->mail_count; i++)
        said->mails[i].token = tokens[i];
    TRY(ctx, queue_mails_once(ctx, said->mails, said->mail_count));
    return note_activities(ctx, said->notes, said->note_count);
}
