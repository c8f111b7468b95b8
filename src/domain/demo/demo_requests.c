// SPDX-License-Identifier: MulanPSL-2.0
// Requests of the last thirty days, lived through by the real rules: each step is taken by the person who would have
// taken it, at the time it would have been taken, as far as that lies in the past.
#include "domain/demo/demo_internal.h"
#include "domain/demo/demo_words.h"

// How it goes. What is not yet time for has not happened.
enum fate {
    FATE_RATED,     // done, confirmed, rated
    FATE_CONFIRMED, // done, confirmed, not rated
    FATE_WAITING,   // done, the resident has not said
    FATE_DENIED,    // not done the first time
    FATE_STUCK,     // signed for, and left lying
    FATE_UNSIGNED,  // nobody has looked at it
    FATE_RETURNED,  // sent back to the desk
    FATE_WITHDRAWN,
};
static const enum fate fates[20] = {FATE_RATED, FATE_RATED,     FATE_CONFIRMED, FATE_RATED,    FATE_STUCK,
                                    FATE_RATED, FATE_WAITING,   FATE_RATED,     FATE_RATED,    FATE_DENIED,
                                    FATE_RATED, FATE_CONFIRMED, FATE_RATED,     FATE_UNSIGNED, FATE_RATED,
                                    FATE_RATED, FATE_RETURNED,  FATE_RATED,     FATE_WAITING,  FATE_WITHDRAWN};

struct story {
    const struct demo_plan *plan;
    const struct demo_words *words;
    enum fate fate;
    size_t index;
    struct person reporter;
    struct request request;
    int64_t at_ms; // how far told
};

// Between 8 and 20 o'clock in China, evenly over the days; the newest a few hours ago.
static int64_t reported_at(const struct story *story)
{
    int64_t back = (int64_t)(DEMO_REQUESTS - 1 - story->index);
    int64_t at_ms = story->plan->base_ms - 2 * HOUR_MS - back * (30 * DAY_MS / DEMO_REQUESTS);
    int64_t of_day = (at_ms + 8 * HOUR_MS) % DAY_MS;
    if (of_day < 8 * HOUR_MS)
        at_ms -= of_day + 4 * HOUR_MS - (int64_t)(story->index % 50) * MINUTE_MS; // the evening before
    return at_ms;
}

// What waits does not wait for weeks.
static enum fate fate_of(size_t index)
{
    enum fate fate = fates[index % 20];
    size_t days_ago = (DEMO_REQUESTS - 1 - index) * 30 / DEMO_REQUESTS;
    bool waits = fate == FATE_UNSIGNED || fate == FATE_RETURNED || fate == FATE_WAITING;
    if (waits && days_ago > 6)
        return FATE_CONFIRMED; // before the clock would have closed it
    return fate == FATE_STUCK && days_ago > 15 ? FATE_RATED : fate;
}

static enum err become(struct ctx *c, int64_t person_id)
{
    struct person person;
    TRY(person_get(c, person_id, &person));
    return account_actor(c, &person, &c->actor);
}

// One step by person_id at at_ms; false: that lies in the future.
static enum err act(struct ctx *c, struct story *story, int64_t person_id, int64_t at_ms, const char *action,
                    const struct request_input *input, bool *ret_done)
{
    *ret_done = at_ms < story->plan->base_ms && person_id;
    if (!*ret_done)
        return OK;
    c->now_ms = at_ms;
    TRY(become(c, person_id));
    TRY(request_act_with(c, story->request.id, action, input, &story->request));
    story->at_ms = at_ms;
    return OK;
}

static enum err file(struct ctx *c, struct story *story)
{
    struct service_item item;
    struct person_contact contact;
    TRY(service_item_by_code(c, str_of(story->words->item), &item));
    TRY(person_own_contact(c, &story->reporter, &contact));
    c->now_ms = story->at_ms = reported_at(story);
    TRY(become(c, story->reporter.id));
    story->request = (struct request){.item_id = item.id,
                                      .place_id = story->reporter.home_place_id,
                                      .words = str_of(story->words->words),
                                      .reporter_id = story->reporter.id,
                                      .contact_name = contact.name,
                                      .contact_phone = contact.phone};
    return request_file(c, &story->request);
}

static enum err owner(struct ctx *c, const struct story *story, int64_t *ret_person_id)
{
    *ret_person_id = 0;
    return story->request.owner_post_id ? post_holder_at(c, story->request.owner_post_id, story->at_ms, ret_person_id)
                                        : OK;
}

