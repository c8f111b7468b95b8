// SPDX-License-Identifier: MulanPSL-2.0
// What there is and what was done altogether: counted by a job every ten minutes, read by everybody. Numbers of which
// the system keeps no rows are not here.
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/dispute/dispute.h"
#include "domain/ledger/ledger_internal.h"
#include "domain/round/round.h"
#include "ledger_sql.h"
#include "json/record_json.h"

#define K_MIN 5

static const struct field ledger_standing_fields[] = {LEDGER_STANDING_FIELDS(FIELD_ROW, ledger_standing)};
const struct record ledger_standing_record = {"ledger_standing", "ledger_standing", sizeof(struct ledger_standing),
                                              FIELDS(ledger_standing_fields)};

static enum err count_rounds(struct ctx *c, int64_t root_id, int64_t *ret_n);
static enum err count_meals(struct ctx *c, int64_t root_id, int64_t *ret_n);
static enum err count_mediated(struct ctx *c, int64_t root_id, int64_t *ret_n);

static const struct standing {
    const char *code, *zh, *en;
    const struct sql *sql;                                             // or
    enum err (*count)(struct ctx *c, int64_t root_id, int64_t *ret_n); // what another module counts
    bool of_people;                                                    // fewer than five are not told
    const char *period_zh, *period_en, *definition_zh, *definition_en;
} standings[] = {
    {"grids", "网格", "Grids", &sql_ledger_count_grids, NULL, false, "现在", "Now", "在用的网格数。", "Grids in use."},
    {"stewards", "楼栋长", "Stewards", &sql_ledger_count_stewards, NULL, false, "现在", "Now",
     "现在有人担任的楼栋长岗位数，空岗不计。",
     "Posts of stewards that somebody holds now; vacant ones are not counted."},
    {"teams", "代办服务队", "Proxy-service teams", &sql_ledger_count_teams, NULL, false, "现在", "Now",
     "在用的代办服务队数。", "Teams in use that run errands for people."},
    {"items", "服务事项", "Service items", &sql_ledger_count_items, NULL, false, "现在", "Now",
     "目录中开放的服务事项数。", "Service items that can be asked for."},
    {"deeds", "办成的事", "Deeds", &sql_ledger_count_deeds, NULL, true, "启用以来", "Since the beginning",
     "居民确认办好的诉求，重新打开的减去；见台账口径。",
     "Requests whose reporter said they were done, less those opened again."},
    {"wishes", "圆梦心愿", "Wishes come true", &sql_ledger_count_wishes, NULL, true, "启用以来", "Since the beginning",
     "许愿人确认已圆梦的微心愿数。", "Wishes whose wisher said that they came true."},
    {"mediated", "调解成功", "Disputes settled", NULL, count_mediated, true, "截至上季度末",
     "To the end of last quarter", "达成协议的纠纷数，只公布到已结束的季度。",
     "Disputes that ended with an agreement; only of quarters that are over."},
    {"rounds", "巡楼", "Rounds walked", NULL, count_rounds, true, "今年", "This year", "全部走完的巡楼次数。",
     "Rounds done whole."},
    {"meals", "送餐", "Meals carried", NULL, count_meals, true, "今年", "This year", "送到的餐数。",
     "Meals delivered."},
};
#define STANDING_COUNT (sizeof standings / sizeof *standings)

static enum err this_year(struct ctx *c, int64_t root_id, struct round_counts *ret_counts)
{
    int year, month, day;
    int64_t today = calendar_day(c->house->calendar, c->now_ms);
    day_to_date(today, &year, &month, &day);
    return round_counts(c, root_id, day_from_date(year, 1, 1), today, ret_counts);
}

static enum err count_rounds(struct ctx *c, int64_t root_id, int64_t *ret_n)
{
    struct round_counts counts;
    TRY(this_year(c, root_id, &counts));
    *ret_n = counts.done;
    return OK;
}

static enum err count_meals(struct ctx *c, int64_t root_id, int64_t *ret_n)
{
    struct round_counts counts;
    TRY(this_year(c, root_id, &counts));
    *ret_n = counts.meals;
    return OK;
}

