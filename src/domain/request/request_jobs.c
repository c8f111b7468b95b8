// SPDX-License-Identifier: MulanPSL-2.0
// What time does: closes what nobody confirms, finds somebody for what has nobody. Each request in a write of its own,
// so that one that fails holds up no other.
#include "base/clock.h"
#include "domain/request/task.h"
#include "request_sql.h"

#define BATCH 100
struct batch {
    const char *action, *state;
    bool marks_first; // what had passed when it ended is told, whichever job comes first
    int64_t before_ms, post_id;
    int64_t after, last; // ids: from where to read, and up to where was read
    struct rows rows;
    size_t seen, hit_count;
    int64_t hits[BATCH]; // what to act on
};

static void take_all(struct batch *b)
{
    const struct request *r = b->rows.at;
    b->seen = b->hit_count = b->rows.count;
    for (size_t i = 0; i < b->seen; i++)
        b->last = b->hits[i] = r[i].id;
}

static enum err read_waiting(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(
        c, &sql_request_waiting_since,
        ARGS(ARG_TEXT("state", str_of(b->state)), ARG_INT("before_ms", b->before_ms), ARG_INT("after", b->after)),
        &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

struct one {
    int64_t id;
    const char *action;
    bool marks_first;
};

// Every mark of one request that has passed, in order.
static enum err fire_passed(struct ctx *c, int64_t id)
{
    for (;;) {
        struct request r;
        struct request_mark mark;
        TRY(request_get(c, id, &r));
        enum err err = request_mark_due(c, &r, &mark);
        if (err == ERR_CONFLICT) {
            ctx_clear_error(c);
            return OK;
        }
        TRY(err);
        const char *action = request_mark_reminds(&mark) ? "remind" : "escalate";
        TRY(request_act(c, id, str_of(action), NULL, -1, NULL));
    }
}

static enum err act_on_one(struct ctx *c, void *arg)
{
    const struct one *one = arg;
    if (one->marks_first)
        TRY(fire_passed(c, one->id));
    return request_act(c, one->id, str_of(one->action), NULL, -1, NULL);
}

// Acts on each row of the batch.
static enum err act_on_batch(struct ctx *c, struct batch *b)
{
    for (size_t i = 0; i < b->hit_count; i++) {
        struct one one = {b->hits[i], b->action, b->marks_first};
        TRY(job_write(c, act_on_one, &one, one.id, NULL));
    }
    return OK;
}

// Batch by batch; read fills one, and what to act on in it.
static enum err act_on_all(struct ctx *c, store_fn read, struct batch b)
{
    do {
        TRY(store_read(c, read, &b));
        TRY(act_on_batch(c, &b));
        b.after = b.last;
    } while (b.seen == BATCH);
    return OK;
}

static enum err close_unanswered(struct ctx *c)
{
    return act_on_all(
        c, read_waiting,
        (struct batch){.state = "callback", .before_ms = c->now_ms - REQUEST_CALLBACK_MS, .action = "lapse"});
}

// Of what lies on the desk, only what has somebody now. Many lie at the same place for the same thing: asked once.
static enum err read_dispatchable(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    struct routing routing;
    size_t kept = 0;
    TRY(read_waiting(c, b));
    struct request *r = b->rows.at;
    bool possible = false;
    for (size_t i = 0; i < b->seen; i++) {
        if (i == 0 || r[i].place_id != r[i - 1].place_id || r[i].item_id != r[i - 1].item_id) {
            enum err err = request_route(c, &r[i], &routing);
            if (err != OK && err != ERR_CONFLICT)
                return err;
            ctx_clear_error(c);
            possible = err == OK;
        }
        if (possible && !r[i].returned) // what was sent back is the desk's to decide
            b->hits[kept++] = r[i].id;
    }
    b->hit_count = kept;
    return OK;
}

// Somebody may have been appointed since.
static enum err dispatch_waiting(struct ctx *c)
{
    TRY(act_on_all(c, read_dispatchable,
                   (struct batch){.state = "reported", .before_ms = c->now_ms, .action = "file"}));
    return act_on_all(c, read_dispatchable,
                      (struct batch){.state = "filed", .before_ms = c->now_ms, .action = "dispatch"});
}

// --- posts that nobody holds any more -------------------------------------------------------------------------------
#define POSTS_MAX 500
struct posts {
    int64_t after, vacant[POSTS_MAX];
    size_t seen, count;
};
#define OWNER_FIELDS(F, S) F(S, ID, owner_post_id)
struct owner {
    OWNER_FIELDS(FIELD_MEMBER, owner)
};
static const struct field owner_fields[] = {OWNER_FIELDS(FIELD_ROW, owner)};
static const struct record owner_record = {"request_owner", NULL, sizeof(struct owner), FIELDS(owner_fields)};

static enum err read_vacant(struct ctx *c, void *arg)
{
    struct posts *p = arg;
    struct rows rows;
    TRY(db_list(c, &sql_request_owner_posts, ARGS(ARG_INT("after", p->after)), &owner_record, POSTS_MAX, &rows));
    const struct owner *owners = rows.at;
    p->seen = rows.count;
    p->count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t holder;
        p->after = owners[i].owner_post_id;
        TRY(post_holder_at(c, p->after, c->now_ms, &holder));
        if (!holder)
            p->vacant[p->count++] = p->after;
    }
    return OK;
}

static enum err read_of_post(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(c, &sql_request_of_vacant_post, ARGS(ARG_INT("owner_post_id", b->post_id), ARG_INT("after", b->after)),
                &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

static enum err leave_vacant_posts(struct ctx *c)
{
    struct posts *posts = arena_alloc(c->arena, sizeof *posts);
    do {
        TRY(store_read(c, read_vacant, posts));
        for (size_t i = 0; i < posts->count; i++)
            TRY(act_on_all(c, read_of_post, (struct batch){.post_id = posts->vacant[i], .action = "reroute"}));
    } while (posts->seen == POSTS_MAX);
    return task_leave_vacant_posts(c);
}

// --- marks of the clocks --------------------------------------------------------------------------------------------
static enum err read_marked(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(c, &sql_request_marked, NO_ARGS, &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

// One mark, the earliest: those that passed meanwhile follow one by one, in order.
static enum err fire_one(struct ctx *c, void *arg)
{
    const int64_t *id = arg;
    struct request r;
    struct request_mark mark;
    TRY(request_get(c, *id, &r));
    TRY(request_mark_due(c, &r, &mark));
    return request_act(c, *id, request_mark_reminds(&mark) ? STR("remind") : STR("escalate"), NULL, -1, NULL);
}

static enum err fire_marks(struct ctx *c)
{
    struct batch b = {0};
    size_t fired;
    do {
        fired = 0;
        TRY(store_read(c, read_marked, &b));
        for (size_t i = 0; i < b.hit_count; i++) {
            bool done;
            TRY(job_write(c, fire_one, &b.hits[i], b.hits[i], &done));
            fired += done;
        }
    } while (fired); // a batch of which none can be fired is somebody else's meanwhile
    return OK;
}

static enum err read_to_resume(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(c, &sql_request_to_resume, ARGS(ARG_INT("after", b->after)), &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

static enum err read_refused(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(c, &sql_request_refused_before, ARGS(ARG_INT("before_ms", b->before_ms), ARG_INT("after", b->after)),
                &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

static enum err resume_held(struct ctx *c)
{
    return act_on_all(c, read_to_resume, (struct batch){.action = "resume"});
}

static enum err settle_refused(struct ctx *c)
{
    return act_on_all(c, read_refused, (struct batch){.action = "settle", .before_ms = c->now_ms - REQUEST_APPEAL_MS});
}

// --- offers ---------------------------------------------------------------------------------------------------------
static enum err read_offers(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    TRY(db_list(c, &sql_request_offers_over, ARGS(ARG_INT("after", b->after), ARG_TEXT("state", str_of(b->state))),
                &request_record, BATCH, &b->rows));
    take_all(b);
    return OK;
}

static enum err end_offers(struct ctx *c)
{
    TRY(act_on_all(c, read_offers, (struct batch){.state = "in_review", .action = "convert", .marks_first = true}));
    TRY(act_on_all(c, read_offers, (struct batch){.state = "unclaimed", .action = "convert", .marks_first = true}));
    TRY(act_on_all(c, read_offers, (struct batch){.state = "claimed", .action = "expire"}));
    return act_on_all(c, read_offers, (struct batch){.state = "fulfilled", .action = "lapse"});
}

// --- when there is something to do next -----------------------------------------------------------------------------
// Whether nobody holds a post any more, or somebody does again, is not known beforehand: those two come at their
// period.
enum { JOB_OFFERS, JOB_MARKS, JOB_RESUME, JOB_SETTLE, JOB_LAPSE, JOB_TASK_MARKS, JOB_DISPATCH, JOB_VACANT };
_Static_assert(JOB_VACANT + 1 == REQUEST_JOBS, "as in the table");
const struct job request_jobs[] = {
    [JOB_OFFERS] = {"request_offers", MINUTE_MS, end_offers},
    [JOB_MARKS] = {"request_marks", MINUTE_MS, fire_marks},
    [JOB_RESUME] = {"request_resume", MINUTE_MS, resume_held},
    [JOB_SETTLE] = {"request_settle", 10 * MINUTE_MS, settle_refused},
    [JOB_LAPSE] = {"request_lapse", 10 * MINUTE_MS, close_unanswered},
    [JOB_TASK_MARKS] = {"task_marks", MINUTE_MS, task_fire_marks},
    [JOB_DISPATCH] = {"request_dispatch", 5 * MINUTE_MS, dispatch_waiting},
    [JOB_VACANT] = {"request_vacant", 5 * MINUTE_MS, leave_vacant_posts},
    [REQUEST_JOBS] = {NULL},
};

enum err request_dues_next(struct ctx *c, struct request_dues *ret_dues)
{
    struct request_dues dues = {{0}};
    int64_t since_ms;
    TRY(db_number(c, &sql_request_next_offer, NO_ARGS, &dues.at_ms[JOB_OFFERS]));
    TRY(db_number(c, &sql_request_next_mark, NO_ARGS, &dues.at_ms[JOB_MARKS]));
    TRY(db_number(c, &sql_task_next_mark, NO_ARGS, &dues.at_ms[JOB_TASK_MARKS]));
    TRY(db_number(c, &sql_request_next_resume, NO_ARGS, &dues.at_ms[JOB_RESUME]));
    TRY(db_number(c, &sql_request_first_refused, NO_ARGS, &since_ms));
    dues.at_ms[JOB_SETTLE] = since_ms ? since_ms + REQUEST_APPEAL_MS + 1 : 0;
    TRY(db_number(c, &sql_request_first_waiting, ARGS(ARG_TEXT("state", STR("callback"))), &since_ms));
    dues.at_ms[JOB_LAPSE] = since_ms ? since_ms + REQUEST_CALLBACK_MS + 1 : 0;
    *ret_dues = dues;
    return OK;
}

// --- the same for one request, afterwards ---------------------------------------------------------------------------
// What becomes of an offer, a claim, a wait for the wisher that ran out; NULL: nothing runs out.
static const char *offer_ends(const struct request *r)
{
    if (!r->offer_until_ms)
        return NULL;
    if (r->state == REQUEST_CLAIMED)
        return "expire";
    if (r->state == REQUEST_FULFILLED)
        return "lapse";
    return r->state == REQUEST_IN_REVIEW || r->state == REQUEST_UNCLAIMED ? "convert" : NULL;
}

// What is next for it, and when; NULL: nothing. "" stands for a mark of a clock.
static const char *next_for(const struct request *r, int64_t *ret_at_ms)
{
    const char *action = NULL;
    int64_t at_ms = INT64_MAX;
    const struct {
        const char *action;
        int64_t at_ms;
    } all[] = {{"", r->next_level_at_ms}, // before the offers, as the jobs have it
               {offer_ends(r), offer_ends(r) ? r->offer_until_ms : 0},
               {"resume", r->resume_at_ms},
               {"lapse", r->state == REQUEST_CALLBACK ? r->state_at_ms + REQUEST_CALLBACK_MS + 1 : 0},
               {"settle", r->state == REQUEST_REJECTED ? r->state_at_ms + REQUEST_APPEAL_MS + 1 : 0}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].at_ms && all[i].at_ms < at_ms) {
            action = all[i].action;
            at_ms = all[i].at_ms;
        }
    *ret_at_ms = action ? (at_ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS : 0;
    return action;
}

static enum err step_of_time(struct ctx *c, int64_t id, const char *action)
{
    return *action ? request_act(c, id, str_of(action), NULL, -1, NULL) : fire_one(c, &id);
}

enum err request_time_passes(struct ctx *c, int64_t id, int64_t until_ms, struct request *ret_request)
{
    struct actor actor = request_become_system(c);
    enum err err = OK;
    for (bool goes_on = true; err == OK && goes_on;) {
        int64_t at_ms, task_ms, task_id;
        err = request_get(c, id, ret_request);
        if (err == OK)
            err = task_next_of(c, id, &task_id, &task_ms);
        if (err != OK)
            break;
        const char *action = next_for(ret_request, &at_ms);
        bool of_task = task_id && (!action || task_ms < at_ms);
        int64_t next_ms = of_task ? task_ms : at_ms;
        goes_on = (of_task || action) && next_ms < until_ms;
        if (!goes_on)
            break;
        c->now_ms = next_ms > c->now_ms ? next_ms : c->now_ms;
        err = of_task ? task_fire(c, &task_id) : step_of_time(c, id, action);
    }
    c->actor = actor;
    return err;
}
