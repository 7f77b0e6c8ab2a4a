/* selftest: proves on the machine at hand that no fault loses or doubles a cent, without touching a real house.
 *
 *     tacite-batch selftest --crash       every named crash point: killed there, started again, everything as it must be
 *     tacite-batch selftest --seeds 500   as many lives of 400 days each, with faults of every kind, a few at a time
 *     tacite-batch selftest --seeds 251-500   these of them
 *     tacite-batch selftest --seed 7      this life again, with what happened
 *
 * A scratch house with a gateway of its own is made beside the real ones, and removed. A seed gives the same life
 * again on the same version (but for what two processes at once do first). One line per point or failing seed on
 * stdout, then the verdict; the exit code says whether everything held. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "batch/job.h"
#include "core/date.h"
#include "selftest/founding.h"
#include "selftest/life.h"
#include "selftest/process.h"
#include "selftest/proof.h"
#include "view/render.h"

enum { DAYS = 400, GROUP = 10, HOUSE_LIVES = 5, LANES_MAX = 8, SEED_MAX = 1000000, SMALL = 20, LARGE_MAX = 200, LARGE_EVERY = 50, COMMIT_RARITY = 40, TRIES_MAX = 60, NEW_EACH = 6, ACTS_A_DAY = 5 };

#define DAY (86400 * CLOCK_SECOND)

/* What lanes tell each other. */
struct tally {
    _Atomic int64_t next_house;
    _Atomic int64_t seeds;
    _Atomic int64_t failed;
    _Atomic int64_t subscriptions;
    _Atomic int64_t killed;
    _Atomic int64_t commits[COMMIT_LOST_AFTER + 1];
    _Atomic int64_t faults[WORLD_FAULTS + 1];
    _Atomic int64_t done[LIFE_ACTS + 1];
    _Atomic int64_t requests;
    _Atomic int64_t mails;
    _Atomic pid_t living[LANES_MAX + 1]; /* of each lane: the process that lives now */
};
static struct tally *tally;

/* ---- COMMIT's faults ---- */

static uint64_t commit_seed;

static enum commit_fault plan_commit(void)
{
    enum commit_fault fault;

    if (random_between(&commit_seed, 1, COMMIT_RARITY) != 1)
        return COMMIT_HOLDS;
    fault = (enum commit_fault)random_between(&commit_seed, COMMIT_DEADLOCK, COMMIT_LOST_AFTER);
    tally->commits[fault]++;
    return fault;
}

/* ---- days ---- */

/* The next day to look at: a few days on, about a month, or one of the calendar that is known for trouble: ends of
 * months, leap days, the turn of the year, the days on which the hour changes. */
static int32_t next_day(struct life *life, int32_t on)
{
    struct civil civil = date_civil(on);
    int32_t month_end = date_next_month(on) - 1;
    const int32_t edge[] = {month_end, month_end + 1, date_next_month(month_end + 1) - 1, date_from_civil(civil.year, 3, 1) - 1,
        date_from_civil(civil.year, 3, 1), date_from_civil(civil.year + 1, 3, 1) - 1, date_from_civil(civil.year, 12, 31),
        date_from_civil(civil.year + 1, 1, 1), date_from_civil(civil.year, 3, 31) - date_weekday(date_from_civil(civil.year, 3, 31)) % 7,
        date_from_civil(civil.year, 10, 31) - date_weekday(date_from_civil(civil.year, 10, 31)) % 7};
    int32_t found[COUNT_OF(edge)];
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(edge); i++)
        if (edge[i] > on && edge[i] < on + 60)
            found[count++] = edge[i];
    switch (life_between(life, 0, 3)) {
    case 0:
    case 1:
        if (count > 0)
            return found[life_between(life, 0, (int64_t)count - 1)];
        return on + (int32_t)life_between(life, 20, 39);
    case 2: return on + (int32_t)life_between(life, 2, 12);
    default: return on + (int32_t)life_between(life, 20, 39);
    }
}

static void set_day(struct life *life, int32_t on)
{
    /* Between 01:00 and 22:00 UTC: never the same hour. */
    world_set_clock(&life->scratch->world, (int64_t)on * DAY + life_between(life, 3600, 79200) * CLOCK_SECOND);
}

/* Groups begin in different months of four years; a seed lives after those before it in its group. */
static int32_t first_day(int64_t seed)
{
    int64_t group = (seed - 1) / GROUP;

    return date_from_civil(2027, 1, 4) + (int32_t)(group * 59 % 1461 + (seed - 1) % GROUP * (DAYS + 60));
}

