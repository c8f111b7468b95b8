// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/stream_pump.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "flow/event_private.h"
#include "flow_sql.h"
#include "http/stream.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TURN_ARENA_BYTES ((size_t)64 << 20)
#define TURN_ROWS 256
#define TURN_PAGES 8 // of a turn; the rest waits for the next
#define REST_MS 20   // between turns: commits in between come together
#define LOOK_EVERY_MS 500
#define LATE_MS 5000 // PostgreSQL: an event may be committed this long after a newer one
#define SEEN_MAX 65536
#define TOPICS_MAX 32

struct stream_pump {
    const struct house *house;
    pthread_t thread;
    pthread_mutex_t lock; // of the next three
    pthread_cond_t wake;
    bool woken, stopping;
    // The thread's own: ids above floor_id that were published, in order; where reading goes on.
    int64_t floor_id, newest_id, at_id, swept_ns;
    int64_t *seen;
    size_t seen_count;
};

static void on_commit(void *arg)
{
    struct stream_pump *pump = arg;
    pthread_mutex_lock(&pump->lock);
    pump->woken = true;
    pthread_cond_signal(&pump->wake);
    pthread_mutex_unlock(&pump->lock);
}

// --- which events are new --------------------------------------------------------------------------------------------

static size_t seen_place(const struct stream_pump *pump, int64_t id)
{
    size_t low = 0, high = pump->seen_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (pump->seen[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Forgets the older part; events of that time that come later are not told any more.
static void raise_floor(struct stream_pump *pump, int64_t floor_id)
{
    size_t gone = seen_place(pump, floor_id + 1);
    memmove(pump->seen, pump->seen + gone, (pump->seen_count - gone) * sizeof *pump->seen);
    pump->seen_count -= gone;
    pump->floor_id = floor_id;
}

// False: it is known already.
static bool note_id(struct stream_pump *pump, int64_t id)
{
    size_t at = seen_place(pump, id);
    if (at < pump->seen_count && pump->seen[at] == id)
        return false;
    if (pump->seen_count == SEEN_MAX) {
        raise_floor(pump, pump->seen[SEEN_MAX / 2]);
        at = seen_place(pump, id);
    }
    memmove(pump->seen + at + 1, pump->seen + at, (pump->seen_count - at) * sizeof *pump->seen);
    pump->seen[at] = id;
    pump->seen_count++;
    if (id > pump->newest_id)
        pump->newest_id = id;
    return true;
}

static int64_t id_before_ms(int64_t id, int64_t ms)
{
    int64_t back = id - (ms << 22); // base/id.h: time stands above 22 bits
    return back > 0 ? back : 0;
}

// --- telling ---------------------------------------------------------------------------------------------------------

static struct str state_in(struct ctx *c, struct str data)
{
    const struct json *value;
    if (str_find(data, STR("\"to\""), 0) == (size_t)-1)
        return (struct str){0};
    if (json_parse(c, data, &value) == OK)
        return json_str(json_get(value, "to"));
    ctx_clear_error(c);
    return (struct str){0};
}

static void publish(struct ctx *c, const struct event *event)
{
    const struct event_subject *subject = event_subject_of(c, event->subject_kind);
    int64_t topics[TOPICS_MAX];
    size_t count = 0;
    if (!subject || !subject->topics)
        return;
    if (subject->topics(c, event->subject_id, topics, TOPICS_MAX, &count) != OK) {
        log_debug("no topics event=%lld key=%s", (long long)event->id, c->error.key ? c->error.key : "");
        ctx_clear_error(c);
        return;
    }
    if (!count)
        return;
    struct buf data;
    struct json_writer w;
    buf_init(&data, 4096);
    json_writer_init(&w, &data);
    json_object_begin(&w);
    json_key(&w, "id");
    json_put_id(&w, event->subject_id);
    json_key(&w, "type");
    json_put_str(&w, event->type);
    struct str state = state_in(c, event->data);
    if (state.n) {
        json_key(&w, "state");
        json_put_str(&w, state);
    }
    json_object_end(&w);
    stream_publish(c->house->stream, c->tenant_id, topics, count, event->id, event->subject_kind, buf_str(&data));
    buf_free(&data);
}

struct turn {
    struct stream_pump *pump;
    bool silent; // at the start: what is there already is not told
    bool more;
};

static enum err read_page(struct ctx *c, void *arg)
{
    struct turn *turn = arg;
    struct stream_pump *pump = turn->pump;
    struct rows rows;
    TRY(db_list(c, &sql_event_page, ARGS(ARG_INT("after_id", pump->at_id), ARG_INT("max", TURN_ROWS)), &event_record,
                TURN_ROWS, &rows));
    const struct event *events = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        if (note_id(pump, events[i].id) && !turn->silent)
            publish(c, &events[i]);
        pump->at_id = events[i].id;
    }
    turn->more = rows.count == TURN_ROWS;
    return OK;
}

static enum err run_page(struct stream_pump *pump, struct turn *turn)
{
    struct ctx c = {.arena = arena_new(TURN_ARENA_BYTES),
                    .house = pump->house,
                    .tenant_id = pump->house->tenant_id,
                    .now_ms = clock_now_ms(pump->house->clock),
                    .actor = {.kind = ACTOR_SYSTEM},
                    .lang = "zh"};
    enum err err = store_read(&c, read_page, turn);
    if (err != OK)
        log_warn("live streams wait for the store key=%s", c.error.key ? c.error.key : "");
    arena_free(c.arena);
    return err;
}

// True: there is more. From the newest on; now and then from the floor again, for what was committed late.
static bool take_turn(struct stream_pump *pump)
{
    int64_t now_ns = clock_monotonic_ns();
    struct turn turn = {.pump = pump};
    if (pump->at_id >= pump->newest_id && now_ns - pump->swept_ns >= LOOK_EVERY_MS * INT64_C(1000000)) {
        int64_t floor_id = id_before_ms(pump->newest_id, LATE_MS);
        if (floor_id > pump->floor_id)
            raise_floor(pump, floor_id);
        pump->at_id = pump->floor_id;
        pump->swept_ns = now_ns;
    }
    for (int page = 0; page < TURN_PAGES; page++) {
        turn.more = false;
        if (run_page(pump, &turn) != OK || !turn.more)
            return false;
    }
    return true;
}

static bool wait_ms(struct stream_pump *pump, int64_t ms, bool wakeable)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&pump->lock);
    int result = 0;
    while (!pump->stopping && !(wakeable && pump->woken) && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&pump->wake, &pump->lock, &until);
    if (wakeable)
        pump->woken = false;
    bool stop = pump->stopping;
    pthread_mutex_unlock(&pump->lock);
    return stop;
}