// Somebody of the community's desk, or of the next one up.
static enum err desk(struct ctx *c, const struct story *story, int64_t *ret_person_id)
{
    struct post_holder holder;
    TRY(org_responsible(c, story->request.place_id, ROLE_COMMUNITY, story->at_ms, &holder));
    *ret_person_id = holder.person_id;
    if (holder.person_id == story->request.handler_id) { // nobody checks their own work
        TRY(org_responsible(c, story->request.place_id, ROLE_SUBDISTRICT, story->at_ms, &holder));
        *ret_person_id = holder.person_id;
    }
    return OK;
}

// Some are in time, some late: a share of the limit, from an eighth to one and a half.
static int64_t work_ms(const struct story *story)
{
    int64_t limit_ms = story->request.due_at_ms - story->request.reported_at_ms;
    int64_t eighths = (int64_t)(story->index * 5 % 7) + 1; // 1 to 7
    if (story->index % 11 == 4)
        eighths = 12;
    return limit_ms / 8 * eighths;
}

static enum err finish(struct ctx *c, struct story *story, int64_t at_ms, bool *ret_done)
{
    int64_t person_id;
    const struct request_input input = {.note = str_of(story->words->answer), .without_photo = STR("示例数据没有照片")};
    TRY(owner(c, story, &person_id));
    TRY(act(c, story, person_id, at_ms, "finish", &input, ret_done));
    if (!*ret_done || story->request.state != REQUEST_HANDLED)
        return OK;
    TRY(desk(c, story, &person_id));
    return act(c, story, person_id, at_ms + (int64_t)(story->index % 5 + 1) * HOUR_MS, "pass", NULL, ret_done);
}

static enum err ask_back(struct ctx *c, struct story *story)
{
    bool done;
    int64_t at_ms = story->at_ms + (int64_t)(story->index % 9 + 2) * HOUR_MS;
    if (story->fate == FATE_WAITING)
        return OK;
    if (story->fate == FATE_DENIED) {
        const struct request_input no = {.note = str_of(demo_denials[story->index / 20 % 3])};
        TRY(act(c, story, story->reporter.id, at_ms, "deny", &no, &done));
        if (!done || story->index % 40 == 9) // some of them are still being done again
            return OK;
        TRY(finish(c, story, at_ms + 26 * HOUR_MS, &done));
        at_ms = story->at_ms + 3 * HOUR_MS;
        if (!done)
            return OK;
    }
    TRY(act(c, story, story->reporter.id, at_ms, "confirm", NULL, &done));
    if (!done || story->fate == FATE_CONFIRMED)
        return OK;
    const struct request_input rate = {.note = str_of(story->words->thanks),
                                       .rating = story->fate == FATE_DENIED ? 3
                                                 : story->index % 17 == 8   ? 2
                                                                            : 4 + (int64_t)(story->index % 3 != 1)};
    const struct request_input low = {.note = STR("事情办了，就是等得太久。"), .rating = 2};
    return act(c, story, story->reporter.id, at_ms + 20 * MINUTE_MS, "rate", rate.rating == 2 ? &low : &rate, &done);
}

// --- wishes ---------------------------------------------------------------------------------------------------------
static enum err find_neighbour(struct ctx *c, const struct story *story, int64_t *ret_person_id)
{
    struct demo_person row;
    size_t who = 2 + (story->index * 7 + 5) % (DEMO_RESIDENTS - 2);
    TRY(demo_person_find(c, str_format(c->arena, "asker_%zu", who), &row));
    if (row.person_id == story->reporter.id)
        TRY(demo_person_find(c, STR("resident_li"), &row));
    *ret_person_id = row.person_id == story->reporter.id ? 0 : row.person_id;
    return OK;
}

