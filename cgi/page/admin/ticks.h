/* ticks: rows of a form that are ticked or not, each with an id: the sellers of a team, whom a template is offered to. */
#ifndef TACITE_PAGE_ADMIN_TICKS_H
#define TACITE_PAGE_ADMIN_TICKS_H

#include "page/admin/admin.h"

enum { TICKS_MAX = 100 };

struct tick_form {
    const char *id;
    bool on;
};
/* Fields of a group of such rows; its name is part of their ids. */
extern const struct field tick_field[2];
#define TICKS_GROUP(group, form, rows, rows_count)                                                               \
    {.kind = FIELD_GROUP, .name = (group), .offset = offsetof(form, rows), .fields = tick_field, .field_count = 2, \
     .record_bytes = sizeof(struct tick_form), .count_offset = offsetof(form, rows_count), .records_max = TICKS_MAX}

/* What can be ticked, by its name. */
struct tickable {
    int64_t id;
    const char *name;
};
enum err tickable_sellers(struct page *page, struct tickable **rows, size_t *count) MUST_USE;
enum err tickable_teams(struct page *page, struct tickable **rows, size_t *count) MUST_USE;

/* A row for each, ticked where its id is among the chosen. */
struct tick_form *ticks_of(struct arena *arena, const struct tickable *rows, size_t count, const int64_t *chosen, size_t chosen_count);
/* The ids that the form ticks; what is not there is left out. */
int64_t *ticked(struct arena *arena, const struct tickable *rows, size_t count, const struct tick_form *form, size_t form_count, size_t *ticked_count);
/* Labels of the group's rows. */
void tell_ticks(const struct page *page, HDF *hdf, const char *group, const struct tickable *rows, size_t count);

#endif
