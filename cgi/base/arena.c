#include "base/arena.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = 16, KEPT_BYTES = 16 * 1024 * 1024, PIECE_BYTES = 1024 * 1024 };

struct block {
    struct block *next;
    size_t bytes;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char data[];
};

struct cleanup {
    struct cleanup *next;
    void (*close)(void *handle);
    void *handle;
};

struct arena {
    struct block *block; /* the newest first; allocation looks at this one only */
    struct cleanup *cleanup;
    size_t used;
};

void arena_keep_pages(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, PIECE_BYTES);
}

static struct block *block_new(size_t bytes)
{
    struct block *block = malloc(sizeof *block + bytes);

    CHECK(block != NULL);
    block->next = NULL;
    block->bytes = bytes;
    block->used = 0;
    return block;
}

static void run_cleanups(struct arena *arena)
{
    while (arena->cleanup != NULL) {
        struct cleanup *cleanup = arena->cleanup;

        arena->cleanup = cleanup->next;
        cleanup->close(cleanup->handle);
    }
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);

    CHECK(arena != NULL);
    arena->block = block_new(BLOCK_BYTES);
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    run_cleanups(arena);
    while (arena->block != NULL) {
        struct block *block = arena->block;

        arena->block = block->next;
        free(block);
    }
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *kept = NULL;

    run_cleanups(arena);
    while (arena->block != NULL) {
        struct block *block = arena->block;

        arena->block = block->next;
        if (kept == NULL && block->bytes == BLOCK_BYTES)
            kept = block;
        else
            free(block);
    }
    arena->block = kept != NULL ? kept : block_new(BLOCK_BYTES);
    arena->block->next = NULL;
    arena->block->used = 0;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    struct block *block = arena->block;
    void *memory;

    CHECK(bytes <= SIZE_MAX / 2);
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0)
        bytes = ALIGNMENT;
    if (bytes > block->bytes - block->used) {
        if (bytes > BLOCK_BYTES / 4) {
            /* A large piece gets its own block behind the current one, which stays in use. */
            struct block *large = block_new(bytes);

            large->next = block->next;
            block->next = large;
            block = large;
        } else {
            block = block_new(BLOCK_BYTES);
            block->next = arena->block;
            arena->block = block;
        }
    }
    memory = block->data + block->used;
    block->used += bytes;
    arena->used += bytes;
    memset(memory, 0, bytes);
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t element_bytes)
{
    size_t bytes;

    CHECK(!__builtin_mul_overflow(count, element_bytes, &bytes));
    return arena_alloc(arena, bytes);
}

void arena_cleanup(struct arena *arena, void (*close)(void *handle), void *handle)
{
    struct cleanup *cleanup = ARENA_NEW(arena, struct cleanup);

    cleanup->close = close;
    cleanup->handle = handle;
    cleanup->next = arena->cleanup;
    arena->cleanup = cleanup;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text == NULL ? arena_strndup(arena, "", 0) : arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t bytes)
{
    size_t length = strnlen(text, bytes);
    char *copy = arena_alloc(arena, length + 1);

    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}

void *arena_memdup(struct arena *arena, const void *data, size_t bytes)
{
    void *copy = arena_alloc(arena, bytes);

    if (bytes > 0)
        memcpy(copy, data, bytes);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char small[256]; /* most texts fit: they are printed once */
    va_list again;
    int length;
    char *text;

    va_copy(again, args);
    length = vsnprintf(small, sizeof small, format, again);
    va_end(again);
    CHECK(length >= 0);
    if ((size_t)length < sizeof small)
        return arena_memdup(arena, small, (size_t)length + 1);
    text = arena_alloc(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
