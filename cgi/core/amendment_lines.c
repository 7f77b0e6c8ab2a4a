#include "core/amendment_work.h"

#include "core/date.h"

size_t amendment_line_on(const struct amendment_line *lines, size_t count, int32_t slot, int32_t on)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].slot == slot && period_contains((struct period){lines[i].from_on, lines[i].until_on}, on))
            return i;
    return AMENDMENT_NO_INDEX;
}

int32_t amendment_ordinal(const struct amendment_facts *facts, const struct amendment_line *line, int32_t index)
{
    int32_t from_on = line->from_on > facts->counted_on ? line->from_on : facts->counted_on;
    int32_t ordinal = index - schedule_index(&facts->schedule, from_on);

    return ordinal < 0 ? 0 : ordinal;
}

void amendment_close_line(struct amendment_work *w, size_t line, int32_t until_on)
{
    w->out.closings[w->out.closing_count++] = (struct amendment_closing){line, until_on};
}

static bool is_open(const struct amendment_line *line, int32_t on)
{
    return line->until_on == DATE_NONE || line->until_on > on;
}

static bool in_force(const struct amendment_line *line, int32_t on)
{
    return line->from_on <= on && is_open(line, on);
}

static bool announced(const struct amendment_line *line, int32_t on)
{
    return line->from_on > on && (line->until_on == DATE_NONE || line->until_on > line->from_on);
}

void amendment_close_all(struct amendment_work *w)
{
    for (size_t i = 0; i < w->facts->line_count; i++) {
        const struct amendment_line *line = &w->facts->lines[i];

        if (is_open(line, w->on) && (in_force(line, w->on) || announced(line, w->on)))
            amendment_close_line(w, i, line->from_on > w->on ? line->from_on : w->on);
    }
}

/* A discount with fewer periods left. */
static void use_periods(struct amendment_opening *opening, int32_t periods)
{
    if (opening->discount_periods == 0)
        return;
    opening->discount_periods -= periods;
    if (opening->discount_periods <= 0)
        opening->discount_minor = opening->discount_ppm = opening->discount_periods = 0;
}

static struct amendment_opening go_on(const struct amendment_work *w, size_t line, int64_t quantity_e4, int32_t from_on, int32_t periods_used)
{
    const struct amendment_line *from = &w->facts->lines[line];
    struct amendment_opening opening = {.line = line, .addition = AMENDMENT_NO_INDEX, .slot = from->slot, .quantity_e4 = quantity_e4,
                                        .unit_price_e4 = from->unit_price_e4, .discount_ppm = from->discount_ppm,
                                        .discount_minor = from->discount_minor, .discount_periods = from->discount_periods,
                                        .follows = AMENDMENT_NO_INDEX, .from_on = from_on, .until_on = DATE_NONE};

    use_periods(&opening, periods_used);
    return opening;
}

static struct amendment_opening *add_opening(struct amendment_work *w, struct amendment_opening opening)
{
    w->out.openings[w->out.opening_count] = opening;
    return &w->out.openings[w->out.opening_count++];
}

/* The next line of the slot after one that begins on after_on, still to come or closed with it for a pause. */
static size_t next_announced(const struct amendment_work *w, int32_t slot, int32_t after_on)
{
    const struct amendment_line *lines = w->facts->lines;
    size_t next = AMENDMENT_NO_INDEX;

    for (size_t i = 0; i < w->facts->line_count; i++)
        if (lines[i].slot == slot && lines[i].from_on > after_on && (lines[i].suspended || announced(&lines[i], after_on)) &&
            (next == AMENDMENT_NO_INDEX || lines[i].from_on < lines[next].from_on))
            next = i;
    return next;
}

/* The first boundary of the schedule on or after a day. */
static int32_t boundary_from(const struct schedule *schedule, int32_t on)
{
    int32_t index = schedule_index(schedule, on);

    return schedule_boundary(schedule, index) == on ? on : schedule_boundary(schedule, index + 1);
}

