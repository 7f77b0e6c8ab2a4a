/* random: unguessable bytes, and a small seeded generator for tests and jitter. */
#ifndef TACITE_BASE_RANDOM_H
#define TACITE_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills from the system's generator; ends the process when there is none. */
void random_bytes(void *out, size_t bytes);

/* splitmix64: the next value of a seed. Not for secrets. */
uint64_t random_next(uint64_t *seed);

/* Uniform enough for tests: a value in [min, max]. */
int64_t random_between(uint64_t *seed, int64_t min, int64_t max);

#endif
