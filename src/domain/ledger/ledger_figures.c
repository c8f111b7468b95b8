// SPDX-License-Identifier: MulanPSL-2.0
// Every figure, defined once: API, pages (口径), CSV and docs/ledger.md are made from this table. Source of the three
// rates and of the city bulletins' figures: requests.md section 3 of the project's reference; where it leaves open what
// puts a case into a period, the choice is ours and stands here. Days are those of the calendar's zone.
#include "domain/ledger/ledger.h"

#define COUNTER_NAME(name) #name,
const char *const ledger_counter_names[] = {LEDGER_COUNTERS(COUNTER_NAME) NULL};
const char *const ledger_by_names[] = {"all", "item", "unit", "grid", "community", "subdistrict", "district", NULL};
const char *const ledger_per_names[] = {"total", "day", "week", "month", NULL};

#define UNIT_FIRST_ZH "；归首次派给的单位"
#define UNIT_FIRST_EN "; in the name of the unit it was first sent to"
#define UNIT_NOW_ZH "；归当时承办的单位"
#define UNIT_NOW_EN "; in the name of the unit that had it then"

const struct ledger_figure ledger_figures[] = {
    {"filed", "立案数", "Filed", FIGURE_COUNT, COUNT_filed, COUNT_NONE, "首次立案之日", "Day of the first filing",
     "受理立案的诉求件数，一件只计一次；在别处已办结后导入的不计" UNIT_FIRST_ZH "。",
     "Requests filed, each once; those that were imported closed are not counted" UNIT_FIRST_EN "."},
    {"response", "响应率", "Response rate", FIGURE_SHARE, COUNT_responded, COUNT_sent, "首次派单之日",
     "Day on which it was first sent out",
     "派出的诉求中，在响应时限（C2）内既签收又联系到居民的比例。只看第一次答复；没有联系过居民就办结的，不算按时响"
     "应" UNIT_FIRST_ZH "。",
     "Of the requests sent out, those that were signed for and whose reporter was spoken to, both within the limit of "
     "clock C2. Only the first answer is judged; work finished without a word to the reporter is no answer "
     "in time" UNIT_FIRST_EN "."},
    {"resolution", "解决率", "Resolution rate", FIGURE_SHARE, COUNT_solved, COUNT_callbacks, "居民答复之日",
     "Day of the answer",
     "有效回访中，回答“办好了”的比例。有效回访是居民本人或回访员代为记录的“办好了”或“还没办好”；到期无人答复自动结案的"
     "不是有"
     "效回访。一件可有多次" UNIT_NOW_ZH "。",
     "Of the valid callbacks, those that answered \"it is done\". A valid callback is a yes or a no, by the reporter "
     "or "
     "written down by who rang up; a case closed by the clock because nobody answered is none. A case may have "
     "several" UNIT_NOW_EN "."},
    {"satisfaction", "满意率", "Satisfaction rate", FIGURE_SHARE, COUNT_satisfied, COUNT_callbacks, "居民答复之日",
     "Day of the answer",
     "有效回访中，回答“办好了”并评为满意或基本满意（3 至 5 分）的比例；没有评分的不算满意" UNIT_NOW_ZH "。",
     "Of the valid callbacks, those that answered yes and then rated 3 to 5 of 5; whoever gave no rating is not "
     "counted "
     "as satisfied" UNIT_NOW_EN "."},
    {"composite", "三率综合", "Composite", FIGURE_COMPOSITE, COUNT_NONE, COUNT_NONE, "同三率", "As of the three rates",
     "响应率、解决率、满意率按权重相加，权重可设，默认 30、35、35；三率有一项没有分母就不计。",
     "Response, resolution and satisfaction by weight, 30, 35 and 35 unless set otherwise; none when one of the three "
     "has no denominator."},
    {"dispatch", "按时派单率", "Sent out in time", FIGURE_SHARE, COUNT_sent_in_time, COUNT_sent, "首次派单之日",
     "Day on which it was first sent out", "派出的诉求中，在派单时限（C1）内派出的比例" UNIT_FIRST_ZH "。",
     "Of the requests sent out, those sent within the limit of clock C1" UNIT_FIRST_EN "."},
    {"due", "应结案数", "Due", FIGURE_COUNT, COUNT_due, COUNT_NONE, "办结时限（C3）届满之日",
     "Day on which the limit of clock C3 ends",
     "时限在期内届满的案件；延期或挂账后按新的时限。撤回、不予受理、并案的不计；结案后重新打开的另计一件" UNIT_NOW_ZH
     "。",
     "Cases whose limit ends in the period, as extensions and holds have moved it. Withdrawn, refused and joined ones "
     "are not counted; one that was closed and opened again counts anew" UNIT_NOW_EN "."},
    {"closing", "结案率", "Closing rate", FIGURE_SHARE, COUNT_closed, COUNT_due, "办结时限（C3）届满之日",
     "Day on which the limit of clock C3 ends",
     "应结案件中已结案的比例：居民确认、到期无人答复、解释说明或非职责结案" UNIT_NOW_ZH "。",
     "Of the cases due, those closed: confirmed, not answered in time, explained, or not our duty" UNIT_NOW_EN "."},
    {"closing_in_time", "按期结案率", "Closed in time", FIGURE_SHARE, COUNT_closed_in_time, COUNT_due,
     "办结时限（C3）届满之日", "Day on which the limit of clock C3 ends",
     "应结案件中已结案、且使其结案的那次办结不晚于时限的比例；以后重新打开不改判" UNIT_NOW_ZH "。",
     "Of the cases due, those closed by a finish that was not after the limit; opening it again later does not judge "
     "this anew" UNIT_NOW_EN "."},
    {"rework", "返工率", "Rework rate", FIGURE_SHARE, COUNT_reworked, COUNT_finished, "办结之日", "Day of the finish",
     "报办结的次数中，被核查退回或被居民否认的比例" UNIT_NOW_ZH "。",
     "Of the times that work was called finished, those sent back by the check or denied by the resident" UNIT_NOW_EN
     "."},
    {"extension", "延期率", "Extension rate", FIGURE_SHARE, COUNT_extended, COUNT_filed, "首次立案之日",
     "Day of the first filing", "立案的诉求中，获准延期过的比例，一件只计一次" UNIT_FIRST_ZH "。",
     "Of the requests filed, those given more time at least once" UNIT_FIRST_EN "."},
    {"returns", "退单数", "Sent back", FIGURE_COUNT, COUNT_returned, COUNT_NONE, "退回之日", "Day it was sent back",
     "单位签收前退回的次数；归退回的单位。",
     "How often a unit sent one back before signing; in the name of that unit."},
    {"deeds", "办成的事", "Deeds", FIGURE_COUNT, COUNT_deeds, COUNT_NONE, "居民确认之日", "Day of the confirmation",
     "居民本人（或经回访）确认办好的诉求；重新打开的减去，无人答复自动结案的不算" UNIT_NOW_ZH "。",
     "Requests whose reporter said, unasked or when rung up, that it was done; taken off when opened again; those "
     "closed "
     "by the clock are none" UNIT_NOW_EN "."},
    {"lapsed", "无人答复结案", "Closed unanswered", FIGURE_COUNT, COUNT_lapsed, COUNT_NONE, "自动结案之日",
     "Day it was closed", "七天内无人回答是否办好而自动结案的件数，不是有效回访" UNIT_NOW_ZH "。",
     "Closed by the clock because nobody said within seven days whether it was done; no valid callback" UNIT_NOW_EN
     "."},
    {"recheck", "抽查属实率", "Upheld when checked again", FIGURE_SHARE, COUNT_upheld, COUNT_rechecked, "抽查之日",
     "Day of the check",
     "按公开种子随机抽查的已解决诉求中，由未经手的人回访或上门查看，确实解决的比例；联系不上的不计；归办结时承办的单位"
     "。",
     "Of the requests closed as solved that were drawn by a published seed and checked again by somebody who had no "
     "part "
     "in them, those found solved; whoever could not be reached is not counted; in the name of the unit that had it "
     "when "
     "it was closed."},
    {"recheck_unreached", "抽查未联系上", "Not reached when checked again", FIGURE_COUNT, COUNT_unreached, COUNT_NONE,
     "抽查之日", "Day of the check", "抽查时联系不上居民、也无法上门查看的件数；归办结时承办的单位。",
     "Drawn, but nobody could be reached and nothing be seen; in the name of the unit that had it when it was closed."},
    {"excluded", "剔除数", "Left out", FIGURE_COUNT, COUNT_excluded, COUNT_NONE, "首次立案之日",
     "Day of the first filing",
     "经他人批准、从净值中剔除的诉求；原值照计，净值中为零。理由和批准人见退单与剔除台账" UNIT_FIRST_ZH "。",
     "Requests left out of the net figures with somebody else's approval; the raw ones count them, the net ones none. "
     "Reason and approver: the list of returns and exclusions" UNIT_FIRST_EN "."},
    {0},
};