/* ---- a seed ---- */

static int64_t size_of_seed(int64_t seed)
{
    uint64_t draw = (uint64_t)seed;

    return seed % LARGE_EVERY == 0 ? random_between(&draw, SMALL + 1, LARGE_MAX) : SMALL;
}

/* An act on one day, and what is in its way. */
static bool meet(struct life *life, enum life_act act)
{
    struct world_shared *shared = life->scratch->world.shared;
    int64_t way = life_between(life, 0, 19);
    const char *point = NULL;
    long nth = 1;
    bool killed = false;
    bool well;

    shared->gateway_rarity = life_between(life, 0, 2) > 0 ? 4 : 0;
    shared->mail_rarity = life_between(life, 0, 3) == 0 ? 3 : 0;
    commit_seed = random_next(&life->seed);
    commit_plan(way >= 4 && way < 8 ? plan_commit : NULL);
    if (way == 0)
        point = life_point(life, act, &nth);
    if (point != NULL)
        well = life_does_until(life, act, point, nth, &killed);
    else if (way >= 8 && way < 10 && act == ACT_BATCH)
        well = life_runs_twice(life);
    else
        well = life_does(life, act);
    commit_plan(NULL);
    shared->gateway_rarity = 0;
    shared->mail_rarity = 0;
    tally->killed += killed;
    if (killed || !well)
        str_printf(&life->story, "; %s%s%s", life_act_name(act), killed ? " killed at " : " not well", killed ? point : "");
    return well;
}

/* The clock of this machine is put back a little, or more than the batch accepts. */
static bool clock_goes_back(struct life *life)
{
    struct world_shared *shared = life->scratch->world.shared;
    int64_t back = life_between(life, 1, 10) * 60 * CLOCK_SECOND;
    bool well;

    shared->ahead -= back;
    well = life_does(life, ACT_BATCH);
    shared->ahead += back;
    return well;
}

static bool live_days(struct life *life, int32_t begins_on, int64_t subscriptions)
{
    bool well = true;

    set_day(life, begins_on);
    for (int64_t i = 0; well && i < subscriptions; i++)
        well = meet(life, ACT_SUBSCRIBE);
    for (int64_t i = 0; well && i < subscriptions; i++)
        well = meet(life, life_between(life, 0, 2) == 0 ? ACT_MANDATE : ACT_CARD);
    for (int32_t on = begins_on; well && on < begins_on + DAYS && !job_stopped();) {
        char text[DATE_TEXT_BYTES];

        on = next_day(life, on);
        if (on > begins_on + DAYS)
            on = begins_on + DAYS;
        set_day(life, on);
        str_printf(&life->story, "; %s", date_iso(on, text));
        for (int64_t i = life_between(life, 1, ACTS_A_DAY); well && i > 0; i--)
            well = meet(life, (enum life_act)life_between(life, ACT_CARD, ACT_CLOSING));
        well = well && meet(life, ACT_BATCH) && meet(life, ACT_EVENTS);
        if (well && life_between(life, 0, 9) == 0)
            well = clock_goes_back(life);
    }
    return well;
}

static void count_up(const struct life *life)
{
    for (int act = 1; act <= LIFE_ACTS; act++)
        tally->done[act] += life->done[act];
}

/* What has lived is over: the next seed on this house shall not meet it. Not a way of the product. */
static enum err end_life(struct ctx *ctx)
{
    static const char *const sql[] = {
        "UPDATE subscription SET state = 'ended', ends_on = GREATEST(started_on, IFNULL(due_on, started_on)), due_on = NULL WHERE state <> 'ended'",
        "UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL",
        "UPDATE dunning_case SET state = 'stopped', ended_on = due_on, next_on = NULL WHERE state = 'open'",
        "UPDATE amendment SET state = 'undone', settled_at = made_at WHERE state = 'planned'"};

    for (size_t i = 0; i < COUNT_OF(sql); i++)
        TRY(ctx, db_run_script(ctx, sql[i]));
    return OK;
}

