/* seeded: numbers that a seed decides (splitmix64), for properties. The same seed gives the same run. */
#ifndef TACITE_TESTS_SEEDED_H
#define TACITE_TESTS_SEEDED_H

#include <stdint.h>

static inline uint64_t seeded_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* In [from, to], both included. */
static inline int64_t seeded_between(uint64_t *state, int64_t from, int64_t to)
{
    return from + (int64_t)(seeded_next(state) % (uint64_t)(to - from + 1));
}

#endif
