#include "base/crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* The section's bounds, by the linker; NULL in a program without points. */
extern const char *const first_name[] __asm__("__start_crash_names") __attribute__((weak));
extern const char *const behind_names[] __asm__("__stop_crash_names") __attribute__((weak));

static bool asked;
static const char *wanted;
static long left;
static _Atomic bool *told;
static bool only_stops; /* the process stops there, until somebody lets it go on */
static enum commit_fault (*planned)(void);
static void (*watching)(const char *name, void *arg);
static void *watcher;

void crash_arm(const char *name, long nth, _Atomic bool *reached)
{
    asked = true;
    wanted = name;
    left = nth;
    told = reached;
}

void crash_watch(void (*watch)(const char *name, void *arg), void *arg)
{
    watching = watch;
    watcher = arg;
}

static void ask(void)
{
    const char *colon;

    asked = true;
    wanted = getenv("TACITE_CRASH_AT");
    colon = wanted != NULL ? strchr(wanted, ':') : NULL;
    left = colon != NULL ? strtol(colon + 1, NULL, 10) : 1;
    only_stops = colon != NULL && strstr(colon, ":stop") != NULL;
}

void crash_reached(const char *name)
{
    size_t bytes;

    if (watching != NULL)
        watching(name, watcher);
    if (!asked)
        ask();
    if (wanted == NULL)
        return;
    bytes = strcspn(wanted, ":");
    if (strncmp(wanted, name, bytes) != 0 || name[bytes] != '\0' || --left != 0)
        return;
    if (told != NULL)
        *told = true;
    (void)raise(only_stops ? SIGSTOP : SIGKILL);
}

void commit_plan(enum commit_fault (*plan)(void))
{
    planned = plan;
}

enum commit_fault commit_fault(void)
{
    return planned != NULL ? planned() : COMMIT_HOLDS;
}

void crash_points(const char *names[CRASH_POINTS_MAX], size_t *count)
{
    *count = 0;
    for (const char *const *name = first_name; name != NULL && name < behind_names; name++) {
        size_t place = 0;

        while (place < *count && strcmp(names[place], *name) < 0)
            place++;
        if (place < *count && strcmp(names[place], *name) == 0)
            continue; /* one moment, reached by several ways */
        CHECK(*count < CRASH_POINTS_MAX);
        memmove(&names[place + 1], &names[place], (*count - place) * sizeof *names);
        names[place] = *name;
        ++*count;
    }
}
