// SPDX-License-Identifier: MulanPSL-2.0
// The outbox at work, by a clock that is turned, against a vendor of our own; on both engines.
#include "base/id.h"
#include "domain/notice/test_notice_util.h"
#include "notice_sql.h"

static void statements_and_tables_fit(void **state)
{
    EACH_WORLD(w)
    {
        assert_int_equal(contract_faults(&w), 0);
    }
}

static void a_text_message_goes_out_with_key_id_and_text(void **state)
{
    EACH_WORLD(w)
    {
        char id[ID_TEXT_LENGTH + 1];
        assert_false(wanted(&w));
        put(&w, (struct putting){.person_id = 5, .word = "甲", .phone = "13900001111"});
        assert_true(wanted(&w));
        run(&w);
        assert_false(wanted(&w));
        struct notice n = newest(&w, 5);
        assert_int_equal(n.state, NOTICE_SENT);
        assert_int_equal(n.address.n, 0); // the number is not kept longer than it is needed
        id_format(n.id, id);
        assert_int_equal(vendor_calls(w.vendor), 1);
        assert_true(heard(&w, 0, "POST /sms HTTP/1.1\r\n"));
        assert_true(heard(&w, 0, "Authorization: Bearer geheim\r\n"));
        assert_true(heard(&w, 0, id));
        assert_true(heard(&w, 0, "{\"phone\":\"13900001111\",\"text\":\"您好甲，一二三四五六七\"}"));
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 1);
    }
}

// The first of one person fails: the second of theirs waits behind it, others go on.
static void one_person_hears_in_order(void **state)
{
    EACH_WORLD(w)
    {
        agree(&w, 1, 5);
        agree(&w, 2, 5);
        put(&w, (struct putting){.person_id = 1, .word = "first"});
        put(&w, (struct putting){.person_id = 1, .word = "second"});
        put(&w, (struct putting){.person_id = 2, .word = "other"});
        vendor_answer(w.vendor, 200, "", "{\"access_token\":\"T1\",\"expires_in\":7200}");
        vendor_answer(w.vendor, 200, "", "{\"errcode\":-1,\"errmsg\":\"system error\"}");
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 3);
        assert_true(heard(&w, 0, "POST /cgi-bin/stable_token"));
        assert_true(heard(&w, 0, "\"appid\":\"wx123\",\"secret\":\"geheim\""));
        assert_true(heard(&w, 1, "POST /cgi-bin/message/subscribe/send?access_token=T1 "));
        assert_true(heard(&w, 1, "first"));
        assert_true(heard(&w, 2, "other"));
        turn(&w, 31 * SECOND_MS);
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 5);
        assert_true(heard(&w, 3, "first"));
        assert_true(heard(&w, 4, "second"));
        assert_int_equal(agreed(&w, 1), 3); // the repetition used no second consent
    }
}

static void a_wechat_message_has_the_vendors_form(void **state)
{
    EACH_WORLD(w)
    {
        agree(&w, 1, 1);
        put(&w, (struct putting){.person_id = 1, .word = "一二三四五六七八九十一二三四五六七八九十一"});
        run(&w);
        assert_true(heard(&w, 1, "{\"touser\":\"openid-1\",\"template_id\":\"TPL-1\",\"page\":\"pages/request?id="));
        assert_true(heard(&w, 1, "\"thing1\":{\"value\":\"一二三四五六七八九十一二三四五六七八九…\"}"));
        assert_true(heard(&w, 1, "\"phrase2\":{\"value\":\"一二三四五\"}"));
        assert_true(heard(&w, 1, "\"time3\":{\"value\":\"2026-03-02 09:00\"}"));
        assert_true(heard(&w, 1, "\"miniprogram_state\":\"formal\",\"lang\":\"zh_CN\"}"));
    }
}

