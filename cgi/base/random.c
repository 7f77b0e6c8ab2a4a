#include "base/random.h"

#include <openssl/rand.h>

#include "base/check.h"

void random_bytes(void *out, size_t bytes)
{
    CHECK(bytes <= 1 << 20 && RAND_bytes(out, (int)bytes) == 1);
}

uint64_t random_next(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int64_t random_between(uint64_t *seed, int64_t min, int64_t max)
{
    CHECK(min <= max);
    return min + (int64_t)(random_next(seed) % ((uint64_t)(max - min) + 1));
}
