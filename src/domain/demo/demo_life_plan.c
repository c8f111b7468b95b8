// SPDX-License-Identifier: MulanPSL-2.0
// When somebody does something next, and how a request begins.
#include "base/calendar.h"
#include "domain/demo/demo_life.h"
#include "domain/demo/demo_words.h"

// --- hours
// ------------------------------------------------------------------------------------------------------------ At a
// desk: only working time counts.
static int64_t at_work(struct ctx *c, int64_t from_ms, int64_t delay_ms)
{
    return calendar_due_ms(c->house->calendar, from_ms, UNIT_WORK_HOUR, delay_ms, NULL, 0, NULL);
}

// Anybody who is awake: from 8 to 21 o'clock, every day.
static int64_t by_day(struct ctx *c, int64_t at_ms, struct dice *dice)
{
    int64_t zone_ms = calendar_zone_ms(c->house->calendar), of_day = (at_ms + zone_ms) % DAY_MS;
    if (of_day >= 8 * HOUR_MS && of_day < 21 * HOUR_MS)
        return at_ms;
    int64_t morning = at_ms - of_day + 8 * HOUR_MS + dice_between(dice, 0, 90) * MINUTE_MS;
    return of_day < 8 * HOUR_MS ? morning : morning + DAY_MS;
}

// Never at the stroke of a minute: that is when the clocks do their work.
static int64_t off_the_minute(int64_t at_ms, struct dice *dice)
{
    return at_ms - at_ms % MINUTE_MS + dice_between(dice, 1, 59) * SECOND_MS;
}

static uint64_t hash_of(struct str text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
    return h;
}

// How a post is held: most are quick, some slow, some leave things lying. By its name, which is the same on every
// store. In percent of the ordinary time.
static int64_t pace_of(const struct life *life, const struct request *r)
{
    struct dice dice = dice_of(life->seed, 1, hash_of(r->owner_name));
    int64_t kind = dice_below(&dice, 100);
    return kind < 70 ? dice_between(&dice, 50, 120) : kind < 92 ? dice_between(&dice, 150, 300) : 900;
}

// Every second month or so one post in twelve is ill for a week or two: nothing is done until then.
static int64_t when_well(const struct life *life, const struct request *r, int64_t at_ms)
{
    int64_t season = at_ms / (56 * DAY_MS);
    struct dice dice = dice_of(life->seed, (uint64_t)season + 100, hash_of(r->owner_name));
    if (dice_below(&dice, 12))
        return at_ms;
    int64_t from_ms = season * 56 * DAY_MS + dice_between(&dice, 0, 40) * DAY_MS;
    int64_t until_ms = from_ms + dice_between(&dice, 5, 14) * DAY_MS;
    return at_ms >= from_ms && at_ms < until_ms ? until_ms + dice_between(&dice, 0, 600) * MINUTE_MS : at_ms;
}

// --- one function a state; 0: nobody ever ----------------------------------------------------------------------------
static int64_t sign_at(struct ctx *c, const struct life *life, const struct request *r, struct dice *dice)
{
    bool urgent = r->unit == UNIT_URGENT_HOUR;
    int64_t minutes = urgent ? dice_between(dice, 3, 50) : dice_between(dice, 5, 170);
    int64_t delay_ms = minutes * MINUTE_MS * pace_of(life, r) / 100;
    if (r->contested || r->asked != ASK_NONE)
        return at_work(c, c->now_ms, dice_between(dice, 30, 600) * MINUTE_MS);
    int64_t at_ms = when_well(life, r, c->now_ms + delay_ms);
    return urgent ? at_ms : by_day(c, at_ms, dice);
}

// Most are done in time, some late, a few lie until somebody above has to ask: a share of the limit, in thousandths.
static int64_t finish_at(struct ctx *c, const struct life *life, const struct request *r, struct dice *dice)
{
    int64_t kind = dice_below(dice, 100), limit_ms = r->due_at_ms - r->reported_at_ms;
    int64_t share = kind < 72   ? dice_between(dice, 50, 700)
                    : kind < 88 ? dice_between(dice, 700, 1000)
                    : kind < 97 ? dice_between(dice, 1000, 1700)
                                : dice_between(dice, 1700, 3200);
    if (r->asked != ASK_NONE)
        return at_work(c, c->now_ms, dice_between(dice, 20, 500) * MINUTE_MS);
    int64_t at_ms = r->reported_at_ms + limit_ms / 1000 * share;
    int64_t soonest = c->now_ms + dice_between(dice, 10, 100) * MINUTE_MS;
    if (r->open_tasks) // those who were summoned are on their way
        at_ms = c->now_ms + dice_between(dice, 30, 900) * MINUTE_MS;
    if (!r->contacted_at_ms || at_ms < soonest) // first one looks at it
        at_ms = soonest;
    at_ms = when_well(life, r, at_ms);
    return r->unit == UNIT_URGENT_HOUR ? at_ms : by_day(c, at_ms, dice);
}

