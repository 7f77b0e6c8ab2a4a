#include "web/prefork.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

enum { WORKERS_MAX = 64, BACKLOG = 511, STOP_SECONDS = 30 };

static volatile sig_atomic_t stop_wanted;
static volatile sig_atomic_t reload_wanted;

struct child {
    pid_t pid;
    int64_t started_at;
    int64_t start_not_before;
    int quick_ends;
};

static void take_signal(int number)
{
    if (number == SIGHUP)
        reload_wanted = 1;
    else
        stop_wanted = 1;
}

static void on_signal(int number, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    (void)sigemptyset(&action.sa_mask);
    CHECK(sigaction(number, &action, NULL) == 0);
}

static int open_socket(const struct prefork *prefork)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(prefork->socket) >= sizeof address.sun_path)
        return -1;
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", prefork->socket);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)unlink(prefork->socket);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(prefork->socket, (mode_t)prefork->socket_mode) != 0 || listen(fd, BACKLOG) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void start_child(const struct prefork *prefork, struct child *child, bool extra, int socket)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0) {
        on_signal(SIGTERM, SIG_DFL); /* libfcgi installs its own graceful handler over the default */
        on_signal(SIGINT, SIG_IGN);  /* a terminal's Ctrl-C goes to the supervisor */
        on_signal(SIGHUP, SIG_IGN);
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(0);
        _exit(extra ? prefork->extra(prefork->arg) : prefork->child(socket, prefork->arg));
    }
    if (pid > 0) {
        child->pid = pid;
        child->started_at = clock_ticks();
    }
}

/* Children that end within two seconds are started later and later, at most every ten seconds. */
static void note_end(const struct prefork *prefork, struct child *child, int status)
{
    struct arena *arena = arena_new();
    int64_t lived = clock_ticks() - child->started_at;
    int wait_s;

    child->quick_ends = lived < 2 * CLOCK_SECOND ? child->quick_ends + 1 : 0;
    wait_s = child->quick_ends > 6 ? 10 : child->quick_ends > 1 ? child->quick_ends : 0;
    child->start_not_before = clock_ticks() + wait_s * CLOCK_SECOND;
    if (!stop_wanted && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        log_event(NULL, LOG_WARNING, "child.ended", "program", prefork->name, "signal",
                  arena_printf(arena, "%d", WIFSIGNALED(status) ? WTERMSIG(status) : 0), "code",
                  arena_printf(arena, "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1), NULL);
    child->pid = 0;
    arena_free(arena);
}

static void reap(const struct prefork *prefork, struct child *children, int count)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < count; i++)
            if (children[i].pid == pid)
                note_end(prefork, &children[i], status);
}

static void signal_all(const struct child *children, int count, int number)
{
    for (int i = 0; i < count; i++)
        if (children[i].pid > 0)
            (void)kill(children[i].pid, number);
}

static void stop_all(const struct prefork *prefork, struct child *children, int count)
{
    int64_t until = clock_ticks() + STOP_SECONDS * CLOCK_SECOND;
    bool alive = true;

    signal_all(children, count, SIGTERM);
    while (alive && clock_ticks() < until) {
        clock_sleep(20000);
        reap(prefork, children, count);
        alive = false;
        for (int i = 0; i < count; i++)
            alive = alive || children[i].pid > 0;
    }
    signal_all(children, count, SIGKILL);
}

int run_prefork(const struct prefork *prefork)
{
    struct child children[WORKERS_MAX + 1];
    int count = prefork->workers + (prefork->extra != NULL ? 1 : 0);
    int socket;

    CHECK(prefork->workers >= 1 && prefork->workers <= WORKERS_MAX);
    memset(children, 0, sizeof children);
    socket = open_socket(prefork);
    if (socket < 0) {
        log_event(NULL, LOG_ERROR, "socket.failed", "path", prefork->socket, "error", strerror(errno), NULL);
        return 69;
    }
    on_signal(SIGTERM, take_signal);
    on_signal(SIGINT, take_signal);
    on_signal(SIGHUP, take_signal);
    on_signal(SIGPIPE, SIG_IGN);
    log_event(NULL, LOG_INFO, "program.started", "program", prefork->name, NULL);
    while (!stop_wanted) {
        for (int i = 0; i < count; i++)
            if (children[i].pid == 0 && clock_ticks() >= children[i].start_not_before)
                start_child(prefork, &children[i], i == prefork->workers, socket);
        clock_sleep(50000);
        reap(prefork, children, count);
        if (reload_wanted) {
            reload_wanted = 0;
            signal_all(children, count, SIGTERM);
        }
    }
    stop_all(prefork, children, count);
    (void)close(socket);
    (void)unlink(prefork->socket);
    log_event(NULL, LOG_INFO, "program.stopped", "program", prefork->name, NULL);
    return 0;
}
