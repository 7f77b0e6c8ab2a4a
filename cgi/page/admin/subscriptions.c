/* subscriptions: the list, one subscription with its invoices and history, and letting a held one go on. */
#include "base/encode.h"
#include "base/str.h"
#include "core/date.h"
#include "page/admin/amend.h"
#include "page/admin/money_rows.h"
#include "page/subscription_view.h"
#include "service/attending.h"
#include "service/ending.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

static void fill_row(const struct page *page, HDF *node, const struct subscription_list_row *row)
{
    hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", row->number));
    hdf_text(node, "number", row->number);
    hdf_text(node, "customer", row->customer_name);
    hdf_text(node, "plan", row->plan_name);
    if (row->held_on != DATE_NONE)
        page_badge(hdf_node(node, "state"), "bad", tr("Held"));
    else
        view_subscription_state(hdf_node(node, "state"), row->state);
    hdf_text(node, "next", page_date(page, row->due_on));
    hdf_text(node, "period", page_money(page, row->period_minor, row->currency));
    hdf_text(node, "mrr", str_equal(row->state, "ended") ? "–" : page_mrr(page, row->mrr_e4, row->currency));
}

enum err page_subscriptions(struct page *page)
{
    static const struct money_view view[] = {
        {"", N_("All"), ""}, {"active", N_("Active"), "active"}, {"pending", N_("Pending"), "pending"}, {"trial", N_("Trial"), "trial"},
        {"held", N_("Held"), "held"}, {"ended", N_("Ended"), "ended"},
    };
    HDF *hdf = page_tree(page);
    const char *words = page_query(page, "q");
    const struct money_view *now = money_views(page, hdf, "/admin/subscriptions", view, COUNT_OF(view));
    struct subscription_list_row *rows;
    size_t count;

    if (now == NULL)
        return ERR_NOT_FOUND;
    TRY(page->ctx, subscription_list(page->ctx, now->filter, words, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        fill_row(page, hdf_row(hdf, "Rows", (int)i), &rows[i]);
    hdf_text(hdf, "Filter.q", words);
    hdf_text(hdf, "Filter.view", now->name);
    if (count == 0)
        hdf_text(hdf, "Empty.text", words[0] != '\0' || now->name[0] != '\0'
                                        ? tr("No subscription fits.")
                                        : tr("No subscription yet. It begins by itself when a customer accepts a quote with a plan."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/subscriptions?view=%s&q=%s", now->name,
                                            encode_percent(page->ctx->arena, words)), rows[PAGE_ROWS - 1].id);
    return page_show(page, 200, tr("Subscriptions"), "admin/subscriptions.cs");
}

static const char *hold_text(const struct page *page, const struct subscription *s)
{
    if (str_equal(s->hold_reason, "missed"))
        return tr_fill(page->ctx->arena, "Held since {date}: more periods were missed than the plan allows. Nothing was billed.", "date",
                       page_date(page, s->held_on), NULL);
    return tr_fill(page->ctx->arena, "Held since {date}: the renewal failed. {reason}", "date", page_date(page, s->held_on), "reason",
                   s->error, NULL);
}

static enum err show_subscription(struct page *page, const struct subscription *s, int status, const char *problem)
{
    HDF *hdf = page_tree(page);
    struct seller_user owner;
    struct customer customer;
    const char *card;

    TRY(page->ctx, customer_by_id(page->ctx, s->customer_id, &customer));
    TRY(page->ctx, view_subscription(page, hdf, s, &card));
    hdf_text(hdf, "Sub.customer", customer.name);
    hdf_text(hdf, "Sub.customer_href", arena_printf(page->ctx->arena, "/admin/customers/%s", customer.number));
    hdf_text(hdf, "Sub.mrr", page_mrr(page, s->mrr_e4, s->currency));
    if (s->owner_id != 0) {
        TRY(page->ctx, seller_user_by_id(page->ctx, s->owner_id, &owner));
        hdf_text(hdf, "Sub.owner", owner.name);
    }
    if (s->held_on != DATE_NONE)
        hdf_text(hdf, "Sub.held", hold_text(page, s));
    TRY(page->ctx, amend_fill_subscription(page, hdf, s));
    hdf_flag(hdf, "Sub.ends", str_equal(s->end_reason, "told") && s->ends_on > page->ctx->today_on);
    hdf_flag(hdf, "Sub.may_end", !str_equal(s->state, "ended") && !str_equal(s->end_reason, "told"));
    TRY(page->ctx, money_invoices(page, hdf, 0, s->id));
    TRY(page->ctx, admin_timeline(page, hdf, ABOUT_SUBSCRIPTION, s->id));
    admin_flash(page);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, status, tr_fill(page->ctx->arena, "Subscription {number}", "number", s->number, NULL), "admin/subscription.cs");
}

enum err page_subscription(struct page *page)
{
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    return err == OK ? show_subscription(page, &s, 200, NULL) : err;
}

enum err page_subscription_release_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=released");
    struct attending_result result;
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    TRY(page->ctx, release_held(page->ctx, s.id, &once, &result));
    return result.refusal != NULL ? show_subscription(page, &s, 422, tr(result.refusal)) : page_see(page, "%s", result.url);
}

