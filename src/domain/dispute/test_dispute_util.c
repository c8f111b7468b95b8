// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/dispute/test_dispute_util.h"

#include "base/id.h"

#include <string.h>

static enum err write_open(struct ctx *c, void *arg)
{
    struct dispute *d = arg, copy = *d;
    TRY(dispute_open(c, &copy));
    *d = copy;
    return OK;
}

int64_t case_open(struct town *t, int64_t request_id)
{
    struct dispute d = {.category = DISPUTE_CATEGORY_NOISE,
                        .request_id = request_id,
                        .place_id = t->building,
                        .words = request_id ? STR("") : STR("楼上夜里剁骨头"),
                        .source = request_id ? DISPUTE_FROM_REQUEST : DISPUTE_FROM_PAPER};
    town_become(t->c, t->community_worker);
    expect_ok(t->c, store_write(t->c, write_open, &d));
    return d.id;
}

struct step {
    int64_t id;
    const char *action;
    const struct json *input;
    struct dispute d;
};

static enum err write_step(struct ctx *c, void *arg)
{
    struct step *step = arg;
    return dispute_act(c, step->id, str_of(step->action), step->input, -1, &step->d);
}

enum err case_act(struct ctx *c, int64_t id, const char *action, const char *input_json, struct dispute *ret_dispute)
{
    struct step step = {.id = id, .action = action};
    if (input_json) {
        struct str text = str_copy(c->arena, str_of(input_json));
        char *at = arena_alloc(c->arena, text.n + 1);
        for (size_t i = 0; i < text.n; i++)
            at[i] = text.p[i] == '\'' ? '"' : text.p[i];
        TRY(json_parse(c, (struct str){at, text.n}, &step.input));
    }
    TRY(store_write(c, write_step, &step));
    if (ret_dispute)
        *ret_dispute = step.d;
    return OK;
}

struct look {
    int64_t id;
    struct dispute_case dc;
};
static enum err read_case(struct ctx *c, void *arg)
{
    struct look *look = arg;
    return dispute_case_read(c, look->id, &look->dc);
}

struct dispute_case case_now(struct ctx *c, int64_t id)
{
    struct look look = {.id = id};
    expect_ok(c, store_read(c, read_case, &look));
    return look.dc;
}

struct str case_id(struct ctx *c, int64_t id)
{
    return id_text(c->arena, id);
}

int64_t case_party(struct town *t, int64_t id, const char *side, const char *name, const char *phone)
{
    struct ctx *c = t->c;
    town_become(c, t->community_worker);
    expect_ok(
        c, case_act(c, id, "add_party",
                    str_z(c->arena, str_format(c->arena, "{'side':'%s','name':'%s','phone':'%s'}", side, name, phone)),
                    NULL));
    struct dispute_case dc = case_now(c, id);
    return dc.parts.parties[dc.parts.party_count - 1].id;
}

struct volunteer {
    const char *name, *phone;
    int64_t home_place_id, id;
};
static enum err write_volunteer(struct ctx *c, void *arg)
{
    struct volunteer *v = arg;
    struct person person;
    TRY(person_create_resident(c, str_of(v->phone), str_of(v->name), v->home_place_id, true, &person));
    v->id = person.id;
    return OK;
}

int64_t town_volunteer(struct town *t, const char *name, const char *phone, int64_t home_place_id)
{
    struct volunteer v = {name, phone, home_place_id, 0};
    town_become(t->c, 0);
    expect_ok(t->c, store_write(t->c, write_volunteer, &v));
    return v.id;
}

static void consents(struct ctx *c, int64_t id, int64_t party)
{
    struct str text = str_format(c->arena, "{'party_id':'%.*s','consent':'given'}", STR_ARG(case_id(c, party)));
    expect_ok(c, case_act(c, id, "consent", str_z(c->arena, text), NULL));
}

int64_t case_at_table(struct town *t, int64_t *ret_mediator)
{
    struct ctx *c = t->c;
    int64_t id = case_open(t, 0);
    int64_t one = case_party(t, id, "applicant", "周一", "13911110001");
    int64_t two = case_party(t, id, "respondent", "吴二", "13911110002");
    *ret_mediator = town_volunteer(t, "钱老师", "13822220001", t->other_building);
    town_become(c, t->community_worker);
    consents(c, id, one);
    consents(c, id, two);
    expect_ok(c, case_act(c, id, "propose", "{'phone':'138 2222 0001'}", NULL));
    expect_ok(c, case_act(c, id, "accept", NULL, NULL));
    town_become(c, *ret_mediator);
    expect_ok(c, case_act(c, id, "take_on", "{'no_tie':true}", NULL));
    expect_ok(c, case_act(c, id, "plan_session", "{'planned_at':'2026-03-04T02:00:00Z','room':'社区调解室'}", NULL));
    return id;
}

void case_signed(struct town *t, int64_t id, int64_t mediator)
{
    struct ctx *c = t->c;
    town_become(c, mediator);
    expect_ok(c, case_act(c, id, "write_agreement", "{'text':'晚上九点以后不剁骨头'}", NULL));
    expect_ok(c, case_act(c, id, "add_term", "{'text':'铺一块胶垫','due_at':'2026-04-01T00:00:00Z'}", NULL));
    struct dispute_case dc = case_now(c, id);
    for (size_t i = 0; i < dc.parts.party_count; i++) {
        struct str text = str_format(c->arena, "{'party_id':'%.*s','signed_name':'签名','signed_on':'2026-03-02'}",
                                     STR_ARG(case_id(c, dc.parts.parties[i].id)));
        expect_ok(c, case_act(c, id, "sign", str_z(c->arena, text), NULL));
    }
}

void case_marks(struct ctx *c)
{
    town_become(c, 0);
    for (const struct job *job = dispute_jobs; job->name; job++)
        expect_ok(c, job->run(c));
}

struct story {
    int64_t id;
    struct rows rows;
};
static enum err read_story(struct ctx *c, void *arg)
{
    struct story *story = arg;
    return event_list(c, "dispute", story->id, 0, 500, &story->rows);
}

void case_expect_story(struct ctx *c, int64_t id, const char *wanted)
{
    struct story story = {.id = id};
    struct str text = {0};
    expect_ok(c, store_read(c, read_story, &story));
    const struct event *events = story.rows.at;
    for (size_t i = 0; i < story.rows.count; i++) {
        struct str type = events[i].type;
        str_cut(&type, '.');
        text = str_format(c->arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(type));
    }
    if (!str_equal_z(text, wanted))
        fail_msg("story: %.*s", STR_ARG(text));
}
