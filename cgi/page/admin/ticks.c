#include "page/admin/ticks.h"

#include "store/seller_team.h"
#include "store/seller_user.h"
#include "text/words.h"

const struct field tick_field[2] = {
    {.kind = FIELD_HIDDEN, .name = "id", .max = 20, .offset = offsetof(struct tick_form, id)},
    {.kind = FIELD_CHECK, .name = "on", .label = N_("Name"), .offset = offsetof(struct tick_form, on)},
};

enum err tickable_sellers(struct page *page, struct tickable **rows, size_t *count)
{
    struct seller_user *users;

    TRY(page->ctx, seller_users(page->ctx, &users, count));
    *count = *count < TICKS_MAX ? *count : TICKS_MAX;
    *rows = ARENA_ARRAY(page->ctx->arena, struct tickable, *count + 1);
    for (size_t i = 0; i < *count; i++)
        (*rows)[i] = (struct tickable){users[i].id, users[i].name};
    return OK;
}

enum err tickable_teams(struct page *page, struct tickable **rows, size_t *count)
{
    struct seller_team *teams;

    TRY(page->ctx, seller_teams(page->ctx, &teams, count));
    *count = *count < TICKS_MAX ? *count : TICKS_MAX;
    *rows = ARENA_ARRAY(page->ctx->arena, struct tickable, *count + 1);
    for (size_t i = 0; i < *count; i++)
        (*rows)[i] = (struct tickable){teams[i].id, teams[i].name};
    return OK;
}

struct tick_form *ticks_of(struct arena *arena, const struct tickable *rows, size_t count, const int64_t *chosen, size_t chosen_count)
{
    struct tick_form *form = ARENA_ARRAY(arena, struct tick_form, count + 1);

    for (size_t i = 0; i < count; i++) {
        form[i].id = arena_printf(arena, "%lld", (long long)rows[i].id);
        for (size_t j = 0; j < chosen_count; j++)
            form[i].on |= chosen[j] == rows[i].id;
    }
    return form;
}

int64_t *ticked(struct arena *arena, const struct tickable *rows, size_t count, const struct tick_form *form, size_t form_count, size_t *ticked_count)
{
    int64_t *ids = ARENA_ARRAY(arena, int64_t, count + 1);

    *ticked_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool on = false;

        for (size_t j = 0; j < form_count; j++)
            on |= form[j].on && admin_id(form[j].id) == rows[i].id;
        if (on)
            ids[(*ticked_count)++] = rows[i].id;
    }
    return ids;
}

void tell_ticks(const struct page *page, HDF *hdf, const char *group, const struct tickable *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hdf_text(hdf, arena_printf(page->ctx->arena, "Form.%s.%zu.on.label", group, i), rows[i].name);
}