static void failures_wait_longer_and_longer_and_end(void **state)
{
    EACH_WORLD(w)
    {
        put(&w, (struct putting){.person_id = 5, .word = "甲", .phone = "13900001111"});
        int64_t whole = 30 * SECOND_MS, made_ms = w.c->now_ms;
        for (int i = 1; w.c->now_ms < made_ms + 11 * HOUR_MS; i++) {
            vendor_answer(w.vendor, 503, "", "");
            run(&w);
            struct notice n = newest(&w, 5);
            assert_int_equal(n.state, NOTICE_WAITING);
            assert_int_equal(n.attempts, i);
            int64_t wait = n.not_before_ms - w.c->now_ms;
            assert_true(wait >= whole / 2 && wait <= whole);
            run(&w); // too early
            assert_int_equal(newest(&w, 5).attempts, i);
            turn(&w, wait < 5 * MINUTE_MS ? 5 * MINUTE_MS : wait); // the channel rests five minutes at most
            whole = whole * 2 < HOUR_MS ? whole * 2 : HOUR_MS;
        }
        assert_true(str_equal_z(newest(&w, 5).error, "http 503"));
        turn(&w, 72 * HOUR_MS);
        run(&w);
        assert_int_equal(newest(&w, 5).state, NOTICE_DEAD);
        assert_true(str_equal_z(newest(&w, 5).error, "expired"));
    }
}

static void the_night_is_quiet_but_for_what_is_urgent(void **state)
{
    EACH_WORLD(w)
    {
        turn(&w, 12 * HOUR_MS - MINUTE_MS); // 20:59
        put(&w, (struct putting){.person_id = 5, .word = "evening", .phone = "13900001111"});
        turn(&w, 2 * MINUTE_MS); // and the server was busy until 21:01
        put(&w, (struct putting){.person_id = 5, .word = "night", .phone = "13900001111"});
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 0);
        put(&w, (struct putting){.person_id = 5, .word = "fire", .phone = "13900001111", .urgent = true});
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 1);
        assert_true(heard(&w, 0, "fire"));
        turn(&w, 11 * HOUR_MS - 2 * MINUTE_MS); // 07:59
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 1);
        turn(&w, MINUTE_MS);
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 3);
        assert_true(heard(&w, 1, "evening"));
        assert_true(heard(&w, 2, "night"));
    }
}

static void one_consent_is_one_message(void **state)
{
    EACH_WORLD(w)
    {
        put(&w, (struct putting){.person_id = 1, .word = "unasked"});
        assert_int_equal(newest(&w, 1).state, -1); // nobody agreed: not even a row
        agree(&w, 1, 1);
        put(&w, (struct putting){.person_id = 1, .word = "first"});
        put(&w, (struct putting){.person_id = 1, .word = "second"});
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 2); // a token and one message
        assert_int_equal(newest(&w, 1).state, NOTICE_DROPPED);
        assert_true(str_equal_z(newest(&w, 1).error, "no_consent"));
        assert_int_equal(agreed(&w, 1), 0);
        // A message that WeChat refuses for its form used up nothing; a person who does not want it has no count left.
        agree(&w, 1, 2);
        put(&w, (struct putting){.person_id = 1, .word = "third"});
        vendor_answer(w.vendor, 200, "", "{\"errcode\":47003,\"errmsg\":\"argument invalid\"}");
        run(&w);
        assert_int_equal(newest(&w, 1).state, NOTICE_DEAD);
        assert_int_equal(agreed(&w, 1), 2);
        put(&w, (struct putting){.person_id = 1, .word = "fourth"});
        vendor_answer(w.vendor, 200, "", "{\"errcode\":43101,\"errmsg\":\"user refuse to accept the msg\"}");
        run(&w);
        assert_int_equal(newest(&w, 1).state, NOTICE_DROPPED);
        assert_int_equal(agreed(&w, 1), 0);
    }
}