/* True: everything held. The house is good for another seed. */
static bool live_seed(struct life *life, int64_t seed)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct str broken;
    int64_t size = size_of_seed(seed);
    bool well;

    well = begin_life(life, (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15)) == OK;
    life->scratch->world.shared->draw = random_next(&life->seed);
    str_printf(&life->story, "%" PRId64 " subscriptions", size);
    well = well && live_days(life, first_day(seed), size) && life_comes_to_rest(life);
    broken = str_new(life->arena);
    if (well && prove_life(life, &broken) != OK)
        str_printf(&broken, "; the proof failed: %s", ctx->trail);
    tally->subscriptions += size;
    tally->seeds++;
    count_up(life);
    if (well && broken.bytes == 0 && end_life(ctx) == OK)
        return true;
    (void)printf("bad\tseed %" PRId64 "\t%s%s\n", seed, broken.text, life->story.text);
    (void)fflush(stdout);
    tally->failed++;
    return false;
}

/* ---- lanes ---- */

struct lane {
    struct job *job;
    int number;
    int64_t first;
    int64_t last;
    bool tell; /* the story too */
};

static bool prepare_life(struct lane *lane, struct scratch *scratch, struct life *life)
{
    struct ctx *ctx = lane->job->ctx;
    enum err err = make_scratch(scratch, lane->job, lane->number);

    if (err == OK) {
        *life = (struct life){.scratch = scratch, .arena = arena_new(), .living = &tally->living[lane->number]};
        life->story = str_new(life->arena);
        world_set_clock(&scratch->world, (int64_t)first_day(lane->first) * DAY - DAY);
        err = found_life(life);
        if (err == OK)
            return true;
        remove_scratch(scratch);
    }
    (void)printf("bad\tscratch house\t%s\n", ctx->trail);
    (void)fflush(stdout);
    return false;
}

static void note_world(const struct scratch *scratch)
{
    const struct world_shared *shared = scratch->world.shared;

    for (int i = 1; i <= WORLD_FAULTS; i++)
        tally->faults[i] += shared->faults[i];
    tally->requests += shared->requests;
    tally->mails += shared->mails;
}

/* A few seeds of one group, on a house of their own; again on a fresh one after a seed that failed. Each proof walks all
 * that has lived in the house, so that many lives in one cost more than a new one. */
static int live_group(struct lane *lane)
{
    struct scratch scratch;
    struct life life;
    bool stands = false;

    for (int64_t seed = lane->first; seed <= lane->last && !job_stopped(); seed++) {
        int64_t began;

        if (!stands && !prepare_life(lane, &scratch, &life))
            return EXIT_FAULT;
        began = clock_ticks() - scratch.world.shared->ahead; /* by the machine's clock */
        stands = live_seed(&life, seed);
        began = clock_ticks() - scratch.world.shared->ahead - began;
        if (lane->tell)
            (void)printf("%s\tseed %" PRId64 "\t%s\n", stands ? "ok" : "bad", seed, life.story.text);
        if (lane->job->progress)
            (void)printf("seed %" PRId64 " %" PRId64 " ms\n", seed, began / 1000);
        (void)fflush(stdout);
        if (!stands) {
            note_world(&scratch);
            scratch.keep = job_flag(lane->job, "--keep");
            remove_scratch(&scratch);
            if (scratch.keep)
                return EXIT_DONE;
        }
    }
    if (stands) {
        note_world(&scratch);
        remove_scratch(&scratch);
    }
    return EXIT_DONE;
}

/* The process's end, which a stop of ours hastens: it removes its house first. */
static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) != pid) {
        CHECK(errno == EINTR);
        if (job_stopped())
            (void)kill(pid, SIGTERM);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAULT;
}

/* The end of the process that lives, who is another one after each kill: all of them are this one's to wait for. */
static int wait_for_living(const struct lane *lane)
{
    int code = EXIT_FAULT;
    int status;

    for (;;) {
        pid_t living = tally->living[lane->number];
        pid_t ended = waitpid(-1, &status, 0);

        if (ended < 0 && errno == ECHILD)
            return code;
        CHECK(ended > 0 || errno == EINTR);
        if (ended < 0 && job_stopped())
            (void)kill(living, SIGTERM);
        if (ended > 0 && ended == tally->living[lane->number] && WIFEXITED(status))
            code = WEXITSTATUS(status);
    }
}

/* A process for each house: nothing that was kept of one is met in the next, whose days are earlier. */
static int live_apart(struct lane *lane, int (*live)(struct lane *lane))
{
    pid_t pid;

    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    (void)fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        tally->living[lane->number] = getpid();
        _exit(live(lane));
    }
    return wait_for_living(lane);
}

