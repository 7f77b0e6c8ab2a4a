/* hand_over: several subscriptions at once to another of the seller's people. */
#include "base/encode.h"
#include "base/str.h"
#include "core/subscription.h"
#include "page/admin/amend.h"
#include "page/admin/money_rows.h"
#include "service/amending.h"
#include "store/seller_user.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

struct pick {
    const char *ref;
    bool on;
};
struct hand_over_form {
    struct pick *picks;
    size_t pick_count;
    const char *owner;
    const char *reason;
};
static const struct field pick_field[] = {
    {.kind = FIELD_TEXT, .name = "ref", .max = 40, .offset = offsetof(struct pick, ref)},
    {.kind = FIELD_CHECK, .name = "on", .offset = offsetof(struct pick, on)},
};
static const struct field hand_over_field[] = {
    {.kind = FIELD_CHOICE, .name = "owner", .label = N_("New seller"), .required = true, .max = 20, .missing = N_("Choose another person."),
     .offset = offsetof(struct hand_over_form, owner)},
    {.kind = FIELD_GROUP, .name = "pick", .offset = offsetof(struct hand_over_form, picks), .fields = pick_field, .field_count = COUNT_OF(pick_field),
     .record_bytes = sizeof(struct pick), .count_offset = offsetof(struct hand_over_form, pick_count), .records_max = HANDING_MAX},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Reason"), .max = 200, .hint = N_("Stands in the history."),
     .offset = offsetof(struct hand_over_form, reason)},
};

static enum err fill_people(struct page *page, HDF *hdf, const struct form *form, struct seller_user **people, size_t *count)
{
    const char *chosen = form_typed(form, "owner");
    int row = 0;

    TRY(page->ctx, seller_users(page->ctx, people, count));
    view_option(hdf, "owner", row++, "", tr("Choose a person"), false);
    for (size_t i = 0; i < *count; i++) {
        const char *id = arena_printf(page->ctx->arena, "%lld", (long long)(*people)[i].id);

        if (str_equal((*people)[i].state, "active"))
            view_option(hdf, "owner", row++, id, (*people)[i].name, chosen != NULL && str_equal(id, chosen));
    }
    return OK;
}

static const char *name_of(const struct seller_user *people, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (people[i].id == id)
            return people[i].name;
    return "";
}

static bool was_ticked(const struct form *form, const struct hand_over_form *v, const char *number)
{
    for (size_t i = 0; form->typed.count > 0 && i < v->pick_count; i++)
        if (v->picks[i].on && str_equal(v->picks[i].ref, number))
            return true;
    return false;
}

static enum err show(struct page *page, const struct form *form, const struct hand_over_form *v, const char *problem)
{
    HDF *hdf = page_tree(page);
    const char *words = page_query(page, "q");
    struct subscription_list_row *rows;
    struct seller_user *people;
    size_t people_count;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, fill_people(page, hdf, form, &people, &people_count));
    TRY(page->ctx, subscription_list(page->ctx, "running", words, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "customer", rows[i].customer_name);
        hdf_text(node, "plan", rows[i].plan_name);
        hdf_text(node, "owner", name_of(people, people_count, rows[i].owner_id));
        hdf_text(node, "mrr", page_mrr(page, rows[i].mrr_e4, rows[i].currency));
        hdf_flag(node, "on", was_ticked(form, v, rows[i].number));
    }
    hdf_text(hdf, "Filter.q", words);
    hdf_text(hdf, "Form.action", arena_printf(page->ctx->arena, "/admin/hand-over?q=%s", encode_percent(page->ctx->arena, words)));
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("No subscription fits."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/hand-over?q=%s", encode_percent(page->ctx->arena, words)), rows[PAGE_ROWS - 1].id);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    else
        admin_flash(page);
    return page_show(page, problem != NULL || form->error_count > 0 ? 422 : 200, tr("Hand subscriptions over"), "admin/hand_over.cs");
}

enum err page_hand_over(struct page *page)
{
    const struct hand_over_form v = {.owner = "", .reason = ""};
    struct form form;

    form_fill(&form, page->ctx, hand_over_field, COUNT_OF(hand_over_field), &v);
    return show(page, &form, &v, NULL);
}

/* Ids of what is ticked, by number; ERR_NOT_FOUND: one is not there. */
static enum err picked(struct page *page, const struct hand_over_form *v, struct handing *handing, int64_t *ids, const char **numbers)
{
    for (size_t i = 0; i < v->pick_count; i++) {
        struct subscription s;
        enum err err;

        if (!v->picks[i].on)
            continue;
        err = subscription_by_number(page->ctx, v->picks[i].ref, &s);
        if (err != OK)
            return err;
        numbers[handing->count] = s.number;
        ids[handing->count++] = s.id;
    }
    return OK;
}

enum err page_hand_over_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/hand-over?did=handed_over");
    int64_t ids[HANDING_MAX];
    const char *numbers[HANDING_MAX];
    struct handing handing = {.subscription_ids = ids};
    struct hand_over_form v;
    struct form form;
    long long owner = 0;
    enum err err;

    if (!PAGE_FORM(page, &form, hand_over_field, &v))
        return OK;
    err = picked(page, &v, &handing, ids, numbers);
    if (err != OK)
        return err;
    if (!str_empty(v.owner) && !str_to_i64(v.owner, 1, INT64_MAX, &owner))
        form_error(&form, "owner", tr("Choose another person."));
    if (form.error_count > 0 || handing.count == 0)
        return show(page, &form, &v, handing.count == 0 ? tr("Tick the subscriptions to hand over.") : NULL);
    handing.owner_id = owner;
    handing.reason = v.reason;
    TRY(page->ctx, hand_over(page->ctx, &handing, &once));
    if (handing.refusal == NULL)
        return page_see(page, "%s", handing.url);
    if (handing.refused == handing.count) {
        form_error(&form, "owner", tr(handing.refusal));
        return show(page, &form, &v, NULL);
    }
    return show(page, &form, &v, tr_fill(page->ctx->arena, "{number}: {reason}", "number", numbers[handing.refused], "reason", tr(handing.refusal), NULL));
}