bool ledger_fraction(const struct ledger_figure *figure, const int64_t n[LEDGER_COUNTER_COUNT], int64_t *ret_numerator,
                     int64_t *ret_denominator)
{
    if (figure->kind == FIGURE_COMPOSITE)
        return false;
    *ret_numerator = n[figure->numerator];
    *ret_denominator = figure->kind == FIGURE_SHARE ? n[figure->denominator] : 0;
    return true;
}

static int64_t composite(const int64_t *n, const struct ledger_weights *weights)
{
    static const enum ledger_counter parts[3][2] = {
        {COUNT_responded, COUNT_sent}, {COUNT_solved, COUNT_callbacks}, {COUNT_satisfied, COUNT_callbacks}};
    int64_t sum = 0;
    for (size_t i = 0; i < 3; i++) {
        if (n[parts[i][1]] <= 0)
            return -1;
        sum += weights->at[i] * 10000 * n[parts[i][0]] / n[parts[i][1]];
    }
    return sum;
}

int64_t ledger_value(const struct ledger_figure *figure, const int64_t n[LEDGER_COUNTER_COUNT],
                     const struct ledger_weights *weights)
{
    int64_t numerator, denominator;
    if (!ledger_fraction(figure, n, &numerator, &denominator))
        return composite(n, weights);
    return figure->kind == FIGURE_SHARE && denominator > 0 ? numerator * 1000000 / denominator : -1;
}

bool ledger_weights_parse(struct str text, struct ledger_weights *ret_weights)
{
    int64_t sum = 0;
    for (size_t i = 0; i < 3; i++) {
        struct str one = str_cut(&text, '-');
        if (!one.n || !str_to_int64(one, &ret_weights->at[i]) || ret_weights->at[i] < 0 || ret_weights->at[i] > 100)
            return false;
        sum += ret_weights->at[i];
    }
    return sum == 100 && text.n == 0;
}
