/* arena: memory with one lifetime.
 *
 * An arena hands out memory and takes it back all at once. There are three lifetimes: the process,
 * the request (or batch run), the item. Outside handles (a curl handle, an XML tree) hang on an
 * arena as cleanups and are closed with it, last first. Memory is zeroed and aligned for any type.
 * Running out of memory ends the process: a worker of this size has no sensible plan B. */
#ifndef TACITE_BASE_ARENA_H
#define TACITE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* For the begin of a program: what arenas give back stays with the process (16 MB at the heap's end, pieces up to 1 MB),
 * so that the next cycle meets no new pages: a tenth of a batch's own time went there. */
void arena_keep_pages(void);

/* A new arena, owned by the caller until arena_free. */
struct arena *arena_new(void);

/* Runs the cleanups and gives everything back. NULL is allowed. */
void arena_free(struct arena *arena);

/* Runs the cleanups and keeps one block, so that the next cycle allocates nothing. */
void arena_reset(struct arena *arena);

/* Zeroed memory; bytes may be 0 (the pointer is then unique but not to be read). */
void *arena_alloc(struct arena *arena, size_t bytes) __attribute__((malloc, returns_nonnull));

/* Zeroed array of count elements; an overflow of the product ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t element_bytes)
    __attribute__((malloc, returns_nonnull));

/* Calls close(handle) when the arena is reset or freed. */
void arena_cleanup(struct arena *arena, void (*close)(void *handle), void *handle);

char *arena_strdup(struct arena *arena, const char *text);              /* NULL gives "" */
char *arena_strndup(struct arena *arena, const char *text, size_t bytes); /* at most bytes, and the NUL */
void *arena_memdup(struct arena *arena, const void *data, size_t bytes);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), returns_nonnull));

/* Bytes handed out since the last reset; for limits and tests. */
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
