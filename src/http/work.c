// SPDX-License-Identifier: MulanPSL-2.0
// Workers: threads for what may block (writes wait for their commit). The queue in front of them is bounded.
#include "base/clock.h"
#include "http/server.h"

#include <stdlib.h>

#define STALE_NS (INT64_C(30) * 1000000000) // who waited so long has gone away

bool work_put(struct work *work, struct exchange *x)
{
    pthread_mutex_lock(&work->lock);
    bool fits = work->length < work->max;
    if (fits) {
        x->next = NULL;
        if (work->tail)
            work->tail->next = x;
        else
            work->head = x;
        work->tail = x;
        work->length++;
        pthread_cond_signal(&work->more);
    }
    pthread_mutex_unlock(&work->lock);
    return fits;
}

size_t work_length(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    size_t length = work->length;
    pthread_mutex_unlock(&work->lock);
    return length;
}

static struct exchange *take(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    while (!work->head && !work->ended)
        pthread_cond_wait(&work->more, &work->lock);
    struct exchange *x = work->head;
    if (x) {
        work->head = x->next;
        if (!work->head)
            work->tail = NULL;
        work->length--;
    }
    pthread_mutex_unlock(&work->lock);
    return x;
}

// While the server ends, what runs is finished and what still waits is sent away.
static void run_one(struct exchange *x)
{
    bool stopping = atomic_load_explicit(&x->server->stopping, memory_order_relaxed);
    if (stopping || clock_monotonic_ns() - x->queued_ns > STALE_NS) {
        fail(&x->c, ERR_BUSY, "http.busy");
        serve_problem(x);
    } else {
        serve_run(x);
    }
    loop_put_done(x->loop, x);
}

static void *run(void *arg)
{
    struct work *work = arg;
    pthread_setname_np(pthread_self(), "http-worker");
    for (;;) {
        struct exchange *x = take(work);
        if (!x)
            return NULL;
        run_one(x);
    }
}

enum err work_start(struct ctx *c, struct http_server *server, int threads, size_t max)
{
    struct work *work = &server->work;
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->more, NULL);
    work->max = max;
    work->threads = arena_array(server->arena, (size_t)threads, sizeof *work->threads);
    for (; work->thread_count < threads; work->thread_count++)
        if (pthread_create(&work->threads[work->thread_count], NULL, run, work))
            return fail(c, ERR_INTERNAL, "http.no_start");
    return OK;
}

void work_stop(struct work *work)
{
    if (!work->max)
        return; // never started
    pthread_mutex_lock(&work->lock);
    work->ended = true;
    pthread_cond_broadcast(&work->more);
    pthread_mutex_unlock(&work->lock);
    for (int i = 0; i < work->thread_count; i++)
        pthread_join(work->threads[i], NULL);
    pthread_cond_destroy(&work->more);
    pthread_mutex_destroy(&work->lock);
}