// Most of what is a month old came true; of the newest, some wait for a neighbour or for the community.
static enum err tell_wish(struct ctx *c, struct story *story)
{
    bool done;
    int64_t person_id, at_ms = story->request.reported_at_ms + (int64_t)(story->index % 6 + 1) * 40 * MINUTE_MS;
    const struct request_input approval = {
        .text = str_of(demo_public_text(story->request.item_code, "一位邻居有个小小的心愿，盼有人搭把手。")),
        .no_personal_data = true};
    if (story->fate == FATE_UNSIGNED)
        return OK;
    TRY(desk(c, story, &person_id));
    TRY(act(c, story, person_id, at_ms, "approve", &approval, &done));
    bool waits = (story->fate == FATE_STUCK || story->fate == FATE_RETURNED || story->index % 3 == 0) &&
                 story->plan->base_ms - at_ms < REQUEST_OFFER_MS - DAY_MS;
    if (!done || waits)
        return OK;
    if (story->fate == FATE_WITHDRAWN)
        return act(c, story, story->reporter.id, at_ms + HOUR_MS, "withdraw", NULL, &done);
    TRY(find_neighbour(c, story, &person_id));
    at_ms += (int64_t)(story->index % 30 + 2) * HOUR_MS;
    TRY(act(c, story, person_id, at_ms, "claim", NULL, &done));
    const struct request_input brought = {.note = str_of(story->words->answer),
                                          .without_photo = STR("示例数据没有照片")};
    if (done)
        TRY(act(c, story, person_id, at_ms + 30 * HOUR_MS, "deliver", &brought, &done));
    if (!done || story->fate == FATE_WAITING)
        return OK;
    const struct request_input thanks = {.note = str_of(story->words->thanks)};
    return act(c, story, story->reporter.id, at_ms + 36 * HOUR_MS, "confirm", &thanks, &done);
}

// An errand that is offered to the teams: one of those of its area takes it.
static enum err take_errand(struct ctx *c, struct story *story, int64_t at_ms, bool *ret_done)
{
    struct rows rows;
    TRY(org_team_posts(c, story->request.place_id, at_ms, &rows));
    const struct post_held *posts = rows.at;
    int64_t person_id = rows.count ? posts[story->index % rows.count].person_id : 0;
    return act(c, story, person_id, at_ms, "claim", NULL, ret_done);
}

static const struct request_input rang_up = {.note = STR_INIT("打过电话，约好上门的时间。")};

static enum err tell(struct ctx *c, struct story *story)
{
    bool done;
    int64_t person_id, sign_ms = story->request.reported_at_ms + (int64_t)(story->index % 6 + 1) * 25 * MINUTE_MS;
    bool offered = story->request.state == REQUEST_UNCLAIMED;
    if (story->request.state == REQUEST_IN_REVIEW)
        return tell_wish(c, story);
    if (story->fate == FATE_WITHDRAWN)
        return act(c, story, story->reporter.id, sign_ms, "withdraw", NULL, &done);
    if (story->fate == FATE_UNSIGNED)
        return act(c, story, story->reporter.id, sign_ms + 2 * DAY_MS, "urge", NULL, &done);
    TRY(owner(c, story, &person_id));
    if (story->fate == FATE_RETURNED) {
        const struct request_input why = {.note = str_of(demo_returns[story->index / 20 % 2])};
        return offered ? OK : act(c, story, person_id, sign_ms, "return", &why, &done);
    }
    TRY(offered ? take_errand(c, story, sign_ms, &done) : act(c, story, person_id, sign_ms, "sign", NULL, &done));
    if (done && !offered && story->index % 7 != 3) // most ring up before they go; who does not has not responded
        TRY(act(c, story, person_id, sign_ms + 10 * MINUTE_MS, "contact", &rang_up, &done));
    if (!done || story->fate == FATE_STUCK)
        return OK;
    int64_t finish_ms = story->request.reported_at_ms + work_ms(story);
    TRY(finish(c, story, finish_ms > sign_ms ? finish_ms : sign_ms + HOUR_MS, &done));
    return done && story->request.state == REQUEST_CALLBACK ? ask_back(c, story) : OK;
}

static enum err find_reporter(struct ctx *c, size_t index, struct person *ret_person)
{
    struct demo_person row;
    size_t who = index * 11 % DEMO_RESIDENTS;
    struct str key = str_format(c->arena, "asker_%zu", who);
    if (who < 2)
        key = who == 0 ? STR("resident_wang") : STR("resident_li");
    TRY(demo_person_find(c, key, &row));
    return person_get(c, row.person_id, ret_person);
}

enum err demo_make_requests(struct ctx *c, const struct demo_plan *plan, size_t first)
{
    int64_t now_ms = c->now_ms;
    struct actor actor = c->actor;
    enum err err = OK;
    for (size_t i = first; i < first + DEMO_REQUESTS_A_STEP && err == OK; i++) {
        struct story story = {.plan = plan,
                              .index = i,
                              .words = &demo_words[i * 3 % demo_words_count], // 40 and 3: coprime
                              .fate = fate_of(i)};
        err = find_reporter(c, i, &story.reporter);
        if (err == OK)
            err = file(c, &story);
        if (err == OK)
            err = tell(c, &story);
    }
    c->now_ms = now_ms;
    c->actor = actor;
    return err;
}