static int64_t hold_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    int64_t left_ms = r->resume_at_ms - c->now_ms;
    if (left_ms <= 0)
        return c->now_ms + 10 * MINUTE_MS;
    return dice_percent(dice, 30) ? by_day(c, c->now_ms + left_ms / 100 * dice_between(dice, 20, 90), dice)
                                  : r->resume_at_ms + dice_between(dice, 2, 180) * MINUTE_MS; // looks again then
}

static int64_t answer_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    if (dice_percent(dice, 85))
        return by_day(c, c->now_ms + dice_between(dice, 20, 3000) * MINUTE_MS, dice);
    return r->resume_at_ms + dice_between(dice, 5, 300) * MINUTE_MS; // never: the clock goes on without
}

// Some never say: the clock closes it, and they may still rate it.
static int64_t confirm_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    if (dice_percent(dice, r->reporter_id ? 78 : 60))
        return by_day(c, c->now_ms + dice_between(dice, 10, 2800) * MINUTE_MS, dice);
    return r->state_at_ms + REQUEST_CALLBACK_MS + dice_between(dice, 1, 20) * HOUR_MS;
}

// --- offers: some are left to the clock ------------------------------------------------------------------------------
static int64_t left_to_the_clock(const struct request *r, struct dice *dice)
{
    return r->offer_until_ms + dice_between(dice, 2, 90) * MINUTE_MS;
}

static int64_t approve_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    return dice_percent(dice, 92) ? at_work(c, c->now_ms, dice_between(dice, 20, 1300) * MINUTE_MS)
                                  : left_to_the_clock(r, dice);
}

static int64_t claim_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    bool wish = r->kind == KIND_WISH;
    if (dice_percent(dice, wish ? 30 : 15))
        return left_to_the_clock(r, dice);
    return by_day(c, c->now_ms + (wish ? dice_between(dice, 60, 14000) : dice_between(dice, 5, 200)) * MINUTE_MS, dice);
}

static int64_t deliver_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    return dice_percent(dice, 85) ? by_day(c, c->now_ms + dice_between(dice, 120, 15000) * MINUTE_MS, dice)
                                  : left_to_the_clock(r, dice);
}

static int64_t thank_at(struct ctx *c, const struct request *r, struct dice *dice)
{
    return dice_percent(dice, 80) ? by_day(c, c->now_ms + dice_between(dice, 30, 4000) * MINUTE_MS, dice)
                                  : left_to_the_clock(r, dice);
}

static int64_t after_closing(struct ctx *c, const struct request *r, struct dice *dice)
{
    bool again = dice_percent(dice, r->unsatisfied ? 60 : r->state == REQUEST_CLOSED ? 45 : 4);
    int64_t latest_ms = r->closed_at_ms + REQUEST_REOPEN_MS - HOUR_MS;
    int64_t at_ms = by_day(c, c->now_ms + dice_between(dice, 20, 4000) * MINUTE_MS, dice);
    bool done = !r->reporter_id || r->outcome == OUTCOME_WITHDRAWN || r->outcome == OUTCOME_DUPLICATE ||
                r->outcome == OUTCOME_REFUSED || r->reopened > 1;
    return again && !done && at_ms < latest_ms ? at_ms : 0;
}

static int64_t next_at(struct ctx *c, const struct life *life, const struct request *r, struct dice *dice)
{
    switch (r->state) {
    case REQUEST_REPORTED:
    case REQUEST_FILED:
        return at_work(c, c->now_ms, dice_between(dice, 5, 360) * MINUTE_MS);
    case REQUEST_DISPATCHED:
        return sign_at(c, life, r, dice);
    case REQUEST_IN_PROGRESS:
        return finish_at(c, life, r, dice);
    case REQUEST_AWAITING_REPORTER:
        return answer_at(c, r, dice);
    case REQUEST_SUSPENDED:
        return hold_at(c, r, dice);
    case REQUEST_HANDLED:
        return at_work(c, c->now_ms, dice_between(dice, 10, 1400) * MINUTE_MS);
    case REQUEST_CALLBACK:
        return confirm_at(c, r, dice);
    case REQUEST_MERGED: // now and then somebody finds that it is another thing
        return at_work(c, c->now_ms, dice_between(dice, 300, 4000) * MINUTE_MS);
    case REQUEST_IN_REVIEW:
        return approve_at(c, r, dice);
    case REQUEST_UNCLAIMED:
        return claim_at(c, r, dice);
    case REQUEST_CLAIMED:
        return deliver_at(c, r, dice);
    case REQUEST_FULFILLED:
        return thank_at(c, r, dice);
    case REQUEST_REJECTED:
        return r->reporter_id && !r->appealed && dice_percent(dice, 45)
                   ? by_day(c, c->now_ms + dice_between(dice, 60, 6000) * MINUTE_MS, dice)
                   : 0;
    case REQUEST_CLOSED:
    case REQUEST_EVALUATED:
        return after_closing(c, r, dice);
    default:
        return 0;
    }
}