static void a_refused_token_is_fetched_again_once(void **state)
{
    EACH_WORLD(w)
    {
        agree(&w, 1, 2);
        put(&w, (struct putting){.person_id = 1, .word = "first"});
        vendor_answer(w.vendor, 200, "", "{\"access_token\":\"OLD\",\"expires_in\":7200}");
        vendor_answer(w.vendor, 200, "", "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}");
        vendor_answer(w.vendor, 200, "", "{\"access_token\":\"OLD\",\"expires_in\":7100}");
        vendor_answer(w.vendor, 200, "", "{\"access_token\":\"NEW\",\"expires_in\":7200}");
        run(&w);
        assert_int_equal(newest(&w, 1).state, NOTICE_SENT);
        assert_true(heard(&w, 2, "\"force_refresh\":false"));
        assert_true(heard(&w, 3, "\"force_refresh\":true"));
        assert_true(heard(&w, 4, "access_token=NEW "));
        put(&w, (struct putting){.person_id = 1, .word = "second"});
        run(&w);
        assert_true(heard(&w, 5, "access_token=NEW ")); // kept
        turn(&w, 7200 * SECOND_MS - 5 * MINUTE_MS);
        agree(&w, 1, 2);
        put(&w, (struct putting){.person_id = 1, .word = "third"});
        vendor_answer(w.vendor, 200, "", "{\"errcode\":40164,\"errmsg\":\"invalid ip\"}");
        run(&w);
        struct notice n = newest(&w, 1);
        assert_int_equal(n.state, NOTICE_WAITING); // not the message's fault
        assert_int_equal(n.attempts, 0);
        assert_true(str_equal_z(n.error, "errcode 40164"));
    }
}

static void a_robot_keeps_its_pace(void **state)
{
    EACH_WORLD(w)
    {
        struct notice_robot robot = add_robot(&w, w.district);
        for (int i = 0; i < 30; i++)
            put(&w, (struct putting){.place_id = w.building, .word = i % 2 ? "[x](y)" : "甲"});
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), NOTICE_PACE_BURST);
        assert_true(heard(&w, 0, "POST /cgi-bin/webhook/send?key=key-000000000000 "));
        assert_true(heard(&w, 0, "{\"msgtype\":\"markdown\",\"markdown\":{\"content\":\"您好甲"));
        assert_false(heard(&w, 1, "[x]")); // a name is no markup
        for (int i = 0; i < 60; i++) {
            turn(&w, SECOND_MS);
            run(&w);
        }
        size_t in_a_minute = vendor_calls(w.vendor);
        assert_true(in_a_minute <= 20 && in_a_minute >= 16);
        // WeCom itself says that it is too much: a minute's rest, no try counted, nothing lost.
        vendor_answer(w.vendor, 200, "", "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}");
        turn(&w, 6 * SECOND_MS);
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), in_a_minute + 1);
        turn(&w, 59 * SECOND_MS);
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), in_a_minute + 1);
        for (int i = 0; i < 40; i++) {
            turn(&w, 7 * SECOND_MS);
            run(&w);
        }
        assert_int_equal(vendor_calls(w.vendor), 31);
        look_at_robot(&w, &robot);
        assert_int_equal(robot.error.n, 0);
    }
}

static void a_robot_that_left_the_group_gets_no_more(void **state)
{
    EACH_WORLD(w)
    {
        struct notice_robot near = add_robot(&w, w.building);
        put(&w, (struct putting){.place_id = w.building, .word = "lost"});
        vendor_answer(w.vendor, 200, "", "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}");
        run(&w);
        look_at_robot(&w, &near);
        assert_true(str_equal_z(near.error, "errcode 93000"));
        put(&w, (struct putting){.place_id = w.building, .word = "nobody"}); // no other robot: no row
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 1);
        add_robot(&w, w.district);
        put(&w, (struct putting){.place_id = w.building, .word = "above"});
        run(&w);
        assert_true(heard(&w, 1, "above"));
        // The administrator tries the broken one: it is in order again.
        put(&w, (struct putting){.robot = &near, .word = "test", .urgent = true});
        run(&w);
        look_at_robot(&w, &near);
        assert_int_equal(near.error.n, 0);
    }
}

static enum err take_and_die(struct ctx *c, void *arg)
{
    struct notice before = *(const struct notice *)arg, n = before;
    n.state = NOTICE_SENDING;
    n.attempts = 1;
    n.not_before_ms = c->now_ms + MINUTE_MS;
    return db_exec(c, &sql_notice_save,
                   ARGS(ARG_TEXT("old_state", STR("waiting")), ARG_INT("old_attempts", 0), ARG_ROW(&notice_record, &n)),
                   NULL);
}

