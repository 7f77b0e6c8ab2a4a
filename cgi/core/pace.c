#include "core/pace.h"

#include "base/check.h"

#define WAIT_MIN (INT64_C(1) * 1000000) /* of a gateway that names no time */

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

struct pace pace_new(int32_t most)
{
    CHECK(most > 0);
    return (struct pace){.most = most, .room = smaller(PACE_FIRST, most)};
}

bool pace_is_closed(const struct pace *pace, int64_t now)
{
    return !breaker_lets(&pace->breaker, BREAKER_FAILURES_CARDS, now);
}

int32_t pace_room(const struct pace *pace, int32_t in_flight, int64_t now)
{
    int32_t room = pace->breaker.failures >= BREAKER_FAILURES_CARDS ? 1 : pace->room; /* one goes ahead and looks */

    if (pace_is_closed(pace, now) || now < pace->wait_until || in_flight >= room)
        return 0;
    return room - in_flight;
}

struct pace pace_after_answer(const struct pace *pace)
{
    struct pace after = *pace;

    after.breaker = (struct breaker){0};
    if (pace->breaker.failures >= BREAKER_FAILURES_CARDS)
        after.room = smaller(PACE_FIRST, pace->most);
    after.answered++;
    if (after.room < after.most && (!after.pressed || after.answered >= after.room)) {
        after.room++;
        after.answered = 0;
    }
    return after;
}

struct pace pace_after_too_many(const struct pace *pace, int64_t wait_us, int64_t now)
{
    struct pace after = *pace;
    int64_t until = now + (wait_us > 0 ? wait_us : WAIT_MIN);

    if (now >= pace->wait_until && after.room > 1) /* those that were on their way together count once */
        after.room /= 2;
    after.pressed = true;
    after.answered = 0;
    after.breaker = (struct breaker){0};
    after.wait_until = until > pace->wait_until ? until : pace->wait_until;
    return after;
}

struct pace pace_after_not_sent(const struct pace *pace, int64_t now)
{
    struct pace after = *pace;

    after.breaker = breaker_after_failure(&pace->breaker, BREAKER_FAILURES_CARDS, now);
    return after;
}
