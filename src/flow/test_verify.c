// SPDX-License-Identifier: MulanPSL-2.0
// The proof against somebody who writes into the database past the program: any byte of any row, rows taken away,
// put in, moved. Cases are random, the seed is printed.
#include "flow/test_log.h"

#include "flow/proof.h"

// --- one byte
// ------------------------------------------------------------------------------------------------------------ Where a
// random byte was changed: the statement that did it, and the one that takes it back.
struct change {
    struct str does, undoes;
    const char *names; // what the sentence must hold
};

static const char *name_of_row(struct ctx *c, const struct record *record, const void *row)
{
    int64_t id = *(const int64_t *)row; // of an event and of a seal: its first member
    struct str text = str_of(record->table);
    if (record == &event_record || record == &event_seal_record)
        text = str_format(c->arena, "%s %lld", record->table, (long long)id);
    if (record == &event_head_record)
        text = str_format(c->arena, "event_head of %.*s %lld", STR_ARG(((const struct event_head *)row)->subject_kind),
                          (long long)((const struct event_head *)row)->subject_id);
    return str_z(c->arena, text);
}

static struct str value_of(struct ctx *c, const struct field *field, void *row)
{
    if (field->type == FIELD_TEXT)
        return quote(c, *field_str(field, row));
    return str_format(c->arena, "%lld", (long long)*field_int(field, row));
}

static struct str where_of(struct ctx *c, const struct record *record, void *row)
{
    struct str text = STR("WHERE tenant_id = 1");
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].flags & FIELD_KEY)
            text = str_format(c->arena, "%.*s AND %s = %.*s", STR_ARG(text), record->fields[i].name,
                              STR_ARG(value_of(c, &record->fields[i], row)));
    return text;
}

static struct str set_of(struct ctx *c, const struct record *record, const struct field *field, void *to, void *at)
{
    return str_format(c->arena, "UPDATE %s SET %s = %.*s %.*s", record->table, field->name,
                      STR_ARG(value_of(c, field, to)), STR_ARG(where_of(c, record, at)));
}

// False: this byte cannot be changed so that text stays text.
static bool flip(struct ctx *c, const struct field *field, void *row, struct random *random)
{
    if (field->type != FIELD_TEXT) {
        *field_int(field, row) ^= (int64_t)(UINT64_C(1) << random_between(random, 0, 62));
        return true;
    }
    struct str *text = field_str(field, row);
    if (!text->n) {
        *text = STR("0");
        return true;
    }
    char *copy = arena_alloc(c->arena, text->n);
    memcpy(copy, text->p, text->n);
    size_t at = (size_t)random_between(random, 0, (int64_t)text->n - 1);
    copy[at] = (char)(copy[at] ^ 1 << random_between(random, 0, 6));
    text->p = copy;
    return copy[at] && utf8_valid(*text);
}

static bool change_one_byte(struct ctx *c, const struct log *log, struct random *random, struct change *ret)
{
    const struct {
        const struct record *record;
        const void *rows;
        size_t count;
    } tables[] = {{&event_record, log->events, log->event_count},
                  {&event_seal_record, log->seals, log->seal_count},
                  {&event_head_record, log->heads, log->head_count},
                  {&event_seal_head_record, &log->seal_head, 1}};
    size_t t = (size_t)random_between(random, 0, 3);
    const struct record *record = tables[t].record;
    size_t r = (size_t)random_between(random, 0, (int64_t)tables[t].count - 1);
    char before[256], after[256];
    assert_true(record->size_bytes <= sizeof before);
    memcpy(before, (const char *)tables[t].rows + r * record->size_bytes, record->size_bytes);
    memcpy(after, before, record->size_bytes);
    const struct field *field = &record->fields[random_between(random, 0, (int64_t)record->field_count - 1)];
    if (!flip(c, field, after, random))
        return false;
    ret->does = set_of(c, record, field, after, before);
    ret->undoes = set_of(c, record, field, before, after);
    ret->names = name_of_row(c, record, after);
    return true;
}

