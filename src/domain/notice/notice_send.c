// SPDX-License-Identifier: MulanPSL-2.0
// The job that sends what waits. One process at a time has it (the job's lease); one message after the other, so nobody
// gets two at once. Each message: taken in one write (with the consent it uses up), sent outside any, settled in the
// write that takes the next. Killed in between, it is taken again when its minute is over: at least once, and once
// where the vendor knows its id.
#include "base/id.h"
#include "domain/notice/notice_internal.h"
#include "notice_sql.h"

#define HOLD_MS MINUTE_MS                   // how long a message is in hand; a call takes five seconds at most
#define HOLD_USABLE_NS INT64_C(30000000000) // after standing still for so long it may be another's
#define HEADS_MAX 16
#define ROUNDS_MAX 8
#define RUN_MESSAGES_MAX 300
#define RUN_NS INT64_C(15000000000) // other jobs want their turn
#define WAY_RETRY_SHARE 6           // of the wait of a message: five seconds of thirty
#define WAY_RETRY_MAX_MS (5 * MINUTE_MS)
#define ERASE_BATCH 500

struct turn {
    enum notice_channel_kind kind;
    struct notice_rules rules;
    uint32_t chance;
    struct notice in_hand;  // as it was taken
    bool has_outcome, last; // last: nothing more is taken
    struct notice_outcome outcome;
    // What the write gives back.
    bool found;
    struct notice taken;
    struct notice_robot robot;
    struct notice_channel channel;
};

// --- taking ----------------------------------------------------------------------------------------------------------
static enum err save(struct ctx *c, const struct notice *before, const struct notice *after, bool *ret_saved)
{
    int64_t changed = 0;
    TRY(db_exec(c, &sql_notice_save,
                ARGS(ARG_TEXT("old_state", str_of(notice_state_names[before->state])),
                     ARG_INT("old_attempts", before->attempts), ARG_ROW(&notice_record, after)),
                &changed));
    *ret_saved = changed == 1;
    return OK;
}

static enum err give_up(struct ctx *c, const struct notice *before, enum notice_state state, struct str error)
{
    struct notice n = *before;
    bool saved;
    n.state = (int)state;
    n.open = false;
    n.error = error;
    n.failed_at_ms = c->now_ms;
    if (state == NOTICE_DEAD && n.consent_held) { // it was not used: it is good for another message
        n.consent_held = false;
        TRY(db_exec(c, &sql_notice_consent_give_back,
                    ARGS(ARG_INT("person_id", n.person_id), ARG_TEXT("template", n.template)), NULL));
    }
    if (state == NOTICE_DROPPED)
        n.address = STR("");
    TRY(save(c, before, &n, &saved));
    return saved ? notice_event(c, &n, state == NOTICE_DEAD ? "notice.dead" : "notice.dropped") : OK;
}

static enum err put_off(struct ctx *c, const struct notice *before, int64_t until_ms)
{
    struct notice n = *before;
    bool saved;
    n.state = NOTICE_WAITING;
    n.not_before_ms = until_ms;
    return save(c, before, &n, &saved);
}

// When the robot may speak; 0: now, and that is noted.
static enum err pace(struct ctx *c, struct turn *t, const struct notice *n, int64_t *ret_until_ms)
{
    struct notice_robot *robot = &t->robot;
    TRY(notice_robot_load(c, n->robot_id, robot));
    int64_t earliest = notice_pace_earliest(robot->paced_to_ms);
    if (robot->paused_until_ms > earliest)
        earliest = robot->paused_until_ms;
    *ret_until_ms = earliest > c->now_ms ? earliest : 0;
    if (*ret_until_ms)
        return OK;
    robot->paced_to_ms = notice_pace_take(robot->paced_to_ms, c->now_ms);
    return db_exec(c, &sql_notice_robot_save, ARGS(ARG_ROW(&notice_robot_record, robot)), NULL);
}

