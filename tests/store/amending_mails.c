/* amending_mails: what the mails of a change say, against what was shown and is invoiced. */
#include "contract.h"

#include "service/mail_text.h"
#include "store/history.h"
#include "store/outbox.h"
#include "text/format.h"

/* The newest mail of a change of the contract; role: of a transfer. */
static struct outbox_row mail_of(struct ctx *ctx, const struct subscription *s, const char *role)
{
    struct outbox_row *rows, none = {.id = 0};
    size_t count;

    GOOD(outbox_list(ctx, 0, 3000, &rows, &count)); /* the tests share one house: its other contracts renew meanwhile */
    for (size_t i = 0; i < count; i++)
        if (rows[i].subscription_id == s->id && strcmp(rows[i].template, "amendment") == 0 &&
            strcmp(history_param(ctx->arena, rows[i].params, "role"), role) == 0)
            return rows[i];
    CU_FAIL_FATAL("no mail of the change is there");
    return none;
}

static struct letter read_mail(struct ctx *ctx, const struct outbox_row *row)
{
    struct letter letter;

    GOOD(mail_text_of(ctx, mail_facts_of(ctx, row, 1), row, "", &letter));
    return letter;
}

static struct letter letter_of(struct ctx *ctx, const struct subscription *s)
{
    struct outbox_row row = mail_of(ctx, s, "");

    return read_mail(ctx, &row);
}

/* The value beside a label, the nth below a heading ("" anywhere); "" there is none. */
static const char *told(const struct letter *letter, const char *heading, const char *label, int nth)
{
    bool below = heading[0] == '\0';

    for (size_t i = 0; i < letter->fact_count; i++) {
        if (letter->facts[i].value[0] == '\0')
            below = heading[0] == '\0' || strcmp(letter->facts[i].label, heading) == 0;
        else if (below && strcmp(letter->facts[i].label, label) == 0 && nth-- == 0)
            return letter->facts[i].value;
    }
    return "";
}

static const char *money(struct ctx *ctx, int64_t minor)
{
    return format_money(ctx->arena, "fr", minor, "EUR");
}

/* What the contract's newest invoice asks for. */
static int64_t newest_total(struct ctx *ctx, const struct subscription *s, const char *kind)
{
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(ctx, kind, 0, s->id, 0, 1, &rows, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    return rows[0].total_minor;
}

#define NOW "Charged and given back now"
#define NEXT "Next regular invoice"

TEST(amending_mails, more_says_before_and_after_its_arithmetic_and_the_bill_that_follows_as_it_is_issued)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct letter letter, later;
    struct outbox_row row;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 18;
    a = wished_quantity(&s, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    row = mail_of(ctx, &s, "");
    letter = read_mail(ctx, &row);
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), "from 5 to 8");
    SAME_TEXT(told(&letter, "What changes", "Price excl. VAT", 0),
              arena_printf(ctx->arena, "from %s per month to %s per month", money(ctx, 6000), money(ctx, 9600)));
    SAME_TEXT(told(&letter, "", "Takes effect", 0), format_date_long(ctx->arena, "fr", end_on - 18));
    SAME_TEXT(told(&letter, NOW,
                   arena_printf(ctx->arena, "3 x Licence (18 of %d days of %s, %s to %s)", (int)(end_on - begin_on), money(ctx, 3600),
                                format_date(ctx->arena, "fr", end_on - 18), format_date(ctx->arena, "fr", end_on - 1)), 0),
              money(ctx, a.charged.net_minor));
    SAME_TEXT(told(&letter, NOW, "Charged, excl. VAT", 0), money(ctx, a.charged.net_minor));
    SAME_TEXT(told(&letter, NOW, "VAT", 0), money(ctx, a.charged.vat_minor));
    SAME_TEXT(told(&letter, NOW, "Difference to pay, incl. VAT", 0), money(ctx, newest_total(ctx, &s, "open")));
    SAME_TEXT(told(&letter, NEXT, "Date", 0), format_date_long(ctx->arena, "fr", end_on));
    contract_run(ctx, end_on);
    SAME_TEXT(told(&letter, NEXT, "Total incl. VAT", 0), money(ctx, newest_total(ctx, &s, "open")));
    later = read_mail(ctx, &row); /* one that leaves late says the same */
    CU_ASSERT_EQUAL_FATAL(later.fact_count, letter.fact_count);
    for (size_t i = 0; i < letter.fact_count; i++)
        SAME_TEXT(later.facts[i].value, letter.facts[i].value);
}