static void test_any_byte_of_any_row(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    assert_true(log.event_count >= 30 && log.seal_count >= 2);
    expect_whole(c);
    struct intruder in = break_in(c);
    struct ctx *each = test_ctx_more(c);
    int64_t found = 0;
    for (int64_t i = 0; i < test_cases(400); i++) {
        struct change change;
        test_ctx_reset(each);
        if (!change_one_byte(each, &log, &random, &change) || run(&in, change.does) != 1)
            continue; // no text any more, or the key of another row
        expect_names(verdict(each), change.names, str_z(each->arena, change.does));
        assert_int_equal(run(&in, change.undoes), 1);
        found++;
    }
    test_ctx_done(each);
    leave(&in);
    expect_whole(c);
    print_message("%lld bytes changed, all found\n", (long long)found);
    assert_true(found > test_cases(400) / 2);
}

// --- whole rows
// ------------------------------------------------------------------------------------------------------------
static struct str insert_of(struct ctx *c, const struct record *record, void *row)
{
    struct str names = STR("tenant_id"), values = STR("1");
    for (size_t i = 0; i < record->field_count; i++) {
        names = str_format(c->arena, "%.*s, %s", STR_ARG(names), record->fields[i].name);
        values = str_format(c->arena, "%.*s, %.*s", STR_ARG(values), STR_ARG(value_of(c, &record->fields[i], row)));
    }
    return str_format(c->arena, "INSERT INTO %s (%.*s) VALUES (%.*s)", record->table, STR_ARG(names), STR_ARG(values));
}

static void expect_loss_found(struct ctx *c, struct intruder *in, const struct record *record, void *row)
{
    struct ctx *each = test_ctx_more(c);
    struct str does =
        str_format(each->arena, "DELETE FROM %s %.*s", record->table, STR_ARG(where_of(each, record, row)));
    assert_int_equal(run(in, does), 1);
    if (!verdict(each)[0])
        fail_msg("%.*s: not found", STR_ARG(does));
    assert_int_equal(run(in, insert_of(each, record, row)), 1);
    test_ctx_done(each);
}

static void test_rows_taken_away(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    for (size_t i = 0; i < log.event_count; i++)
        expect_loss_found(c, &in, &event_record, &log.events[i]);
    for (size_t i = 0; i < log.seal_count; i++)
        expect_loss_found(c, &in, &event_seal_record, &log.seals[i]);
    for (size_t i = 0; i < log.head_count; i++)
        expect_loss_found(c, &in, &event_head_record, &log.heads[i]);
    expect_loss_found(c, &in, &event_seal_head_record, &log.seal_head);
    leave(&in);
    expect_whole(c);
}

// One who knows the encoding reckons a fitting hash for what is put in.
static void test_rows_put_in(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    struct ctx *each = test_ctx_more(c);
    int64_t tried = 0;
    for (size_t i = 0; i + 1 < log.event_count; i++) {
        struct event event = log.events[i];
        char hash[65];
        test_ctx_reset(each);
        event.id++; // right behind it, in its chain
        if (event.id == log.events[i + 1].id)
            continue;
        event.type = STR("thing.approved");
        event.prev_hash = log.events[i].hash;
        event_hash(SUITE_STD, 1, &event, hash);
        event.hash = str_of(hash);
        assert_int_equal(run(&in, insert_of(each, &event_record, &event)), 1);
        expect_names(verdict(each), str_z(each->arena, str_format(each->arena, "event %lld", (long long)event.id)),
                     "put in");
        assert_int_equal(run(&in, str_format(each->arena, "DELETE FROM event WHERE tenant_id = 1 AND id = %lld",
                                             (long long)event.id)),
                         1);
        tried++;
    }
    test_ctx_done(each);
    leave(&in);
    expect_whole(c);
    assert_true(tried > 3);
}

// Two rows change places: each takes the other's id.
static void test_rows_in_another_order(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    struct ctx *each = test_ctx_more(c);
    for (size_t i = 0; i + 1 < log.event_count; i++) {
        long long a = log.events[i].id, b = log.events[i + 1].id;
        static const char *const text = "UPDATE event SET id = %lld WHERE tenant_id = 1 AND id = %lld";
        test_ctx_reset(each);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        for (int back = 0; back < 2; back++) {
            assert_int_equal(run(&in, str_format(each->arena, text, 1LL, a)), 1);
            assert_int_equal(run(&in, str_format(each->arena, text, a, b)), 1);
            assert_int_equal(run(&in, str_format(each->arena, text, b, 1LL)), 1);
            if (!back)
                expect_names(verdict(each), str_z(each->arena, str_format(each->arena, "event %lld", a)), "moved");
        }
#pragma GCC diagnostic pop
    }
    test_ctx_done(each);
    leave(&in);
    expect_whole(c);
}