static enum err take_consent(struct ctx *c, struct notice *n, bool *ret_given)
{
    int64_t changed = 1;
    if (!n->consent_held)
        TRY(db_exec(c, &sql_notice_consent_take,
                    ARGS(ARG_INT("person_id", n->person_id), ARG_TEXT("template", n->template)), &changed));
    n->consent_held = *ret_given = changed == 1;
    return OK;
}

// One head of a lane: sent now, later, or never.
static enum err consider(struct ctx *c, struct turn *t, const struct notice *before)
{
    struct notice n = *before;
    int64_t until_ms = 0;
    if (n.expires_at_ms <= c->now_ms)
        return give_up(c, before, NOTICE_DEAD, STR("expired"));
    if (!n.urgent) {
        until_ms = notice_after_quiet(&t->rules.quiet, t->rules.zone_ms, c->now_ms);
        if (until_ms > c->now_ms)
            return put_off(c, before, until_ms);
    }
    if (n.channel == CHANNEL_WECOM) {
        enum err err = pace(c, t, &n, &until_ms);
        if (err == ERR_NOT_FOUND) {
            ctx_clear_error(c);
            return give_up(c, before, NOTICE_DEAD, STR("no_robot"));
        }
        TRY(err);
        if (until_ms)
            return put_off(c, before, until_ms);
    }
    if (n.channel == CHANNEL_WECHAT) {
        bool given;
        TRY(take_consent(c, &n, &given));
        if (!given)
            return give_up(c, before, NOTICE_DROPPED, STR("no_consent"));
    }
    n.state = NOTICE_SENDING;
    n.attempts++;
    n.not_before_ms = c->now_ms + HOLD_MS;
    TRY(save(c, before, &n, &t->found));
    t->taken = n;
    return OK;
}

static enum err take_next(struct ctx *c, struct turn *t)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct rows rows;
        TRY(notice_channel_load(c, (int)t->kind, &t->channel));
        if (t->channel.paused_until_ms > c->now_ms)
            return OK;
        TRY(db_list(c, &sql_notice_heads, ARGS(ARG_INT("channel", t->kind), ARG_INT("max", HEADS_MAX)), &notice_record,
                    HEADS_MAX, &rows));
        const struct notice *heads = rows.at;
        for (size_t i = 0; i < rows.count && !t->found; i++)
            TRY(consider(c, t, &heads[i]));
        if (t->found || rows.count == 0)
            return OK;
    }
    return OK;
}

// --- settling --------------------------------------------------------------------------------------------------------
// The way itself: rests longer the more often it fails; any answer at all puts it right again.
static enum err settle_channel(struct ctx *c, const struct turn *t)
{
    const struct notice_outcome *o = &t->outcome;
    struct notice_channel channel;
    TRY(notice_channel_load(c, (int)t->kind, &channel));
    bool pause = o->verdict == VERDICT_PAUSE && t->kind != CHANNEL_WECOM;
    if (pause) {
        channel.paused_until_ms = c->now_ms + o->wait_ms;
        channel.error = o->error;
    } else if (o->verdict == VERDICT_WAY_FAILED) {
        int64_t rest = notice_backoff_ms(t->rules.retry_ms / WAY_RETRY_SHARE, ++channel.failures, t->chance);
        rest = rest > WAY_RETRY_MAX_MS ? WAY_RETRY_MAX_MS : rest < o->wait_ms ? o->wait_ms : rest;
        channel.paused_until_ms = c->now_ms + rest;
        channel.error = o->error;
    } else if (channel.failures || channel.error.n) {
        channel.failures = channel.paused_until_ms = 0;
        channel.error = STR("");
    } else {
        return OK;
    }
    return notice_channel_store(c, &channel);
}

