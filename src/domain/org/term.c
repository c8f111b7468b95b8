// SPDX-License-Identifier: MulanPSL-2.0
// Terms: who holds a post, who answers for a place as of an instant, and what a person may do by its posts.
#include "domain/org/org_internal.h"

#include "base/id.h"
#include "flow/event_data.h"
#include "org_sql.h"

#define LINE_POSTS_MAX 200
#define PERSON_POSTS_MAX 50

static const struct field term_fields[] = {TERM_FIELDS(FIELD_ROW, term)};
const struct record term_record = {
    .name = "term", .table = "term", .size_bytes = sizeof(struct term), FIELDS(term_fields)};

enum err term_get(struct ctx *c, int64_t id, struct term *ret_term)
{
    return org_not_found(c, db_one(c, &sql_term_by_id, ARGS(ARG_INT("id", id)), &term_record, ret_term),
                         "org.no_such_term");
}

enum err term_list_of_post(struct ctx *c, int64_t post_id, struct rows *ret_rows)
{
    return db_list(c, &sql_terms_of_post, ARGS(ARG_INT("post_id", post_id)), &term_record, 100, ret_rows);
}

enum err term_list_of_person(struct ctx *c, int64_t person_id, struct rows *ret_rows)
{
    return db_list(c, &sql_terms_running_of_person, ARGS(ARG_INT("person_id", person_id)), &term_record,
                   PERSON_POSTS_MAX, ret_rows);
}

enum err term_list_of_role(struct ctx *c, enum role role, int64_t before_id, size_t max, struct rows *ret_rows)
{
    struct args args =
        ARGS(ARG_TEXT("role", str_of(role_names[role])), ARG_INT("before", before_id), ARG_INT("limit", (int64_t)max));
    return db_list(c, &sql_terms_of_role, args, &term_record, max, ret_rows);
}

// The running term of a post; *ret_term.id 0 when nobody holds it.
static enum err running(struct ctx *c, int64_t post_id, struct term *ret_term)
{
    enum err err = db_one(c, &sql_term_running, ARGS(ARG_INT("post_id", post_id)), &term_record, ret_term);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_term = (struct term){0};
    return OK;
}

static enum err append(struct ctx *c, const struct term *term, const char *type, int64_t person_before_id)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "term_id");
    json_put_id(w, term->id);
    json_key(w, "person_id");
    json_put_id(w, term->person_id);
    if (person_before_id) {
        json_key(w, "person_before_id");
        json_put_id(w, person_before_id);
    }
    return event_data_append(c, &data, "post", term->post_id, type);
}

enum err term_begin(struct ctx *c, int64_t post_id, int64_t person_id, struct term *ret_term)
{
    struct post post;
    struct term before;
    TRY(post_get(c, post_id, &post));
    if (post.closed_at_ms)
        return fail(c, ERR_CONFLICT, "org.post_closed");
    TRY(running(c, post_id, &before));
    if (before.person_id == person_id)
        return fail(c, ERR_CONFLICT, "org.holds_it_already");
    if (before.id)
        TRY(db_exec(c, &sql_term_finish, ARGS(ARG_INT("id", before.id)), NULL));
    *ret_term = (struct term){.id = ids_next(c->house->ids, c->now_ms),
                              .version = 1,
                              .post_id = post_id,
                              .person_id = person_id,
                              .began_at_ms = c->now_ms};
    enum err err = db_exec(c, &sql_term_insert, ARGS(ARG_ROW(&term_record, ret_term)), NULL);
    if (err == ERR_CONFLICT) { // somebody appointed at the same time
        ctx_clear_error(c);
        return fail(c, ERR_CONFLICT, "org.post_taken");
    }
    TRY(err);
    return append(c, ret_term, "post.term_begun", before.person_id);
}

enum err term_end(struct ctx *c, int64_t term_id)
{
    struct term term;
    int64_t changed;
    TRY(term_get(c, term_id, &term));
    TRY(db_exec(c, &sql_term_finish, ARGS(ARG_INT("id", term_id)), &changed));
    if (changed != 1)
        return fail(c, ERR_CONFLICT, "org.term_ended");
    return append(c, &term, "post.term_ended", 0);
}

enum err post_holder_at(struct ctx *c, int64_t post_id, int64_t at_ms, int64_t *ret_person_id)
{
    struct term term;
    enum err err =
        db_one(c, &sql_term_at, ARGS(ARG_INT("post_id", post_id), ARG_INT("at_ms", at_ms)), &term_record, &term);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    *ret_person_id = err == OK ? term.person_id : 0;
    return OK;
}

