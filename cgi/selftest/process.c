#include "selftest/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/crash.h"

/* ---- points that acts come by ---- */

/* An act that goes on. */
struct walk {
    const char *names[CRASH_POINTS_MAX];
    size_t count;
    uint8_t met[CRASH_POINTS_MAX];
};

static void note_point(const char *name, void *arg)
{
    struct walk *walk = arg;
    size_t place = 0;

    while (place < walk->count && strcmp(walk->names[place], name) != 0)
        place++;
    if (place < walk->count && walk->met[place] < UINT8_MAX)
        walk->met[place]++;
}

const char *life_point(struct life *life, enum life_act act, long *nth)
{
    const char *names[CRASH_POINTS_MAX];
    size_t known[CRASH_POINTS_MAX];
    size_t count;
    size_t found = 0;
    size_t place;

    crash_points(names, &count);
    for (size_t i = 0; i < count; i++)
        if (life->met[act][i] > 0)
            known[found++] = i;
    if (found == 0)
        return NULL;
    place = known[life_between(life, 0, (int64_t)found - 1)];
    *nth = (long)life_between(life, 1, life->met[act][place]);
    return names[place];
}

bool life_does(struct life *life, enum life_act act)
{
    struct walk walk = {.count = 0};
    bool well;

    crash_points(walk.names, &walk.count);
    crash_watch(note_point, &walk);
    well = life_acts(life, act);
    crash_watch(NULL, NULL);
    for (size_t i = 0; i < walk.count; i++)
        if (walk.met[i] > 0)
            life->met[act][i] = walk.met[i];
    return well;
}

/* ---- processes ---- */

/* Returns when the process at the other end is gone; ends this one when it is not needed. */
static void stand_by(int line)
{
    char word;
    ssize_t got;

    do
        got = read(line, &word, 1);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        _exit(0);
    (void)close(line);
}

/* In the process that stood by: it is the one that lives now, as after a restart. */
static bool take_over(struct life *life, enum life_act act, const char *point, bool *killed)
{
    *life->living = getpid();
    *killed = life->scratch->world.shared->reached;
    if (*killed)
        life->failed[act]++;
    else
        str_printf(&life->story, "; %s until %s ended the process, see the log", life_act_name(act), point);
    return *killed;
}

bool life_does_until(struct life *life, enum life_act act, const char *point, long nth, bool *killed)
{
    struct world_shared *shared = life->scratch->world.shared;
    int line[2];
    pid_t pid;
    bool well;

    shared->reached = false;
    CHECK(pipe2(line, O_CLOEXEC) == 0);
    (void)fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        (void)close(line[1]);
        leave_scratch(life->scratch);
        stand_by(line[0]);
        return take_over(life, act, point, killed);
    }
    (void)close(line[0]);
    crash_arm(point, nth, &shared->reached);
    well = life_does(life, act);
    crash_arm(NULL, 0, NULL);
    *killed = false;
    CHECK(write(line[1], "", 1) == 1);
    (void)close(line[1]);
    while (waitpid(pid, NULL, 0) != pid)
        CHECK(errno == EINTR);
    return well;
}

bool life_runs_twice(struct life *life)
{
    pid_t pid;
    int status = 0;
    bool well;

    (void)fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        leave_scratch(life->scratch);
        _exit(life_acts(life, ACT_BATCH) ? 0 : 1);
    }
    well = life_acts(life, ACT_BATCH);
    while (waitpid(pid, &status, 0) != pid)
        CHECK(errno == EINTR);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        str_append(&life->story, "; two at once failed, see the log");
        return false;
    }
    return well;
}