TEST(amending_mails, less_now_says_what_is_given_back_and_in_whose_favour)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct letter letter;
    int32_t begin_on = fifteenth(ctx);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = date_add_months(begin_on, 1) - 10;
    a = wished_quantity(&s, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), "from 5 to 3");
    SAME_TEXT(told(&letter, NOW, "Charged, excl. VAT", 0), "");
    SAME_TEXT(told(&letter, NOW, "Given back, excl. VAT", 0), money(ctx, -a.credited_net_minor));
    SAME_TEXT(told(&letter, NOW, "VAT", 0), money(ctx, -a.credited_vat_minor));
    SAME_TEXT(told(&letter, NOW, "Difference in your favour, incl. VAT", 0), money(ctx, newest_total(ctx, &s, "credit")));
    CU_ASSERT_TRUE(a.credited_net_minor > 0);
}

TEST(amending_mails, what_is_planned_says_the_bill_that_knows_it_and_what_is_undone_says_what_stays)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct undoing undoing;
    struct letter letter;
    const char *total;

    s = signed_on_the_fifteenth(ctx, &w);
    a = wished_quantity(&s, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}, AMENDMENT_AT_PERIOD_END);
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), "from 5 to 3");
    SAME_TEXT(told(&letter, "Charged and given back on that day", "Amount", 0), "Nothing");
    SAME_TEXT(told(&letter, NEXT, "Amount excl. VAT", 0), money(ctx, 3600));
    total = told(&letter, NEXT, "Total incl. VAT", 0);
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "", "Had been planned for", 0), format_date_long(ctx->arena, "fr", a.effective_on));
    SAME_TEXT(told(&letter, "What had been planned", "Licence", 0), "from 5 to 3");
    SAME_TEXT(told(&letter, "What stays", "Licence", 0), arena_printf(ctx->arena, "5 at %s", money(ctx, 1200)));
    SAME_TEXT(told(&letter, "What stays", "Price excl. VAT", 0), arena_printf(ctx->arena, "%s per month", money(ctx, 6000)));
    SAME_TEXT(told(&letter, NEXT, "Amount excl. VAT", 0), money(ctx, 6000));
    a.when = AMENDMENT_AT_PERIOD_END;
    preview_then_make(ctx, &a);
    contract_run(ctx, a.effective_on);
    SAME_TEXT(total, money(ctx, newest_total(ctx, &s, "open")));
    letter = letter_of(ctx, &s); /* made on its day, by the batch */
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), "from 5 to 3");
}

TEST(amending_mails, another_plan_says_both_prices_and_an_option_comes_and_goes)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct letter letter;
    struct amending a;

    (void)change_quantity(ctx, &s, &(struct amending_line){.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 20000}, AMENDMENT_AT_ONCE);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Sauvegarde", 0), arena_printf(ctx->arena, "added: 2 at %s", money(ctx, 3100)));
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), "");
    (void)change_quantity(ctx, &s, &(struct amending_line){.act = AMENDING_ADD_ONCE, .product_id = w.setup_id, .quantity_e4 = 10000}, AMENDMENT_AT_ONCE);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, NOW, "1 x Formation", 0), money(ctx, 5000));
    (void)change_quantity(ctx, &s, &(struct amending_line){.act = AMENDING_REMOVE, .slot = 2}, AMENDMENT_AT_ONCE);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Sauvegarde", 0), arena_printf(ctx->arena, "removed, was 2 at %s", money(ctx, 3100)));
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.plan_id = w.yearly_id;
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Licence", 0), arena_printf(ctx->arena, "from 5 at %s to 5 at %s", money(ctx, 1200), money(ctx, 12000)));
    SAME_TEXT(told(&letter, "What changes", "Price excl. VAT", 0),
              arena_printf(ctx->arena, "from %s per month to %s per year", money(ctx, 6000), money(ctx, 60000)));
}

TEST(amending_mails, a_pause_bills_nothing_for_now_and_its_end_says_what_goes_on)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct amending a = wished(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    struct letter letter;
    int32_t paused_on;

    paused_on = ctx->today_on += 10;
    a.resume_on = paused_on + 40;
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "", "Resumes by itself on", 0), format_date_long(ctx->arena, "fr", paused_on + 40));
    SAME_TEXT(told(&letter, "", "Paid days served after it", 0), format_integer(ctx->arena, "fr", a.banked_days));
    SAME_TEXT(told(&letter, NEXT, "Date", 0), "None for now");
    contract_run(ctx, paused_on + 40); /* by itself */
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What goes on", "Licence", 0), arena_printf(ctx->arena, "5 at %s", money(ctx, 1200)));
    SAME_TEXT(told(&letter, NEXT, "Date", 0), format_date_long(ctx->arena, "fr", paused_on + 40 + a.banked_days));
    a = wished(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
    a.agreed = true;
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "", "Last day", 0), format_date_long(ctx->arena, "fr", ctx->today_on - 1));
    SAME_TEXT(told(&letter, NEXT, "Date", 0), "None any more");
}