static enum err settle_robot(struct ctx *c, const struct turn *t)
{
    const struct notice_outcome *o = &t->outcome;
    struct notice_robot robot;
    enum err err = notice_robot_load(c, t->in_hand.robot_id, &robot);
    if (err == ERR_NOT_FOUND) { // removed meanwhile
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    if (o->verdict == VERDICT_PAUSE) {
        robot.paused_until_ms = c->now_ms + o->wait_ms;
    } else if (o->verdict == VERDICT_BROKEN) {
        robot.error = o->error;
        robot.failed_at_ms = c->now_ms;
    } else if (o->verdict == VERDICT_SENT && robot.error.n) {
        robot.error = STR("");
        robot.failed_at_ms = 0;
    } else {
        return OK;
    }
    return db_exec(c, &sql_notice_robot_save, ARGS(ARG_ROW(&notice_robot_record, &robot)), NULL);
}

static int64_t next_try(struct ctx *c, const struct turn *t, const struct notice *n)
{
    int64_t wait = notice_backoff_ms(t->rules.retry_ms, n->attempts, t->chance);
    if (t->outcome.verdict == VERDICT_PAUSE)
        wait = t->outcome.wait_ms;
    int64_t at_ms = c->now_ms + (wait < t->outcome.wait_ms ? t->outcome.wait_ms : wait);
    return n->urgent ? at_ms : notice_after_quiet(&t->rules.quiet, t->rules.zone_ms, at_ms);
}

static enum err settle_notice(struct ctx *c, const struct turn *t)
{
    const struct notice_outcome *o = &t->outcome;
    const struct notice *before = &t->in_hand;
    struct notice n = *before;
    bool saved;
    switch (o->verdict) {
    case VERDICT_SENT:
        n.state = NOTICE_SENT;
        n.open = false;
        n.error = n.address = STR("");
        n.sent_at_ms = c->now_ms;
        TRY(save(c, before, &n, &saved));
        return saved ? notice_event(c, &n, "notice.sent") : OK;
    case VERDICT_DEAD:
    case VERDICT_BROKEN:
        return give_up(c, before, NOTICE_DEAD, o->error);
    case VERDICT_NO_CONSENT: // WeChat knows better than our count
        TRY(db_exec(c, &sql_notice_consent_void,
                    ARGS(ARG_INT("person_id", n.person_id), ARG_TEXT("template", n.template)), NULL));
        return give_up(c, before, NOTICE_DROPPED, o->error);
    case VERDICT_AGAIN:
        if (o->tries && n.attempts >= o->tries)
            return give_up(c, before, NOTICE_DEAD, o->error);
        break;
    case VERDICT_PAUSE:
    case VERDICT_TOKEN:
        n.attempts--; // not the message's fault
        break;
    case VERDICT_WAY_FAILED:
        break;
    }
    n.state = NOTICE_WAITING;
    n.error = o->error;
    n.not_before_ms = next_try(c, t, before);
    return save(c, before, &n, &saved);
}

static enum err step(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    t->found = false;
    if (t->has_outcome) {
        TRY(settle_channel(c, t));
        if (t->kind == CHANNEL_WECOM)
            TRY(settle_robot(c, t));
        TRY(settle_notice(c, t));
    }
    return t->last ? OK : take_next(c, t);
}

// --- sending ---------------------------------------------------------------------------------------------------------
static enum err address_of(struct ctx *c, const struct turn *t, struct str *ret_address)
{
    if (t->kind == CHANNEL_WECOM)
        return open_bytes(c, "notice_robot", "key", t->robot.id, t->robot.key, ret_address);
    return notice_open(c, &t->taken, "address", t->taken.address, ret_address);
}

static enum err send_taken(struct ctx *c, struct turn *t)
{
    struct notice_message m = {.notice = &t->taken, .channel = &t->channel};
    TRY(address_of(c, t, &m.address));
    TRY(notice_text(c, &t->taken, str_z(c->arena, t->taken.lang), &m.text, m.args));
    switch (t->kind) {
    case CHANNEL_SMS:
        t->outcome = notice_send_sms(c, &m);
        break;
    case CHANNEL_WECOM:
        t->outcome = notice_send_wecom(c, &m);
        break;
    case CHANNEL_WECHAT:
        t->outcome = notice_send_wechat(c, &m);
        break;
    case CHANNEL_APP:
    case CHANNEL_COUNT:
        return fail(c, ERR_INTERNAL, "notice.failed");
    }
    return OK;
}

static void look_at_clock(struct ctx *c)
{
    if (c->house->clock && clock_now_ms(c->house->clock) > c->now_ms)
        c->now_ms = clock_now_ms(c->house->clock);
}

static enum err run_channel(struct ctx *c, enum notice_channel_kind kind, int64_t until_ns, int *messages_left)
{
    struct turn t = {.kind = kind, .rules = notice_rules_of(c)};
    while (!t.last) {
        int64_t began_ns = clock_monotonic_ns();
        look_at_clock(c);
        crypto_random(&t.chance, sizeof t.chance);
        TRY(store_write(c, step, &t));
        t.has_outcome = false;
        if (!t.found || clock_monotonic_ns() - began_ns > HOLD_USABLE_NS)
            return OK; // what was taken too long ago comes again when its minute is over
        TRY(send_taken(c, &t));
        t.in_hand = t.taken;
        t.has_outcome = true;
        t.last = --*messages_left <= 0 || clock_monotonic_ns() > until_ns;
    }
    look_at_clock(c);
    return store_write(c, step, &t);
}

static enum err send_waiting(struct ctx *c)
{
    int64_t until_ns = clock_monotonic_ns() + RUN_NS;
    int messages_left = RUN_MESSAGES_MAX;
    for (int kind = CHANNEL_SMS; kind < CHANNEL_COUNT && messages_left > 0; kind++)
        if (notice_channel_on(c, kind))
            TRY(run_channel(c, (enum notice_channel_kind)kind, until_ns, &messages_left));
    return OK;
}

static enum err look_for_waiting(struct ctx *c, void *arg)
{
    bool *ret_wanted = arg;
    *ret_wanted = false;
    for (int kind = CHANNEL_SMS; kind < CHANNEL_COUNT && !*ret_wanted; kind++) {
        struct notice_channel channel;
        int64_t waiting = 0;
        if (!notice_channel_on(c, kind))
            continue;
        TRY(db_number(c, &sql_notice_waiting, ARGS(ARG_TEXT("channel", str_of(notice_channel_names[kind]))), &waiting));
        if (waiting)
            TRY(notice_channel_load(c, kind, &channel));
        *ret_wanted = waiting && channel.paused_until_ms <= c->now_ms;
    }
    return OK;
}

static enum err is_anything_waiting(struct ctx *c, bool *ret_wanted)
{
    return store_read(c, look_for_waiting, ret_wanted);
}

// --- forgetting ------------------------------------------------------------------------------------------------------
struct erasing {
    int64_t before_id, erased;
};

static enum err erase_some(struct ctx *c, void *arg)
{
    struct erasing *e = arg;
    return db_exec(c, &sql_notice_erase, ARGS(ARG_INT("before", e->before_id), ARG_INT("max", ERASE_BATCH)),
                   &e->erased);
}

// Ids are ordered by time. What waits for longer than that waits for nothing: its channel is off.
static enum err erase_old(struct ctx *c)
{
    int64_t before_ms = c->now_ms - notice_rules_of(c).keep_ms;
    struct erasing e = {.before_id = before_ms > ID_EPOCH_MS ? (before_ms - ID_EPOCH_MS) << 22 : 0};
    do
        TRY(store_write(c, erase_some, &e));
    while (e.erased == ERASE_BATCH);
    return OK;
}

const struct job notice_jobs[] = {
    {"notice.send", SECOND_MS, send_waiting, is_anything_waiting},
    {"notice.erase", HOUR_MS, erase_old, NULL},
    {NULL, 0, NULL, NULL},
};