static void *run(void *arg)
{
    struct stream_pump *pump = arg;
    bool more = false;
    while (!wait_ms(pump, more ? 0 : LOOK_EVERY_MS, true)) {
        more = take_turn(pump);
        if (wait_ms(pump, REST_MS, false))
            break;
    }
    return NULL;
}

// --- start and stop --------------------------------------------------------------------------------------------------

static enum err find_newest(struct ctx *c, void *arg)
{
    struct stream_pump *pump = arg;
    TRY(db_number(c, &sql_event_newest, NO_ARGS, &pump->newest_id));
    pump->floor_id = pump->at_id = id_before_ms(pump->newest_id, LATE_MS);
    return OK;
}

static enum err begin_at_newest(struct ctx *c, struct stream_pump *pump)
{
    struct turn turn = {.pump = pump, .silent = true, .more = true};
    struct ctx own = *c;
    own.tenant_id = pump->house->tenant_id;
    TRY(store_read(&own, find_newest, pump));
    while (turn.more)
        if (run_page(pump, &turn) != OK)
            return fail(c, ERR_BUSY, "store.unavailable");
    return OK;
}

enum err stream_pump_start(struct ctx *c, const struct house *house, struct stream_pump **ret_pump)
{
    struct stream_pump *pump = calloc(1, sizeof *pump);
    int64_t *seen = calloc(SEEN_MAX, sizeof *seen);
    if (!pump || !seen)
        abort();
    pump->house = house;
    pump->seen = seen;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pump->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&pump->lock, NULL);
    enum err err = begin_at_newest(c, pump);
    if (err == OK && pthread_create(&pump->thread, NULL, run, pump) != 0)
        err = fail(c, ERR_INTERNAL, "job.no_thread");
    if (err == OK) {
        store_on_commit(house->store, on_commit, pump);
        *ret_pump = pump;
        return OK;
    }
    pthread_cond_destroy(&pump->wake);
    pthread_mutex_destroy(&pump->lock);
    free(pump->seen);
    free(pump);
    return err;
}

void stream_pump_stop(struct stream_pump *pump)
{
    store_on_commit(pump->house->store, NULL, NULL);
    pthread_mutex_lock(&pump->lock);
    pump->stopping = true;
    pthread_cond_signal(&pump->wake);
    pthread_mutex_unlock(&pump->lock);
    pthread_join(pump->thread, NULL);
    pthread_cond_destroy(&pump->wake);
    pthread_mutex_destroy(&pump->lock);
    free(pump->seen);
    free(pump);
}
