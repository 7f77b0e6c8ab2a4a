#include "service/bank_matching.h"

#include <string.h>

#include "core/posting.h"

enum { PAID_DAYS = 90 }; /* claims paid so recently are still found */

enum err load_open_claims(struct ctx *ctx, struct open_claims *c)
{
    struct bank_account_row *account_rows;
    struct match_account *accounts;
    size_t account_count;

    TRY(ctx, bank_claims(ctx, ctx->today_on - PAID_DAYS, &c->rows, &c->count));
    TRY(ctx, bank_accounts(ctx, &account_rows, &account_count));
    c->claims = ARENA_ARRAY(ctx->arena, struct match_claim, c->count + 1);
    accounts = ARENA_ARRAY(ctx->arena, struct match_account, account_count + 1);
    for (size_t i = 0; i < c->count; i++)
        c->claims[i] = (struct match_claim){c->rows[i].invoice_id, c->rows[i].customer_id, c->rows[i].number, c->rows[i].open_minor,
                                            c->rows[i].currency};
    for (size_t i = 0; i < account_count; i++)
        accounts[i] = (struct match_account){account_rows[i].account_key, account_rows[i].customer_id};
    c->book = match_book_new(ctx->arena, c->claims, c->count, accounts, account_count);
    return OK;
}

struct match entry_match(const struct open_claims *claims, const struct bank_entry_row *row)
{
    struct match_entry asked = {row->reference, row->end_to_end_id, row->text, row->amount_minor, row->currency, row->account_key};

    return match_find(claims->book, &asked);
}

void match_entry(const struct open_claims *claims, bool booked, struct bank_entry_row *row)
{
    struct match match;

    if (strcmp(row->state, "aside") == 0 || row->doubt[0] != '\0')
        return;
    if (!booked || !row->credit) {
        row->state = booked && (row->return_code[0] != '\0' || row->attempt_id != 0) ? "open" : "aside";
        return;
    }
    match = entry_match(claims, row);
    if (match.claim == NULL || row->return_code[0] != '\0')
        return;
    row->match_kind = match_kind_name(match.kind);
    row->state = "matched";
    row->invoice_id = match.claim->id;
    row->customer_id = match.claim->customer_id;
    (void)match_apply(match.claim, row->amount_minor);
}

struct receipt entry_receipt(const struct bank_entry_row *row, int64_t customer_id, int64_t invoice_id, int64_t journal_id)
{
    return (struct receipt){
        .payment = {.bank_entry_id = row->id, .customer_id = customer_id, .gateway = "bank", .gateway_ref = row->entry_key,
                    .amount_minor = row->amount_minor, .currency = row->currency, .method_text = row->account_masked,
                    .received_on = row->booked_on},
        .invoice_id = invoice_id, .journal_id = journal_id, .money_account = ACCOUNT_BANK};
}