/* The announced prices behind a line of a slot that goes on in the opening: from their boundaries on, at its quantity. */
static void announce_again(struct amendment_work *w, size_t line, struct amendment_opening *opening, const struct schedule *schedule)
{
    const struct amendment_line *lines = w->facts->lines;
    int32_t slot = lines[line].slot;

    for (size_t next = next_announced(w, slot, lines[line].from_on); next != AMENDMENT_NO_INDEX; next = next_announced(w, slot, lines[next].from_on)) {
        int32_t on = boundary_from(schedule, lines[next].from_on);
        struct amendment_opening follower = *opening;

        if (lines[next].from_on <= w->on) { /* its day came while nothing ran */
            opening->line = next;
            opening->unit_price_e4 = lines[next].unit_price_e4;
            continue;
        }
        follower.line = next;
        follower.unit_price_e4 = lines[next].unit_price_e4;
        follower.follows = (size_t)(opening - w->out.openings);
        follower.from_on = on;
        use_periods(&follower, schedule_index(schedule, on) - schedule_index(schedule, opening->from_on));
        opening->until_on = on;
        if (w->out.announced_on == DATE_NONE || on < w->out.announced_on)
            w->out.announced_on = on;
        opening = add_opening(w, follower);
    }
}

void amendment_drop_announced(struct amendment_work *w, int32_t slot)
{
    for (size_t i = 0; i < w->facts->line_count; i++) {
        const struct amendment_line *line = &w->facts->lines[i];

        if (line->slot == slot && announced(line, w->on)) {
            amendment_close_line(w, i, line->from_on);
            w->out.announced_ends = true;
        }
    }
}

size_t amendment_carry_on(struct amendment_work *w, size_t line, int64_t quantity_e4)
{
    const struct amendment_line *from = &w->facts->lines[line];
    int32_t used = amendment_ordinal(w->facts, from, schedule_index(&w->facts->schedule, w->on));
    size_t index = w->out.opening_count;
    struct amendment_opening *opening = add_opening(w, go_on(w, line, quantity_e4, w->on, used));
    bool ended = w->out.announced_ends;

    announce_again(w, line, opening, &w->facts->schedule);
    amendment_drop_announced(w, from->slot);
    w->out.announced_ends = ended;
    return index;
}

size_t amendment_lines_after(const struct amendment_work *w)
{
    size_t count = 0;

    for (size_t i = 0; i < w->facts->line_count; i++)
        count += in_force(&w->facts->lines[i], w->on);
    for (size_t i = 0; i < w->out.closing_count; i++)
        count -= in_force(&w->facts->lines[w->out.closings[i].line], w->on);
    for (size_t i = 0; i < w->out.opening_count; i++)
        count += w->out.openings[i].from_on == w->on;
    return count;
}

size_t amendment_suspended_line(const struct amendment_work *w, int32_t slot, int32_t closed_on)
{
    const struct amendment_line *lines = w->facts->lines;
    size_t last = AMENDMENT_NO_INDEX;

    for (size_t i = 0; i < w->facts->line_count; i++)
        if (lines[i].slot == slot && lines[i].from_on <= closed_on && (lines[i].suspended || is_open(&lines[i], closed_on)) &&
            (last == AMENDMENT_NO_INDEX || lines[i].from_on >= lines[last].from_on))
            last = i;
    return last;
}

static bool first_of_slot(const struct amendment_facts *facts, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (facts->lines[i].slot == facts->lines[line].slot)
            return false;
    return true;
}

void amendment_open_again(struct amendment_work *w, int32_t closed_on, int32_t anchor_on)
{
    const struct amendment_facts *facts = w->facts;
    bool inside = anchor_on > w->on; /* the period that the closing cut is served to its end */
    int32_t last = schedule_index(&facts->schedule, closed_on - 1);
    int32_t used = last - schedule_index(&facts->schedule, facts->counted_on) + (inside ? 0 : 1);

    for (size_t i = 0; i < facts->line_count; i++) {
        const struct amendment_line *line = &facts->lines[i];
        size_t present = amendment_suspended_line(w, line->slot, closed_on);

        if (is_open(line, closed_on) && (line->until_on == DATE_NONE || line->until_on > line->from_on))
            amendment_close_line(w, i, closed_on > line->from_on ? closed_on : line->from_on);
        if (first_of_slot(facts, i) && present != AMENDMENT_NO_INDEX)
            announce_again(w, present, add_opening(w, go_on(w, present, facts->lines[present].quantity_e4, w->on,
                                                            amendment_ordinal(facts, &facts->lines[present], last) + (inside ? 0 : 1))),
                           &w->out.schedule);
    }
    if (facts->discounts != NULL)
        w->out.discounts = discounts_left(facts->discounts, used < 0 ? 0 : used);
}