void life_plan(struct ctx *c, const struct life *life, const struct request *r, struct life_case *one)
{
    one->state = r->state;
    one->at_ms = next_at(c, life, r, &one->dice);
    if (!one->at_ms)
        return;
    one->at_ms = off_the_minute(one->at_ms, &one->dice);
    if (one->at_ms <= c->now_ms)
        one->at_ms = off_the_minute(c->now_ms + MINUTE_MS, &one->dice);
}

// --- what there is
// ----------------------------------------------------------------------------------------------------
static enum err load_units(struct ctx *c, struct life *life)
{
    const struct post_filter filter = {.role = ROLE_UNIT};
    struct place root;
    struct rows rows;
    TRY(place_root(c, &root));
    TRY(post_list(c, &filter, 50, &rows));
    const struct post *posts = rows.at;
    for (size_t i = 0; i < rows.count && life->unit_count < sizeof life->units / sizeof *life->units; i++)
        if (posts[i].place_id == root.id)
            life->units[life->unit_count++] = posts[i].id;
    return OK;
}

enum err life_load(struct ctx *c, uint64_t seed, struct life *ret_life)
{
    struct life life = {.seed = seed};
    struct door door = {0};
    struct rows rows;
    int64_t after_id = 0, *buildings = arena_array(c->arena, 2 * DEMO_BUILDINGS, sizeof *buildings);
    TRY(service_item_list(c, false, &life.items));
    if (door_find(c, STR(DEMO_DOOR_CODE), &door) != OK)
        ctx_clear_error(c);
    do {
        TRY(place_of_level(c, PLACE_BUILDING, after_id, 500, &rows));
        const struct place *places = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            after_id = places[i].id;
            if (after_id != door.place_id && life.building_count < 2 * DEMO_BUILDINGS)
                buildings[life.building_count++] = after_id;
        }
    } while (rows.count == 500);
    life.buildings = buildings;
    TRY(load_units(c, &life));
    *ret_life = life;
    return OK;
}

// --- how it begins
// ---------------------------------------------------------------------------------------------------- Half of what is
// asked has words of its own, the other half goes through the whole catalogue.
static enum err what_is_asked(struct ctx *c, const struct life *life, struct dice *dice, struct request *r)
{
    const struct service_item *items = life->items.at;
    const struct demo_words *words = &demo_words[dice_below(dice, (int64_t)demo_words_count)];
    struct service_item item;
    if (dice_percent(dice, 55)) {
        enum err err = service_item_by_code(c, str_of(words->item), &item);
        if (err == OK && !item.closed) {
            r->item_id = item.id;
            r->words = str_of(words->words);
            return OK;
        }
        ctx_clear_error(c); // a catalogue of somebody's own
    }
    size_t count = life->items.count, from = count ? (size_t)dice_below(dice, (int64_t)count) : 0;
    if (!count)
        return fail(c, ERR_NOT_FOUND, "item.unknown");
    r->item_id = items[from].id;
    r->words = str_format(c->arena, "想请帮忙：%.*s。", STR_ARG(items[from].name_zh));
    return OK;
}

static enum err by_phone(struct ctx *c, struct request *r)
{
    struct post_holder holder;
    TRY(org_responsible(c, r->place_id, ROLE_COMMUNITY, c->now_ms, &holder));
    r->source = SOURCE_PHONE;
    r->contact_name = demo_invented_name(c, (size_t)(r->place_id % 97));
    r->contact_phone = STR("19900009999");
    return life_become(c, holder.person_id);
}

enum err life_report(struct ctx *c, const struct life *life, int64_t building_id, int64_t reporter_id, struct dice dice,
                     struct life_case *ret_case, struct request *ret_request)
{
    struct request r = {.place_id = building_id, .reporter_id = reporter_id};
    struct person person;
    struct person_contact contact;
    TRY(what_is_asked(c, life, &dice, &r));
    if (reporter_id) {
        TRY(person_get(c, reporter_id, &person));
        TRY(person_own_contact(c, &person, &contact));
        r.contact_name = contact.name;
        r.contact_phone = contact.phone;
        TRY(life_become(c, reporter_id));
    } else {
        TRY(by_phone(c, &r));
    }
    TRY(request_file(c, &r));
    *ret_case = (struct life_case){.id = r.id, .reporter_id = reporter_id, .dice = dice};
    *ret_request = r;
    life_plan(c, life, &r, ret_case);
    return OK;
}