// A whole minute reckoned anew by one who knows everything but cannot reach an earlier export: the seal after it tells.
static void test_seal_reckoned_anew(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    struct event_seal seal = log.seals[0];
    char hash[65];
    seal.count++;
    seal_hash(SUITE_STD, 1, &seal, hash);
    seal.hash = str_of(hash);
    struct str where = where_of(c, &event_seal_record, &seal);
    assert_int_equal(run(&in, str_format(c->arena, "UPDATE event_seal SET count = %lld, hash = '%s' %.*s",
                                         (long long)seal.count, hash, STR_ARG(where))),
                     1);
    expect_names(verdict(c), str_z(c->arena, str_format(c->arena, "event_seal %lld", (long long)seal.id)), "reckoned");
    leave(&in);
}

// --- the report
// ------------------------------------------------------------------------------------------------------------
struct seen {
    int64_t calls, done, total;
};
static void note_progress(int64_t done, int64_t total, void *arg)
{
    struct seen *seen = arg;
    assert_true(done >= seen->done && done <= total);
    *seen = (struct seen){seen->calls + 1, done, total};
}

static void test_report_and_progress(struct ctx *c)
{
    struct verify_report report;
    expect_ok(c, verify_store(c, NULL, NULL, &report)); // an empty log is whole
    assert_int_equal(report.events + report.seals + report.unsealed, 0);
    expect_whole(c);
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct seen seen = {0};
    expect_ok(c, verify_store(c, note_progress, &seen, &report));
    assert_int_equal(report.events, log.event_count);
    assert_int_equal(report.seals, log.seal_count);
    assert_int_equal(seen.done, seen.total);
    int64_t sealed = 0;
    for (size_t i = 0; i < log.seal_count; i++)
        sealed += log.seals[i].count;
    assert_int_equal(report.unsealed, (int64_t)log.event_count - sealed);
    // Another district's log is another log.
    c->tenant_id = 2;
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_int_equal(report.events, 0);
}

// --- a log of more subjects than one walk keeps
// ------------------------------------------------------------------------------
#define MANY_HEADS (INT64_C(3) << 18) // three walks

// The rows as they lie in log, given to the proof as often as it asks; returns its sentence.
static const char *walk_through(struct ctx *c, const struct log *log)
{
    struct proof *proof = proof_new(SUITE_STD, 1, MANY_HEADS);
    assert_int_equal(proof_walks(proof), 3);
    bool go_on = true;
    for (int64_t walk = 0; walk < proof_walks(proof) && go_on; walk++) {
        size_t seal = 0;
        proof_walk_begin(proof, walk);
        for (size_t i = 0; i < log->event_count && go_on; i++) {
            for (; walk == 0 && seal < log->seal_count && minute_last_id(log->seals[seal].id) < log->events[i].id;
                 seal++)
                go_on = go_on && proof_seal(proof, &log->seals[seal]);
            go_on = go_on && proof_event(proof, &log->events[i]);
        }
        for (; walk == 0 && seal < log->seal_count; seal++)
            go_on = go_on && proof_seal(proof, &log->seals[seal]);
        if (walk == 0)
            proof_seal_head(proof, &log->seal_head);
        for (size_t i = 0; i < log->head_count; i++)
            proof_head(proof, &log->heads[i]);
        proof_walk_end(proof);
    }
    assert_true(!go_on || proof_events(proof) == (int64_t)log->event_count);
    const char *fault = str_z(c->arena, proof_fault(proof));
    proof_free(proof);
    return fault;
}

static void test_several_walks(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    assert_string_equal(walk_through(c, &log), "");
    for (size_t i = 0; i < log.head_count; i++) { // each chain is kept in one of the walks
        struct log bad = log;
        bad.heads[i].count++;
        expect_names(walk_through(c, &bad), name_of_row(c, &event_head_record, &bad.heads[i]), "count of a head");
        bad = log;
        bad.heads[i] = bad.heads[--bad.head_count];
        expect_names(walk_through(c, &bad),
                     str_z(c->arena, str_format(c->arena, "%lld", (long long)log.heads[i].last_id)), "head taken away");
    }
    for (size_t i = 0; i < log.event_count; i++) {
        struct log bad = log;
        memmove(bad.events + i, bad.events + i + 1, (log.event_count - i - 1) * sizeof *bad.events);
        bad.event_count--;
        if (!walk_through(c, &bad)[0])
            fail_msg("event %zu taken away: not found", i);
    }
}