static int run_lane(struct lane *lane, int64_t first, int64_t last)
{
    int64_t houses_from = (first - 1) / HOUSE_LIVES;

    for (;;) {
        int64_t house = houses_from + tally->next_house++;
        int64_t from = house * HOUSE_LIVES + 1;
        int64_t until = from + HOUSE_LIVES - 1;

        if (from > last || job_stopped())
            return EXIT_DONE;
        lane->first = from < first ? first : from;
        lane->last = until > last ? last : until;
        if (live_apart(lane, live_group) != EXIT_DONE)
            return EXIT_FAULT;
    }
}

static int run_seeds(struct job *job, int64_t first, int64_t last, int lanes, bool tell)
{
    pid_t pid[LANES_MAX];
    int code = EXIT_DONE;

    for (int i = 0; i < lanes; i++) {
        struct lane lane = {.job = job, .number = i + 1, .tell = tell};

        pid[i] = fork();
        CHECK(pid[i] >= 0);
        if (pid[i] == 0)
            _exit(run_lane(&lane, first, last));
    }
    for (int i = 0; i < lanes; i++)
        if (wait_for(pid[i]) != EXIT_DONE)
            code = EXIT_FAULT;
    return code;
}

static void tell_tally(int64_t began)
{
    static const char *const commit_name[] = {[COMMIT_HOLDS] = "", [COMMIT_DEADLOCK] = "1213", [COMMIT_TIMEOUT] = "1205",
        [COMMIT_DISK_FULL] = "disk full", [COMMIT_LOST_BEFORE] = "2013 before", [COMMIT_LOST_AFTER] = "2013 after"};
    static const char *const world_name[] = {"", "silent before", "silent after", "500 before", "500 after", "409", "429", "cut", "empty"};

    (void)printf("acts");
    for (int i = 1; i <= LIFE_ACTS; i++)
        (void)printf("\t%s %" PRId64, life_act_name((enum life_act)i), tally->done[i]);
    (void)printf("\nfaults\tkilled %" PRId64, tally->killed);
    for (int i = COMMIT_DEADLOCK; i <= COMMIT_LOST_AFTER; i++)
        (void)printf("\t%s %" PRId64, commit_name[i], tally->commits[i]);
    for (int i = 1; i <= WORLD_FAULTS; i++)
        (void)printf("\t%s %" PRId64, world_name[i], tally->faults[i]);
    (void)printf("\n%" PRId64 " seeds, %" PRId64 " subscriptions, %d days each, %" PRId64 " requests, %" PRId64 " mails in %" PRId64 " s: %" PRId64 " failed\n",
                 tally->seeds, tally->subscriptions, DAYS, tally->requests, tally->mails, (clock_ticks() - began) / CLOCK_SECOND, tally->failed);
}

/* ---- crash points ---- */

/* Acts until one reaches the point: the batch after a month first, then whatever customers, seller and bank do. */
static bool reach(struct life *life, const char *point, enum life_act *act, bool *well)
{
    static const enum life_act order[] = {ACT_BATCH, ACT_PAY, ACT_SUBSCRIBE, ACT_EVENTS, ACT_MORE, ACT_FILE, ACT_BANK, ACT_TRANSFER, ACT_CREDIT, ACT_REFUND, ACT_PLAN,
                                          ACT_LESS, ACT_PAUSE, ACT_MANDATE, ACT_CARD, ACT_CLOSE, ACT_CLOSING};
    bool killed = false;

    *well = true;
    for (int i = 0; i < TRIES_MAX && *well; i++) {
        *act = order[(size_t)i % COUNT_OF(order)];
        if (*act == ACT_BATCH)
            life->scratch->world.shared->ahead += 31 * DAY;
        *well = life_does_until(life, *act, point, 1, &killed);
        if (killed)
            return true;
    }
    return false;
}

static bool tell_crash(const char *point, const char *where, const char *broken, bool well)
{
    (void)printf("%s\t%s\tkilled in %s, started again%s\n", well ? "ok" : "bad", point, where, broken);
    (void)fflush(stdout);
    return well;
}

static bool crash_at(struct life *life, const char *point)
{
    struct str broken = str_new(life->arena);
    enum life_act act;
    bool well;
    bool reached;

    life->story = str_new(life->arena);
    for (int i = 0; i < NEW_EACH; i++) /* years pass, and who does not pay is ended */
        if (!life_does(life, ACT_SUBSCRIBE) || !life_does(life, i % 2 == 0 ? ACT_CARD : ACT_MANDATE))
            return tell_crash(point, "before any crash", life->story.text, false);
    reached = reach(life, point, &act, &well);
    if (well)
        well = life_comes_to_rest(life);
    if (well && prove_life(life, &broken) != OK)
        str_printf(&broken, "; the proof failed: %s", life->scratch->job->ctx->trail);
    if (!reached)
        str_append(&broken, "; never reached");
    well = well && broken.bytes == 0;
    str_append(&broken, well ? "" : life->story.text);
    return tell_crash(point, life_act_name(act), broken.text, well);
}