static void what_a_dead_process_had_in_hand_goes_out_under_the_same_id(void **state)
{
    EACH_WORLD(w)
    {
        char id[ID_TEXT_LENGTH + 1];
        put(&w, (struct putting){.person_id = 5, .word = "甲", .phone = "13900001111"});
        struct notice n = newest(&w, 5);
        id_format(n.id, id);
        expect_ok(w.c, store_write(w.c, take_and_die, &n));
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 0); // it may still be on its way
        turn(&w, MINUTE_MS);
        run(&w);
        assert_int_equal(vendor_calls(w.vendor), 1);
        assert_true(heard(&w, 0, id));
        assert_int_equal(newest(&w, 5).state, NOTICE_SENT);
        assert_int_equal(newest(&w, 5).attempts, 2);
    }
}

static int state_after(const struct notice_code *code)
{
    switch (code->verdict) {
    case VERDICT_SENT:
        return NOTICE_SENT;
    case VERDICT_DEAD:
    case VERDICT_BROKEN:
        return NOTICE_DEAD;
    case VERDICT_NO_CONSENT:
        return NOTICE_DROPPED;
    case VERDICT_AGAIN:
    case VERDICT_WAY_FAILED:
    case VERDICT_PAUSE:
    case VERDICT_TOKEN:
        break;
    }
    return NOTICE_WAITING;
}

// Every code of the table, and one that nobody knows. Whatever WeChat says: never a message lost without a word.
static void each_code_of_wechat_has_its_end(void **state)
{
    EACH_WORLD(w)
    {
        static char body[64];
        for (const struct notice_code *code = notice_wechat_codes;; code++) {
            vendor_forget(w.vendor);
            turn(&w, DAY_MS); // pauses are over, it is nine again
            agree(&w, 1, 1);
            put(&w, (struct putting){.person_id = 1, .word = "x"});
            snprintf(body, sizeof body, "{\"errcode\":%lld,\"errmsg\":\"x\"}",
                     (long long)(code->zh ? code->code : 99999));
            vendor_answer(w.vendor, 200, "", "{\"access_token\":\"A\",\"expires_in\":7200}");
            vendor_answer(w.vendor, 200, "", body);
            vendor_answer(w.vendor, 200, "", "{\"access_token\":\"B\",\"expires_in\":7200}"); // if asked again
            vendor_answer(w.vendor, 200, "", body);
            run(&w);
            struct notice n = newest(&w, 1);
            if (n.state != state_after(code))
                fail_msg("errcode %lld: %s", (long long)code->code, notice_state_names[n.state]);
            if (n.open) // leaves the lane for the next
                turn(&w, 4 * DAY_MS), run(&w);
            if (!code->zh)
                break;
        }
    }
}

static void each_code_of_wecom_has_its_end(void **state)
{
    EACH_WORLD(w)
    {
        static char body[64];
        for (const struct notice_code *code = notice_wecom_codes;; code++) {
            vendor_forget(w.vendor);
            turn(&w, DAY_MS);
            struct notice_robot robot = add_robot(&w, INT64_C(1000) + (code - notice_wecom_codes));
            put(&w, (struct putting){.robot = &robot, .word = "x"});
            snprintf(body, sizeof body, "{\"errcode\":%lld,\"errmsg\":\"x\"}",
                     (long long)(code->zh ? code->code : 99999));
            vendor_answer(w.vendor, 200, "", body);
            run(&w);
            assert_int_equal(vendor_calls(w.vendor), 1);
            turn(&w, 10 * MINUTE_MS);
            run(&w);
            bool again = state_after(code) == NOTICE_WAITING;
            assert_int_equal(vendor_calls(w.vendor), again ? 2 : 1);
            look_at_robot(&w, &robot);
            assert_int_equal(robot.error.n > 0, code->verdict == VERDICT_BROKEN);
            if (!code->zh)
                break;
        }
    }
}

