// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"
#include "base/log.h"
#include "job/lease.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOB_ARENA_BYTES ((size_t)256 << 20)
#define LOOK_AT_LEAST_MS INT64_C(5000) // another process may have changed what is due
#define LOOK_AT_MOST_MS INT64_C(50)

struct scheduler {
    const struct house *house;
    const struct job *const *jobs;
    int64_t tenant_id;
    char holder[HOLDER_BYTES];
    bool has_node; // this process leased a number: it has to be kept
    pthread_t runner, keeper;
    pthread_mutex_t lock; // of all below
    pthread_cond_t changed;
    bool stopping, woken;
    const char *running; // the job under way
};

static void open_ctx(const struct scheduler *s, struct ctx *c)
{
    *c = (struct ctx){.arena = arena_new(JOB_ARENA_BYTES),
                      .house = s->house,
                      .tenant_id = s->tenant_id,
                      .now_ms = clock_now_ms(s->house->clock),
                      .actor = {.kind = ACTOR_SYSTEM},
                      .lang = "zh"};
}

// True: stop. Returns early when woken or stopped.
static bool wait_ms(struct scheduler *s, int64_t ms, bool wakeable)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&s->lock);
    int result = 0;
    while (!s->stopping && !(wakeable && s->woken) && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&s->changed, &s->lock, &until);
    if (wakeable)
        s->woken = false;
    bool stop = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static bool is_stopping(struct scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    bool stop = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static void set_running(struct scheduler *s, const char *name)
{
    pthread_mutex_lock(&s->lock);
    s->running = name;
    pthread_mutex_unlock(&s->lock);
}

// Runs the job if it is due and free; when to look again.
static int64_t look_at(struct scheduler *s, const struct job *job)
{
    struct ctx c;
    open_ctx(s, &c);
    bool taken = false;
    int64_t next_at_ms = c.now_ms + LOOK_AT_LEAST_MS;
    enum err err = job_lease_take(&c, job, s->holder, &taken, &next_at_ms);
    if (err != OK) {
        log_warn("job not looked at job=%s key=%s", job->name, c.error.key ? c.error.key : "");
        next_at_ms = c.now_ms + LOOK_AT_LEAST_MS;
    } else if (taken) {
        set_running(s, job->name);
        job_run_taken(&c, job, s->holder, next_at_ms, s->house->clock); // has logged its failure
        set_running(s, NULL);
        next_at_ms = c.now_ms + job->every_ms;
    }
    arena_free(c.arena);
    return next_at_ms;
}

static void *run(void *arg)
{
    struct scheduler *s = arg;
    int64_t wait = 0;
    while (!wait_ms(s, wait, true)) {
        int64_t next_at_ms = INT64_MAX;
        for (const struct job *const *table = s->jobs; *table; table++)
            for (const struct job *job = *table; job->name && !is_stopping(s); job++) {
                int64_t at_ms = look_at(s, job);
                if (at_ms < next_at_ms)
                    next_at_ms = at_ms;
            }
        wait = next_at_ms == INT64_MAX ? LOOK_AT_LEAST_MS : next_at_ms - clock_now_ms(s->house->clock);
        wait = wait < LOOK_AT_MOST_MS ? LOOK_AT_MOST_MS : wait > LOOK_AT_LEAST_MS ? LOOK_AT_LEAST_MS : wait;
    }
    return NULL;
}

static void keep_once(struct scheduler *s)
{
    struct ctx c;
    open_ctx(s, &c);
    int64_t held = 1;
    pthread_mutex_lock(&s->lock);
    const char *running = s->running;
    pthread_mutex_unlock(&s->lock);
    if (running && job_lease_extend(&c, running, s->holder) != OK)
        log_warn("lease of job not extended job=%s key=%s", running, c.error.key ? c.error.key : "");
    ctx_clear_error(&c);
    if (s->has_node && node_lease_renew(&c, &held) != OK)
        log_warn("lease of node not renewed key=%s", c.error.key ? c.error.key : "");
    arena_free(c.arena);
    if (!held) {
        log_error("the node number went to another process; ending");
        kill(getpid(), SIGTERM);
    }
}

static void *keep(void *arg)
{
    struct scheduler *s = arg;
    while (!wait_ms(s, KEEP_EVERY_MS, false))
        keep_once(s);
    return NULL;
}

enum err scheduler_start(struct ctx *c, const struct house *house, const struct job *const *jobs, int64_t tenant_id,
                         struct scheduler **ret_scheduler)
{
    struct scheduler *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    *s = (struct scheduler){.house = house, .jobs = jobs, .tenant_id = tenant_id};
    lease_new_holder(s->holder);
    int64_t held = 0;
    enum err err = node_lease_renew(c, &held);
    s->has_node = held > 0;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->lock, NULL);
    bool runs = err == OK && pthread_create(&s->runner, NULL, run, s) == 0;
    if (runs && pthread_create(&s->keeper, NULL, keep, s) == 0) {
        *ret_scheduler = s;
        return OK;
    }
    if (runs) {
        pthread_mutex_lock(&s->lock);
        s->stopping = true;
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->runner, NULL);
    }
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return err != OK ? err : fail(c, ERR_INTERNAL, "job.no_thread");
}

void scheduler_wake(struct scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    s->woken = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void scheduler_stop(struct scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->runner, NULL);
    pthread_join(s->keeper, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

enum err job_write(struct ctx *c, store_fn fn, void *arg, int64_t id, bool *ret_done)
{
    enum err err = store_write(c, fn, arg);
    if (err == ERR_BUSY || err == ERR_INTERNAL)
        return err;
    if (err != OK)
        log_debug("job: %lld left: %s", (long long)id, c->error.key);
    ctx_clear_error(c);
    if (ret_done)
        *ret_done = err == OK;
    return OK;
}
