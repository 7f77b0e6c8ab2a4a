/* teams: named sets of the seller's people, to which templates are offered. */
#include "base/str.h"
#include "page/admin/ticks.h"
#include "service/cataloguing.h"
#include "store/seller_team.h"
#include "text/words.h"

struct team_form {
    int64_t rev;
    const char *name;
    struct tick_form *sellers;
    size_t seller_count;
};
static const struct field team_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct team_form, rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 60, .autocomplete = "off", .missing = N_("Enter the team's name"),
     .offset = offsetof(struct team_form, name)},
    TICKS_GROUP("seller", struct team_form, sellers, seller_count),
};

static const char *names_of(struct page *page, int64_t team_id, const struct seller_team_member *members, size_t count, const struct tickable *sellers,
                            size_t seller_count)
{
    struct str names = str_new(page->ctx->arena);

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < seller_count; j++)
            if (members[i].team_id == team_id && members[i].seller_id == sellers[j].id)
                str_printf(&names, "%s%s", names.bytes > 0 ? ", " : "", sellers[j].name);
    return names.text;
}

enum err page_teams(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct seller_team_member *members;
    struct tickable *sellers;
    struct seller_team *rows;
    size_t count, member_count, seller_count;

    admin_flash(page);
    TRY(page->ctx, seller_teams(page->ctx, &rows, &count));
    TRY(page->ctx, seller_team_members(page->ctx, 0, &members, &member_count));
    TRY(page->ctx, tickable_sellers(page, &sellers, &seller_count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/teams/%lld", (long long)rows[i].id));
        hdf_text(node, "name", rows[i].name);
        hdf_text(node, "sellers", names_of(page, rows[i].id, members, member_count, sellers, seller_count));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no team yet. A template may be offered to a team instead of to sellers one by one."));
        hdf_text(hdf, "Empty.href", "/admin/teams/new");
        hdf_text(hdf, "Empty.action", tr("New team"));
    }
    return page_show(page, 200, tr("Teams"), "admin/teams.cs");
}

/* "new" or an id. */
static enum err find_team(struct page *page, struct seller_team *team)
{
    *team = (struct seller_team){.name = ""};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return seller_team_by_id(page->ctx, admin_id(page->arg[0]), team);
}

static enum err show_team(struct page *page, const struct form *form, const struct seller_team *team, int64_t rev)
{
    HDF *hdf = page_tree(page);
    struct tickable *sellers;
    size_t count;

    TRY(page->ctx, tickable_sellers(page, &sellers, &count));
    view_form(page->ctx, hdf, form);
    tell_ticks(page, hdf, "seller", sellers, count);
    hdf_text(hdf, "Action", team->id == 0 ? "/admin/teams/new" : arena_printf(page->ctx->arena, "/admin/teams/%lld", (long long)team->id));
    if (team->id != 0)
        hdf_number(hdf, "Token.rev", rev);
    return page_show(page, form->error_count > 0 ? 422 : 200, team->id == 0 ? tr("New team") : tr("Edit team"), "admin/team_edit.cs");
}

enum err page_team_edit(struct page *page)
{
    struct seller_team_member *members = NULL;
    struct tickable *sellers;
    struct team_form values;
    struct seller_team team;
    struct form form;
    int64_t *chosen;
    size_t count = 0;
    enum err err = find_team(page, &team);

    if (err != OK)
        return err;
    values = (struct team_form){.rev = team.rev, .name = team.name};
    TRY(page->ctx, tickable_sellers(page, &sellers, &values.seller_count));
    if (team.id != 0)
        TRY(page->ctx, seller_team_members(page->ctx, team.id, &members, &count));
    chosen = ARENA_ARRAY(page->ctx->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        chosen[i] = members[i].seller_id;
    values.sellers = ticks_of(page->ctx->arena, sellers, values.seller_count, chosen, count);
    form_fill(&form, page->ctx, team_field, COUNT_OF(team_field), &values);
    return show_team(page, &form, &team, team.rev);
}

enum err page_team_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/teams?did=saved");
    struct catalogue_result result;
    struct tickable *sellers;
    struct seller_team team;
    struct team_form v;
    struct form form;
    size_t count;
    enum err err = find_team(page, &team);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, team_field, &v))
        return OK;
    if (form.error_count > 0)
        return show_team(page, &form, &team, v.rev);
    TRY(page->ctx, tickable_sellers(page, &sellers, &count));
    team.name = v.name;
    team.rev = (int32_t)v.rev;
    team.seller_ids = ticked(page->ctx->arena, sellers, count, v.sellers, v.seller_count, &team.seller_count);
    err = change_team(page->ctx, &team, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another team has this name"));
        team.id = admin_id(page->arg[0] != NULL ? page->arg[0] : "");
        return show_team(page, &form, &team, v.rev);
    }
    return page_see(page, "%s", result.url);
}