static int crash_everywhere(struct lane *lane)
{
    struct job *job = lane->job;
    const char *names[CRASH_POINTS_MAX];
    struct scratch scratch;
    struct life life;
    size_t count;
    size_t bad = 0;

    crash_points(names, &count);
    if (!prepare_life(lane, &scratch, &life))
        return EXIT_FAULT;
    life.seed = 1;
    for (size_t i = 0; i < count && !job_stopped(); i++)
        bad += !crash_at(&life, names[i]);
    scratch.keep = bad > 0 && job_flag(job, "--keep");
    remove_scratch(&scratch);
    if (job_stopped())
        return EXIT_LATER;
    (void)printf("%zu points, %zu bad: %s\n", count, bad, bad == 0 ? "no fault lost or doubled a cent" : "look at the lines above");
    (void)fflush(stdout);
    return bad == 0 ? EXIT_DONE : EXIT_FINDINGS;
}

/* ---- the command ---- */

/* What the house's programs log is nobody's who reads the verdict: --log keeps it. */
static bool send_log(const struct job *job)
{
    const char *path = job_option(job, "--log");
    int fd = open(path != NULL ? path : "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
        return false;
    (void)close(fd);
    return true;
}

static int refuse(const char *what)
{
    (void)fprintf(stderr, "tacite-batch selftest: %s\n", what);
    return EXIT_USAGE;
}

/* One more than processors: a lane waits for its database, and that for the disk. */
static long long default_lanes(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return processors < 2 ? 2 : processors < LANES_MAX ? processors : LANES_MAX;
}

/* "500": from the first one; "251-500". */
static bool read_seeds(struct arena *arena, const char *text, long long *first, long long *last)
{
    const char *dash = strchr(text, '-');

    *first = 1;
    return dash == NULL ? str_to_i64(text, 1, SEED_MAX, last)
                        : str_to_i64(arena_strndup(arena, text, (size_t)(dash - text)), 1, SEED_MAX, first) && str_to_i64(dash + 1, *first, SEED_MAX, last);
}

int selftest_command(struct job *job)
{
    static const char *const options[] = {"--crash", "--seeds=", "--seed=", "--lanes=", "--log=", "--times", "--keep", "--database-socket=", "--admin-user=",
                                          "--admin-password-file=", NULL};
    const char *unknown = job_unknown(job, options);
    const char *seeds = job_option(job, "--seeds");
    const char *seed = job_option(job, "--seed");
    const char *lane_text = job_option(job, "--lanes");
    long long last = 0;
    long long first = 1;
    long long lanes = default_lanes();
    int64_t began = clock_ticks();
    int code;

    if (unknown != NULL)
        return refuse(arena_printf(job->ctx->arena, "%s is not an option", unknown));
    if ((job_flag(job, "--crash") ? 1 : 0) + (seeds != NULL) + (seed != NULL) != 1)
        return refuse("wants one of --crash, --seeds N, --seeds N-N, --seed N");
    if ((seeds != NULL && !read_seeds(job->ctx->arena, seeds, &first, &last)) || (seed != NULL && !str_to_i64(seed, 1, SEED_MAX, &last)) ||
        (lane_text != NULL && !str_to_i64(lane_text, 1, LANES_MAX, &lanes)))
        return refuse(arena_printf(job->ctx->arena, "seeds are 1 to %d, lanes 1 to %d", SEED_MAX, LANES_MAX));
    if (job->dry_run)
        return EXIT_DONE;
    if (load_templates_of(job->ctx, arena_printf(job->ctx->arena, "%s/templates", job->root), "mail") != OK)
        return job_exit(job->ctx, ERR_CONFIG);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(tally != MAP_FAILED);
    if (!send_log(job))
        return refuse("--log cannot be written");
    job->progress = job_flag(job, "--times");
    if (job_flag(job, "--crash"))
        return live_apart(&(struct lane){.job = job, .number = 1, .first = 1}, crash_everywhere);
    if (seed != NULL) {
        first = last;
        lanes = 1;
    }
    code = run_seeds(job, first, last, (int)lanes, seed != NULL);
    tell_tally(began);
    return code != EXIT_DONE ? code : tally->failed > 0 ? EXIT_FINDINGS : EXIT_DONE;
}
