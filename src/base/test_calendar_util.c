// SPDX-License-Identifier: MulanPSL-2.0
#include "base/test_calendar_util.h"

#include "base/buf.h"

#define CALENDARS 400

int64_t made_first_day(void)
{
    return day_from_date(2025, 1, 1);
}

static void add_day(struct buf *text, const char *verb, int64_t day)
{
    int year;
    int month;
    int in_month;
    day_to_date(day, &year, &month, &in_month);
    buf_addf(text, "%s %04d-%02d-%02d\n", verb, year, month, in_month);
}

static void write_calendar(const struct made_calendar *made, struct buf *text)
{
    int64_t zone = made->zone_ms < 0 ? -made->zone_ms : made->zone_ms;
    buf_addf(text, "version test\nzone %c%02d:%02d\nhours", made->zone_ms < 0 ? '-' : '+', (int)(zone / HOUR_MS),
             (int)(zone / MINUTE_MS % 60));
    for (size_t i = 0; i < made->hours_count; i++)
        buf_addf(text, " %02d:%02d-%02d:%02d", made->hours[i].from / 60, made->hours[i].from % 60,
                 made->hours[i].to / 60, made->hours[i].to % 60);
    buf_addf(text, "\nyear 2025\n");
    for (size_t i = 0; i < made->off_count; i++)
        add_day(text, "holiday", made->off[i]);
    for (size_t i = 0; i < made->moved_count; i++)
        add_day(text, "workday", made->moved[i]);
}

void made_build(struct made_calendar *made)
{
    struct ctx c = test_ctx(NULL);
    struct buf text;
    buf_init(&text, 100000);
    write_calendar(made, &text);
    assert_int_equal(calendar_parse(&c, buf_str(&text), &made->calendar), OK);
    buf_free(&text);
    arena_free(c.arena);
}

static char listed_as(const struct made_calendar *made, int64_t day)
{
    int64_t index = day - made_first_day();
    return index >= 0 && index < MADE_DAYS ? made->listed[index] : 0;
}

static void list_as(struct made_calendar *made, int64_t day, char what)
{
    made->listed[day - made_first_day()] = what;
    if (what == 'o')
        made->off[made->off_count++] = day;
    else
        made->moved[made->moved_count++] = day;
}

static bool is_weekend(int64_t day)
{
    return (day + 3) % 7 >= 5;
}

void made_list_day(struct made_calendar *made, int64_t day)
{
    list_as(made, day, is_weekend(day) ? 'm' : 'o');
}

struct made_calendar made_random(struct random *random)
{
    struct made_calendar made = {.zone_ms = random_between(random, -28, 28) * 30 * MINUTE_MS};
    made.hours_count = (size_t)random_between(random, 1, 3);
    int minute = (int)random_between(random, 0, 600);
    for (size_t i = 0; i < made.hours_count; i++) {
        made.hours[i].from = minute;
        made.hours[i].to = minute + (int)random_between(random, 1, 240);
        minute = made.hours[i].to + (int)random_between(random, 1, 30);
    }
    int64_t many = random_between(random, 0, MADE_LISTED_MAX);
    for (int64_t i = 0; i < many; i++) {
        int64_t day = made_first_day() + random_between(random, 0, MADE_DAYS - 1);
        if (!listed_as(&made, day))
            list_as(&made, day, random_next(random) % 3 ? 'o' : 'm'); // what changes nothing is listed too
    }
    made_build(&made);
    return made;
}

bool made_works_on(const struct made_calendar *made, int64_t day)
{
    return listed_as(made, day) == (is_weekend(day) ? 'm' : 'o') ? is_weekend(day) : !is_weekend(day);
}

bool made_working(const struct made_calendar *made, int64_t at_ms)
{
    int64_t local = at_ms + made->zone_ms;
    if (!made_works_on(made, local / DAY_MS))
        return false;
    for (size_t i = 0; i < made->hours_count; i++)
        if (local % DAY_MS >= made->hours[i].from * MINUTE_MS && local % DAY_MS < made->hours[i].to * MINUTE_MS)
            return true;
    return false;
}

int64_t made_next_working(const struct made_calendar *made, int64_t at_ms)
{
    int64_t local = at_ms + made->zone_ms;
    for (int64_t day = local / DAY_MS;; day++) {
        for (size_t i = 0; i < made->hours_count && made_works_on(made, day); i++) {
            int64_t from = day * DAY_MS + made->hours[i].from * MINUTE_MS;
            if (day * DAY_MS + made->hours[i].to * MINUTE_MS > local)
                return (from > local ? from : local) - made->zone_ms;
        }
    }
}

int64_t made_instant(struct random *random, int64_t days)
{
    int64_t at = made_first_day() * DAY_MS + random_between(random, 0, days * DAY_MS);
    return random_next(random) % 2 ? at - at % (10 * MINUTE_MS) : at;
}

void made_for_many(made_check *check, int64_t usual)
{
    struct random random = test_random();
    int64_t cases = test_cases(usual), each = cases / CALENDARS + 1, tried = 0;
    for (int64_t done = 0; done < cases;) {
        struct made_calendar made = made_random(&random);
        for (int64_t k = 0; k < each; k++, tried++)
            done += check(&random, &made);
        calendar_free(made.calendar);
        if (tried > 1000 * cases)
            fail_msg("only %lld cases in %lld tries", (long long)done, (long long)tried);
    }
    print_message("%lld cases or more\n", (long long)cases);
}
