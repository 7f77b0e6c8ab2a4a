/* crash: named points at which a test may kill the process, and what may become of a COMMIT (trust.md section 2).
 *
 * TACITE_CRASH_AT="C07" or "C07:3" (the third time that the point is reached) ends the process there by SIGKILL;
 * "C07:1:stop" only stops it, so that something else can be killed meanwhile. Without it a point
 * costs one comparison. The self-test arms points itself, in processes that it makes. */
#ifndef TACITE_BASE_CRASH_H
#define TACITE_BASE_CRASH_H

#include <stdbool.h>
#include <stddef.h>

/* A point where it stands in the code. Its name is kept in a section of the program, so that nobody keeps a list. */
#define crash_point(name)                                                                          \
    do {                                                                                           \
        static const char *const crash_name_ __attribute__((section("crash_names"), used)) = name; \
        crash_reached(crash_name_);                                                                \
    } while (0)
void crash_reached(const char *name);

/* The names of all points of this program, each once, in order; *count of them, at most CRASH_POINTS_MAX. */
enum { CRASH_POINTS_MAX = 100 };
void crash_points(const char *names[CRASH_POINTS_MAX], size_t *count);

/* This process ends when it reaches the point for the nth time from now on; NULL: nowhere. *reached, when it is
 * given, becomes true just before: whoever shares it knows that it was meant. */
void crash_arm(const char *name, long nth, _Atomic bool *reached);

/* Told of every point that this process reaches from now on; NULL: nobody. */
void crash_watch(void (*watch)(const char *name, void *arg), void *arg);

enum commit_fault {
    COMMIT_HOLDS = 1,
    COMMIT_DEADLOCK,    /* 1213: the database has rolled back */
    COMMIT_TIMEOUT,     /* 1205, likewise */
    COMMIT_DISK_FULL,   /* 1021, likewise: nothing helps but space */
    COMMIT_LOST_BEFORE, /* 2013: the connection ends before COMMIT arrives */
    COMMIT_LOST_AFTER,  /* 2013: done, and the answer is lost */
};

/* The fault of the next COMMIT: asked by store/db, answered by the self-test's plan; NULL: none. */
void commit_plan(enum commit_fault (*plan)(void));
enum commit_fault commit_fault(void);

#endif