/* Debit first: a link to pay what is asked and not invoiced yet. */
enum err page_subscription_link_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=paylink");
    struct attending_result result;
    struct receivable claim;
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    err = claim_of(page->ctx, s.id, &claim);
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(page->ctx);
        return show_subscription(page, &s, 422, tr("Nothing is waiting to be paid"));
    }
    if (err != OK)
        return err;
    TRY(page->ctx, send_pay_link(page->ctx, claim.invoice_id, &once, &result));
    return result.refusal != NULL ? show_subscription(page, &s, 422, tr(result.refusal)) : page_see(page, "%s", result.url);
}

/* ---- its end ---- */

struct end_form {
    int32_t last_on;
    bool agreed;
};
static const struct field end_field[] = {
    {.kind = FIELD_DATE, .name = "last", .label = N_("Last day"), .required = true, .missing = N_("Enter the last day of the subscription"),
     .offset = offsetof(struct end_form, last_on)},
    {.kind = FIELD_CHECK, .name = "agreed", .label = N_("Agreed with the customer, whatever minimum duration, term and notice say"),
     .offset = offsetof(struct end_form, agreed)},
};

static enum err show_end(struct page *page, const struct subscription *s, const struct end_outlook *outlook, const struct form *form)
{
    view_end(page, s, outlook, tr("Earliest last day without an agreement"));
    return page_show_form(page, form, tr_fill(page->ctx->arena, "End of subscription {number}", "number", s->number, NULL), "admin/subscription_end.cs");
}

enum err page_subscription_end(struct page *page)
{
    struct subscription s;
    struct end_outlook outlook;
    struct end_form values;
    struct form form;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    TRY(page->ctx, end_outlook(page->ctx, &s, &outlook));
    values = (struct end_form){outlook.earliest_on - 1, false};
    form_fill(&form, page->ctx, end_field, COUNT_OF(end_field), &values);
    return show_end(page, &s, &outlook, &form);
}

enum err page_subscription_end_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=end");
    struct subscription s;
    struct end_outlook outlook;
    struct ending_result result = {.refusal = SUBSCRIPTION_NOT_REFUSED};
    struct end_request request;
    struct end_form values;
    struct form form;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, end_field, &values))
        return OK;
    if (form.error_count == 0) {
        request = (struct end_request){.subscription_id = s.id, .ends_on = values.last_on + 1, .agreed = values.agreed, .once = &once};
        err = plan_end(page->ctx, &request, &result);
        if (err != OK)
            return err;
        if (result.refusal == SUBSCRIPTION_NOT_REFUSED)
            return page_see(page, "%s", result.url);
        form_error(&form, "last", tr(subscription_refusal_text(result.refusal)));
    }
    TRY(page->ctx, end_outlook(page->ctx, &s, &outlook));
    return show_end(page, &s, &outlook, &form);
}

enum err page_subscription_end_undo_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}?did=goeson");
    struct ending_result result;
    struct subscription s;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    err = undo_end(page->ctx, &(struct end_request){.subscription_id = s.id, .once = &once}, &result);
    if (err != OK)
        return err;
    return result.refusal != SUBSCRIPTION_NOT_REFUSED ? show_subscription(page, &s, 422, tr(subscription_refusal_text(result.refusal)))
                                                      : page_see(page, "%s", result.url);
}
