/* end: customers end a subscription by themselves, where the contract lets them, and take that back until its day. What
 * comes of it stands on the page before the button: until when it is served, what was billed, what is still to come. */
#include "base/str.h"
#include "core/date.h"
#include "page/customer/customer.h"
#include "page/subscription_view.h"
#include "service/ending.h"
#include "store/history.h"
#include "text/phrase.h"
#include "text/words.h"

struct end_form {
    int32_t last_on;
};
static const struct field end_field[] = {
    {.kind = FIELD_DATE, .name = "last", .label = N_("Last day"), .required = true, .missing = N_("Enter the last day of the subscription"),
     .offset = offsetof(struct end_form, last_on)},
};
static bool may_be_told(const struct subscription *s)
{
    return !str_equal(s->state, "ended") && !str_equal(s->end_reason, "told");
}

/* Refused and noted: no page of ours leads here. */
static enum err forbid(struct page *page, const struct subscription *s)
{
    TRY(page->ctx, note_audit(page->ctx, "subscription.end_planned", s->number, "refused"));
    return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
}

static enum err show_end(struct page *page, const struct subscription *s, const struct end_outlook *outlook, const struct form *form)
{
    view_end(page, s, outlook, tr("Earliest last day"));
    return page_show_form(page, form, tr_fill(page->ctx->arena, "End subscription {number}", "number", s->number, NULL), "portal/end.cs");
}

enum err page_my_end(struct page *page)
{
    struct end_outlook outlook;
    struct end_form values;
    struct subscription s;
    struct form form;
    bool may;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    TRY(page->ctx, customer_may_end(page->ctx, &s, &may));
    if (!may)
        return page_error(page, 403, tr("Your subscription does not allow this change by yourself. Write to us."));
    if (!may_be_told(&s))
        return page_error(page, 409, tr("An end is already planned."));
    TRY(page->ctx, end_outlook(page->ctx, &s, &outlook));
    values = (struct end_form){outlook.earliest_on - 1};
    form_fill(&form, page->ctx, end_field, COUNT_OF(end_field), &values);
    return show_end(page, &s, &outlook, &form);
}

enum err page_my_end_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=ended");
    struct ending_result result = {.refusal = SUBSCRIPTION_NOT_REFUSED};
    struct end_request request = {.by_customer = true, .once = &once};
    struct end_outlook outlook;
    struct end_form values;
    struct subscription s;
    struct form form;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, end_field, &values))
        return OK;
    if (form.error_count == 0) {
        request.subscription_id = s.id;
        request.ends_on = values.last_on + 1;
        err = plan_end(page->ctx, &request, &result);
        if (err != OK)
            return err;
        if (result.forbidden)
            return forbid(page, &s);
        if (result.refusal == SUBSCRIPTION_NOT_REFUSED)
            return page_see(page, "%s", result.url);
        form_error(&form, "last", tr(subscription_refusal_text(result.refusal)));
    }
    TRY(page->ctx, end_outlook(page->ctx, &s, &outlook));
    return show_end(page, &s, &outlook, &form);
}

enum err page_my_end_undo_post(struct page *page)
{
    struct once once = customer_once(page, "/my/subscriptions/{ref}?did=goeson");
    struct ending_result result;
    struct subscription s;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    err = undo_end(page->ctx, &(struct end_request){.subscription_id = s.id, .by_customer = true, .once = &once}, &result);
    if (err != OK)
        return err;
    if (result.forbidden)
        return forbid(page, &s);
    return result.refusal != SUBSCRIPTION_NOT_REFUSED ? page_error(page, 409, tr(subscription_refusal_text(result.refusal)))
                                                      : page_see(page, "%s", result.url);
}

enum err customer_ends(struct page *page, HDF *hdf, const struct subscription *s)
{
    bool may;

    TRY(page->ctx, customer_may_end(page->ctx, s, &may));
    hdf_flag(hdf, "May.end", may && may_be_told(s));
    if (!str_equal(s->state, "ended") && customer_planned_end(s) && s->ends_on > page->ctx->today_on)
        hdf_text(hdf, "Ending.text", tr_fill(page->ctx->arena, "You ended this subscription: its last day is {date}. Until then you can take it back.",
                                             "date", page_date(page, s->ends_on - 1), NULL));
    return OK;
}
