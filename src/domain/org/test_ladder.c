// SPDX-License-Identifier: MulanPSL-2.0
// Nobody there: the next level has it at once (requests.md, section 3). Random lines of places, random posts on them,
// held or vacant, against another way to the answer.
#include "base/test.h"
#include "domain/org/org_internal.h"

#define POSTS_MAX 12
static const enum role ladder[] = {ROLE_STEWARD, ROLE_GRID_WORKER, ROLE_COMMUNITY, ROLE_SUBDISTRICT, ROLE_DISTRICT};

struct line {
    struct place_chain chain;
    struct post_held posts[POSTS_MAX];
    size_t count;
};

static struct line random_line(struct random *random)
{
    struct line line = {.count = (size_t)random_between(random, 0, POSTS_MAX)};
    for (int level = 0; level < PLACE_LEVEL_COUNT; level++)
        line.chain.at[level] = random_next(random) % 4 ? 100 + level : 0; // levels may be left out
    for (size_t i = 0; i < line.count; i++) {
        struct post_held *held = &line.posts[i];
        held->post.id = 1000 + (int64_t)i;
        held->post.place_id = 100 + random_between(random, 0, PLACE_LEVEL_COUNT - 1);
        held->post.role = (int)(random_next(random) % 8 ? ladder[random_between(random, 0, 4)] : ROLE_UNIT);
        held->person_id = random_next(random) % 3 ? 0 : 5000 + (int64_t)i;
    }
    return line;
}

// How near a post is: lower is sooner. -1: it answers for nothing here.
static int distance(const struct line *line, const struct post_held *held, enum role from)
{
    int64_t level = held->post.place_id - 100;
    if (held->post.role < (int)from || held->post.role > ROLE_DISTRICT || !line->chain.at[level])
        return -1;
    return held->post.role * 100 + (PLACE_LEVEL_COUNT - (int)level);
}

static void a_rung_that_nobody_holds_is_passed_over_at_once(void **state)
{
    (void)state;
    struct random random = test_random();
    int64_t nobody = 0, passed = 0, cases = test_cases(300000);
    for (int64_t n = 0; n < cases; n++) {
        struct line line = random_line(&random);
        enum role from = ladder[random_between(&random, 0, 4)];
        struct rows rows = {.at = line.posts, .count = line.count};
        const struct post_held *nearest = NULL;
        int best = 0, vacant_best = 0;
        for (size_t i = 0; i < line.count; i++) {
            int d = distance(&line, &line.posts[i], from);
            if (d >= 0 && line.posts[i].person_id && (!nearest || d < best)) {
                nearest = &line.posts[i];
                best = d;
            }
            if (d >= 0 && !line.posts[i].person_id && (!vacant_best || d < vacant_best))
                vacant_best = d;
        }
        struct post_holder holder = {0};
        bool found = org_ladder(&rows, &line.chain, from, &holder);
        assert_int_equal(found, nearest != NULL); // with an owner whenever there is one, however far up
        nobody += !found;
        if (!found)
            continue;
        assert_int_equal(holder.post.id, nearest->post.id);
        assert_int_equal(holder.person_id, nearest->person_id);
        // That a nearer one is vacant is remembered, so that the desk is told.
        bool skipped = vacant_best && vacant_best < best;
        assert_int_equal(holder.vacant_post_id != 0, skipped);
        passed += skipped;
    }
    print_message("%lld cases, in %lld nobody, in %lld past a vacant post\n", (long long)cases, (long long)nobody,
                  (long long)passed);
    assert_true(nobody > 0 && passed > cases / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_rung_that_nobody_holds_is_passed_over_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