TEST(amending_mails, a_discount_of_the_whole_contract_says_what_begins_and_what_ends)
{
    static const struct discount five = {.amount_minor = 500};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct amending a = wished(&s, AMENDMENT_DISCOUNT, AMENDMENT_AT_PERIOD_END);
    struct undoing undoing;
    struct letter letter;

    contract_discounted(ctx, &s, "0:500:0:");
    a.ends = &five;
    a.end_count = 1;
    a.own = (struct discount){.ppm = 250000, .periods = 3};
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "Discount that ends", 0), arena_printf(ctx->arena, "%s off", money(ctx, 500)));
    SAME_TEXT(told(&letter, "What changes", "Discount that begins", 0), arena_printf(ctx->arena, "%s off for 3 months", format_percent(ctx->arena, "fr", 250000)));
    SAME_TEXT(told(&letter, "What changes", "Price excl. VAT", 0), arena_printf(ctx->arena, "from %s per month to %s per month", money(ctx, 6000), money(ctx, 4500)));
    SAME_TEXT(told(&letter, "Charged and given back on that day", "Amount", 0), "Nothing");
    SAME_TEXT(told(&letter, NEXT, "Amount excl. VAT", 0), money(ctx, 4500));
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What had been planned", "Discount that ends", 0), arena_printf(ctx->arena, "%s off", money(ctx, 500)));
    SAME_TEXT(told(&letter, NEXT, "Amount excl. VAT", 0), money(ctx, 5500));
}

TEST(amending_mails, a_contract_that_passes_on_is_told_to_both_customers_and_to_nobody_else)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx), other = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct amending a = wished(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);
    struct outbox_row given, taken, *newest;
    struct letter letter;
    size_t count;

    a.customer_id = other.customer_id;
    preview_then_make(ctx, &a);
    given = mail_of(ctx, &s, "given");
    SAME_NUMBER(given.customer_id, w.customer_id);
    letter = read_mail(ctx, &given);
    SAME_TEXT(told(&letter, "", "Takes effect", 0), format_date_long(ctx->arena, "fr", a.effective_on));
    SAME_NUMBER(letter.fact_count, 2); /* the contract and its day: the rest is the other's */
    CU_ASSERT_PTR_NOT_NULL(strstr(letter.paragraphs[0], "has passed to another customer"));
    taken = mail_of(ctx, &s, "taken");
    SAME_NUMBER(taken.customer_id, other.customer_id);
    letter = read_mail(ctx, &taken);
    CU_ASSERT_PTR_NOT_NULL(strstr(letter.paragraphs[0], "You have taken over"));
    SAME_TEXT(told(&letter, "What you take over", "Licence", 0), arena_printf(ctx->arena, "5 at %s", money(ctx, 1200)));
    SAME_TEXT(told(&letter, NEXT, "Amount excl. VAT", 0), money(ctx, 6000));
    a = wished(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);
    a.owner_id = other.user_id;
    preview_then_make(ctx, &a);
    GOOD(outbox_list(ctx, 0, 1, &newest, &count));
    SAME_NUMBER(newest[0].id, taken.id); /* whose contract it is among the sellers is no customer's business */
}

TEST(amending_mails, of_many_lines_the_first_are_told_and_the_rest_is_counted)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct amending_line lines[25];
    struct amending a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    struct letter letter;

    for (size_t i = 0; i < 25; i++)
        lines[i] = (struct amending_line){.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000};
    a.lines = lines;
    a.line_count = 25;
    preview_then_make(ctx, &a);
    letter = letter_of(ctx, &s);
    SAME_TEXT(told(&letter, "What changes", "And more", 0), "5 lines, on the subscription's page");
    SAME_TEXT(told(&letter, NOW, "And more", 0), "5 lines, on the subscription's page");
    CU_ASSERT_TRUE(told(&letter, "What changes", "Sauvegarde", 19)[0] != '\0');
    SAME_TEXT(told(&letter, "What changes", "Sauvegarde", 20), "");
}