// --- an export that was edited
// ---------------------------------------------------------------------------------------------
static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    fclose(file);
}

static struct str read_file(struct ctx *c, const char *path)
{
    struct stat stat_of;
    assert_int_equal(stat(path, &stat_of), 0);
    char *text = arena_alloc(c->arena, (size_t)stat_of.st_size + 1);
    FILE *file = fopen(path, "r");
    size_t n = fread(text, 1, (size_t)stat_of.st_size, file);
    fclose(file);
    return (struct str){text, n};
}

static void test_edited_exports(struct ctx *c)
{
    struct random random = test_random();
    make_log(c, &random);
    char dir[] = "/tmp/linli-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    const char *path = str_z(c->arena, str_format(c->arena, "%s/log.ndjson", dir));
    struct verify_report report;
    expect_ok(c, event_export(c, path));
    struct str whole = read_file(c, path);
    struct ctx *each = test_ctx_more(c);
    for (int64_t i = 0; i < test_cases(300); i++) { // one byte changed, or cut off at a random place
        test_ctx_reset(each);
        struct str text = str_copy(each->arena, whole);
        size_t at = (size_t)random_between(&random, 0, (int64_t)text.n - 2);
        if (i % 3 == 0)
            text.n = at;
        else
            ((char *)(uintptr_t)text.p)[at] = (char)(text.p[at] ^ 1 << random_between(&random, 0, 7));
        write_file(path, text);
        expect_ok(each, verify_export(each, path, &report));
        bool told = report.fault.n > 0;
        struct str near = {text.p + (at > 40 ? at - 40 : 0), at > 40 ? 80 : 40};
        if (!told && str_find(near, STR("made_at_ms"), 0) == (size_t)-1) // when it was made proves nothing
            fail_msg("byte %zu of %zu: not found", at, whole.n);
    }
    test_ctx_done(each);
    unlink(path);
    expect_err(c, verify_export(c, path, &report), ERR_NOT_FOUND, "event.export_unreadable");
    expect_err(c, event_export(c, "/nowhere/at/all"), ERR_INVALID, "event.export_unwritable");
    rmdir(dir);
}

// Written by another program from docs/decisions/0002-event-hash.md alone.
static void test_exports_of_another_program(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t events, seals, unsealed;
    } all[] = {
        {LOG_EXPORTS "/whole_std", 13, 3, 2}, {LOG_EXPORTS "/whole_sm", 5, 1, 1}, {LOG_EXPORTS "/no_seals", 2, 0, 2}};
    struct ctx c = test_ctx_without_store(NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct verify_report report;
        expect_ok(&c, verify_export(&c, all[i].path, &report));
        assert_string_equal(str_z(c.arena, report.fault), "");
        assert_int_equal(report.events, all[i].events);
        assert_int_equal(report.seals, all[i].seals);
        assert_int_equal(report.unsealed, all[i].unsealed);
    }
    struct verify_report report;
    expect_ok(&c, verify_export(&c, LOG_EXPORTS "/changed", &report));
    assert_true(report.fault.n > 0);
    arena_free(c.arena);
}

EACH(test_any_byte_of_any_row, PART, 1)
EACH(test_rows_taken_away, PART, 1)
EACH(test_rows_put_in, PART, 1)
EACH(test_rows_in_another_order, PART, 1)
EACH(test_seal_reckoned_anew, PART, 1)
EACH(test_report_and_progress, PART, 1)
EACH(test_edited_exports, PART, 1)
EACH(test_several_walks, PART, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exports_of_another_program),
        BOTH(test_any_byte_of_any_row),
        BOTH(test_rows_taken_away),
        BOTH(test_rows_put_in),
        BOTH(test_rows_in_another_order),
        BOTH(test_seal_reckoned_anew),
        BOTH(test_report_and_progress),
        BOTH(test_edited_exports),
        BOTH(test_several_walks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