static void a_broken_answer_rests_the_channel_and_loses_nothing(void **state)
{
    static const struct {
        int status;
        const char *headers, *body, *error;
        int state;
    } cases[] = {
        {200, "", "not json", "malformed", NOTICE_WAITING},
        {200, "", "[]", "malformed", NOTICE_WAITING},
        {200, "", "{\"errcode\":\"0\"}", "malformed", NOTICE_WAITING},
        {200, "", "", "malformed", NOTICE_WAITING},
        {500, "", "{}", "http 500", NOTICE_WAITING},
        {503, "Retry-After: 120\r\n", "", "http 503", NOTICE_WAITING},
        {429, "Retry-After: 90\r\n", "", "http 429", NOTICE_WAITING},
        {404, "", "", "http 404", NOTICE_WAITING},
        {302, "Location: http://127.0.0.1:1/\r\n", "", "http 302", NOTICE_WAITING},
        {400, "", "", "http 400", NOTICE_DEAD},
        {0, "", "", "network", NOTICE_WAITING},
    };
    EACH_WORLD(w)
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            vendor_forget(w.vendor);
            turn(&w, DAY_MS);
            agree(&w, 1, 1);
            put(&w, (struct putting){.person_id = 1, .word = "x"});
            vendor_answer(w.vendor, 200, "", "{\"access_token\":\"A\",\"expires_in\":7200}");
            vendor_answer(w.vendor, cases[i].status, cases[i].headers, cases[i].body);
            run(&w);
            struct notice n = newest(&w, 1);
            if (n.state != cases[i].state || !str_equal_z(n.error, cases[i].error))
                fail_msg("case %zu: %s, %.*s", i, notice_state_names[n.state], STR_ARG(n.error));
            run(&w);
            assert_int_equal(vendor_calls(w.vendor), 2); // at rest
            assert_int_equal(wanted(&w), false);
            turn(&w, HOUR_MS);
            run(&w);
            if (n.open)
                assert_int_equal(newest(&w, 1).state, NOTICE_SENT);
        }
    }
}

static void nobody_there_is_no_loss(void **state)
{
    EACH_WORLD(w)
    {
        static const char nowhere[] = "http://127.0.0.1:1/sms";
        w.config.sms_url = nowhere;
        put(&w, (struct putting){.person_id = 5, .word = "甲", .phone = "13900001111"});
        run(&w);
        assert_true(str_equal_z(newest(&w, 5).error, "refused"));
        w.config.sms_url = w.sms_url;
        turn(&w, MINUTE_MS);
        run(&w);
        assert_int_equal(newest(&w, 5).state, NOTICE_SENT);
    }
}

static void old_notices_are_erased(void **state)
{
    EACH_WORLD(w)
    {
        struct rows rows;
        put(&w, (struct putting){.person_id = 5, .word = "old", .phone = "13900001111"});
        turn(&w, 89 * DAY_MS);
        put(&w, (struct putting){.person_id = 5, .word = "new"});
        expect_ok(w.c, notice_jobs[1].run(w.c));
        notices_of(&w, 5, &rows);
        assert_int_equal(rows.count, 3);
        turn(&w, 2 * DAY_MS);
        expect_ok(w.c, notice_jobs[1].run(w.c));
        notices_of(&w, 5, &rows);
        assert_int_equal(rows.count, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_and_tables_fit),
        cmocka_unit_test(a_text_message_goes_out_with_key_id_and_text),
        cmocka_unit_test(one_person_hears_in_order),
        cmocka_unit_test(a_wechat_message_has_the_vendors_form),
        cmocka_unit_test(failures_wait_longer_and_longer_and_end),
        cmocka_unit_test(the_night_is_quiet_but_for_what_is_urgent),
        cmocka_unit_test(one_consent_is_one_message),
        cmocka_unit_test(a_refused_token_is_fetched_again_once),
        cmocka_unit_test(a_robot_keeps_its_pace),
        cmocka_unit_test(a_robot_that_left_the_group_gets_no_more),
        cmocka_unit_test(what_a_dead_process_had_in_hand_goes_out_under_the_same_id),
        cmocka_unit_test(each_code_of_wechat_has_its_end),
        cmocka_unit_test(each_code_of_wecom_has_its_end),
        cmocka_unit_test(a_broken_answer_rests_the_channel_and_loses_nothing),
        cmocka_unit_test(nobody_there_is_no_loss),
        cmocka_unit_test(old_notices_are_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