// --- who answers ---------------------------------------------------------------------------------------------------
static enum err posts_on_line(struct ctx *c, int64_t place_id, int64_t at_ms, struct place_chain *ret_chain,
                              struct rows *ret_rows)
{
    TRY(place_get_chain_at(c, place_id, at_ms, ret_chain));
    const int64_t *id = ret_chain->at;
    struct args args = ARGS(ARG_INT("at_ms", at_ms), ARG_INT("id0", id[0]), ARG_INT("id1", id[1]),
                            ARG_INT("id2", id[2]), ARG_INT("id3", id[3]), ARG_INT("id4", id[4]), ARG_INT("id5", id[5]),
                            ARG_INT("id6", id[6]), ARG_INT("id7", id[7]));
    return db_list(c, &sql_posts_on_line, args, &post_held_record, LINE_POSTS_MAX, ret_rows);
}

enum err org_team_posts(struct ctx *c, int64_t place_id, int64_t at_ms, struct rows *ret_rows)
{
    struct place_chain chain;
    TRY(place_get_chain_at(c, place_id, at_ms, &chain));
    const int64_t *id = chain.at;
    struct args args = ARGS(ARG_INT("at_ms", at_ms), ARG_INT("id0", id[0]), ARG_INT("id1", id[1]),
                            ARG_INT("id2", id[2]), ARG_INT("id3", id[3]), ARG_INT("id4", id[4]), ARG_INT("id5", id[5]),
                            ARG_INT("id6", id[6]), ARG_INT("id7", id[7]));
    return db_list(c, &sql_posts_of_teams_on_line, args, &post_held_record, LINE_POSTS_MAX, ret_rows);
}

// Among the posts right on one place: one that is held, or else remembers the first that is vacant.
static bool held_on(const struct rows *rows, int64_t place_id, enum role role, int64_t org_id,
                    struct post_holder *holder)
{
    const struct post_held *held = rows->at;
    for (size_t i = 0; i < rows->count; i++) {
        const struct post *post = &held[i].post;
        bool fits = post->place_id == place_id && post->role == (int)role && (org_id == 0 || post->org_id == org_id);
        if (fits && held[i].person_id) {
            holder->post = *post;
            holder->person_id = held[i].person_id;
            return true;
        }
    }
    for (size_t i = 0; i < rows->count && holder->vacant_post_id == 0; i++) {
        const struct post *post = &held[i].post;
        if (post->place_id == place_id && post->role == (int)role && (org_id == 0 || post->org_id == org_id))
            holder->vacant_post_id = post->id;
    }
    return false;
}

static bool held_on_line(const struct rows *rows, const struct place_chain *chain, enum role role, int64_t org_id,
                         struct post_holder *holder)
{
    for (int level = PLACE_LEVEL_COUNT - 1; level >= 0; level--)
        if (chain->at[level] && held_on(rows, chain->at[level], role, org_id, holder))
            return true;
    return false;
}

bool org_ladder(const struct rows *held, const struct place_chain *chain, enum role from,
                struct post_holder *ret_holder)
{
    struct post_holder holder = {0};
    for (int role = (int)from; role <= ROLE_DISTRICT; role++)
        if (held_on_line(held, chain, (enum role)role, 0, &holder)) {
            *ret_holder = holder;
            return true;
        }
    return false;
}

enum err org_responsible(struct ctx *c, int64_t place_id, enum role from, int64_t at_ms, struct post_holder *ret_holder)
{
    struct place_chain chain;
    struct rows rows;
    if (from < ROLE_STEWARD || from > ROLE_DISTRICT)
        return fail(c, ERR_INVALID, "org.role_not_for_posts");
    TRY(posts_on_line(c, place_id, at_ms, &chain, &rows));
    return org_ladder(&rows, &chain, from, ret_holder) ? OK : fail(c, ERR_NOT_FOUND, "org.nobody_responsible");
}

enum err org_unit_responsible(struct ctx *c, int64_t org_id, int64_t place_id, int64_t at_ms,
                              struct post_holder *ret_holder)
{
    struct place_chain chain;
    struct rows rows;
    TRY(posts_on_line(c, place_id, at_ms, &chain, &rows));
    struct post_holder holder = {0};
    if (!held_on_line(&rows, &chain, ROLE_UNIT, org_id, &holder))
        return fail(c, ERR_NOT_FOUND, "org.nobody_responsible");
    *ret_holder = holder;
    return OK;
}

enum err org_grants_of(struct ctx *c, int64_t person_id, int64_t at_ms, struct grant **ret_grants, size_t *ret_count)
{
    struct rows rows;
    TRY(db_list(c, &sql_posts_of_person, ARGS(ARG_INT("person_id", person_id), ARG_INT("at_ms", at_ms)),
                &post_held_record, PERSON_POSTS_MAX, &rows));
    struct grant *grants = arena_array(c->arena, rows.count ? rows.count : 1, sizeof *grants);
    const struct post_held *held = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        const struct post *post = &held[i].post;
        grants[i] = (struct grant){post->role, post->place_id, post->id, post->org_id};
    }
    *ret_grants = grants;
    *ret_count = rows.count;
    return OK;
}
