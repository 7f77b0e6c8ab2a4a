/* fuzz: what every target shares. A target is one file with LLVMFuzzerTestOneInput: it takes any bytes, and its CHECKs
 * say what must be true of whatever was made of them. Linked with driver.c it runs its corpus and seeded changes of it;
 * linked with libFuzzer (clang) it looks for inputs by itself. */
#ifndef TACITE_TESTS_FUZZ_H
#define TACITE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A ctx with a fresh arena; clock 2026-11-23T10:00:00Z, English. What an earlier input left is gone. */
struct ctx *fuzz_ctx(void);

/* The input as a text: NUL-terminated at its first NUL or its end. */
char *fuzz_text(struct ctx *ctx, const uint8_t *data, size_t size);

#endif