// Never up to now: the total of today less that of yesterday would tell of one case.
static enum err count_mediated(struct ctx *c, int64_t root_id, int64_t *ret_n)
{
    struct dispute_figures figures;
    int year, month, day;
    day_to_date(calendar_day(c->house->calendar, c->now_ms), &year, &month, &day);
    int64_t quarter_ms =
        day_from_date(year, (month - 1) / 3 * 3 + 1, 1) * DAY_MS - calendar_zone_ms(c->house->calendar);
    TRY(dispute_counts(c, 0, quarter_ms, root_id, &figures));
    *ret_n = figures.agreed;
    return OK;
}

static enum err count_one(struct ctx *c, const struct standing *s, int64_t root_id, int64_t *ret_n)
{
    return s->sql ? db_number(c, s->sql, ARGS(ARG_INT("place_id", root_id)), ret_n) : s->count(c, root_id, ret_n);
}

static enum err count_all(struct ctx *c, void *arg)
{
    struct place root;
    (void)arg;
    enum err err = place_root(c, &root);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    for (size_t i = 0; i < STANDING_COUNT; i++) {
        struct ledger_standing row = {.code = str_of(standings[i].code), .as_of_ms = c->now_ms};
        TRY(count_one(c, &standings[i], root.id, &row.n));
        TRY(db_exec(c, &sql_ledger_standing_put, ARGS(ARG_ROW(&ledger_standing_record, &row)), NULL));
    }
    return OK;
}

enum err ledger_count_standing(struct ctx *c)
{
    return store_write(c, count_all, NULL);
}

// --- GET /api/v1/ledger/standing -------------------------------------------------------------------------------------
#define LEDGER_NUMBER_FIELDS(F, S)                                                                                     \
    F(S, TEXT, code, .read = READ_PUBLIC, .doc = "What")                                                               \
    F(S, TEXT, zh, .read = READ_PUBLIC, .doc = "In Chinese")                                                           \
    F(S, TEXT, en, .read = READ_PUBLIC, .doc = "In English")                                                           \
    F(S, JSON, n, .read = READ_PUBLIC, .doc = "How many; null: fewer than five, or not counted yet")                   \
    F(S, TEXT, period_zh, .read = READ_PUBLIC, .doc = "Of which time, in Chinese")                                     \
    F(S, TEXT, period_en, .read = READ_PUBLIC, .doc = "The same in English")                                           \
    F(S, TEXT, definition_zh, .read = READ_PUBLIC, .doc = "What is counted, in Chinese")                               \
    F(S, TEXT, definition_en, .read = READ_PUBLIC, .doc = "The same in English")                                       \
    F(S, TIME, as_of, .read = READ_PUBLIC, .doc = "When it was counted")
struct ledger_number {
    LEDGER_NUMBER_FIELDS(FIELD_MEMBER, ledger_number)
};
static const struct field ledger_number_fields[] = {LEDGER_NUMBER_FIELDS(FIELD_ROW, ledger_number)};
const struct record ledger_number_record = {"ledger_number", NULL, sizeof(struct ledger_number),
                                            FIELDS(ledger_number_fields)};

static enum err read_standing(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_ledger_standing_list, NO_ARGS, &ledger_standing_record, 100, &rows));
    const struct ledger_standing *kept = rows.at;
    buf_clear(&rs->body);
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < STANDING_COUNT; i++) {
        const struct standing *s = &standings[i];
        struct ledger_number number = {.code = str_of(s->code),
                                       .zh = str_of(s->zh),
                                       .en = str_of(s->en),
                                       .n = STR("null"),
                                       .period_zh = str_of(s->period_zh),
                                       .period_en = str_of(s->period_en),
                                       .definition_zh = str_of(s->definition_zh),
                                       .definition_en = str_of(s->definition_en)};
        for (size_t j = 0; j < rows.count; j++)
            if (str_equal_z(kept[j].code, s->code)) {
                number.as_of = kept[j].as_of_ms;
                if (!s->of_people || kept[j].n == 0 || kept[j].n >= K_MIN)
                    number.n = str_format(c->arena, "%lld", (long long)kept[j].n);
            }
        record_to_json(c, &ledger_number_record, &number, 0, READ_PUBLIC, &w);
    }
    json_list_end(&w, 0);
    return OK;
}

enum err ledger_http_standing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    TRY(store_read(c, read_standing, rs));
    http_set_header(rs, "Cache-Control", STR("public, max-age=60"));
    return OK;
}
