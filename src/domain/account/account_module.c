// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/log.h"

// --- what time does ------------------------------------------------------------------------------------------------
static enum err tidy_run(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(db_exec(c, &sql_auth_code_tidy, ARGS(ARG_INT("before_ms", c->now_ms - DAY_MS)), NULL));
    TRY(db_exec(c, &sql_failure_tidy, ARGS(ARG_INT("before_ms", c->now_ms - DAY_MS)), NULL));
    return db_exec(c, &sql_session_tidy, ARGS(ARG_INT("before_ms", c->now_ms - 30 * DAY_MS)), NULL);
}

static enum err tidy(struct ctx *c)
{
    return store_write(c, tidy_run, NULL);
}

// GB/T 22239-2019 8.1.4.2: superfluous and expired accounts are disabled in time.
static enum err disable_unused_run(struct ctx *c, void *arg)
{
    int64_t *ret_count = arg;
    struct rows rows;
    TRY(db_list(c, &sql_staff_unused, ARGS(ARG_INT("before_ms", c->now_ms - UNUSED_AGE_MS)), &person_record, 100,
                &rows));
    *ret_count = (int64_t)rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct person *person = (struct person *)rows.at + i;
        person->disabled = true;
        TRY(person_save(c, person));
        TRY(session_end_others(c, person->id, 0));
        TRY(event_append(c, "person", person->id, "account.disabled", STR("{\"why\":\"unused\"}"), NULL));
    }
    return OK;
}

static enum err disable_unused(struct ctx *c)
{
    int64_t count = 0;
    TRY(store_write(c, disable_unused_run, &count));
    if (count)
        log_info("account: disabled %lld accounts unused for 90 days", (long long)count);
    return OK;
}

const struct job account_jobs[] = {
    {"account.tidy", HOUR_MS, tidy}, {"account.disable_unused", DAY_MS, disable_unused}, {NULL, 0, NULL}};

// --- subjects ------------------------------------------------------------------------------------------------------
static enum err person_topics(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    (void)c;
    *ret_count = max ? 1 : 0;
    if (max)
        ret_topics[0] = subject_id;
    return OK;
}

static enum err person_may_read(struct ctx *c, int64_t subject_id)
{
    bool self = c->actor.kind == ACTOR_PERSON && c->actor.person_id == subject_id;
    return self || c->actor.roles & ROLES_ADMIN ? OK : fail(c, ERR_NOT_FOUND, "account.no_such_person");
}

static const struct event_subject subjects[] = {{"person", person_topics, person_may_read}, {NULL, NULL, NULL}};

const struct message account_messages[] = {
    {"account.no_such_person", "没有这个人", "There is no such person"},
    {"account.no_such_grant", "没有这项授权", "There is no such grant"},
    {"account.no_such_consent", "没有同意过这一版告知", "This notice was not agreed to"},
    {"account.taken", "已被使用", "It is in use already"},
    {"account.stale", "资料已被修改，请刷新后再试", "It was changed meanwhile: load it again"},
    {"account.bad_phone", "请填写 11 位手机号", "Please give a mobile number of 11 digits"},
    {"account.bad_login", "登录名为 3 至 32 位小写字母、数字或 . _ -", "A login has 3 to 32 of a-z 0-9 . _ -"},
    {"account.bad_home", "住址应是在用的楼栋、单元或户", "Home is a building, entrance or household in use"},
    {"account.consent_needed", "请先阅读并同意个人信息处理告知", "Please read and agree to the notice first"},
    {"account.code_wrong", "验证码不对", "The code is not right"},
    {"account.code_over", "验证码已失效，请重新获取", "The code is no longer good: ask for a new one"},
    {"account.too_often", "操作太频繁，请稍后再试", "Too often: please wait a little"},
    {"account.wrong_login", "登录名、密码或动态码不对", "Login, password or code is not right"},
    {"account.totp_needed", "请填写动态验证码", "The code of your authenticator app is needed as well"},
    {"account.locked", "连续失败次数过多，账号已锁定 15 分钟", "Too many failures: locked for 15 minutes"},
    {"account.disabled", "账号已停用", "The account is disabled"},
    {"account.password_expired", "密码已到期，请先修改密码", "The password has expired: change it first"},
    {"account.password_short", "密码至少 10 个字符", "A password has at least ten characters"},
    {"account.password_too_long", "密码太长", "The password is too long"},
    {"account.password_common", "密码太常见或含有登录名", "The password is too common or contains the login"},
    {"account.password_same", "新密码不能与旧密码相同", "The new password is the old one"},
    {"account.password_wrong", "原密码不对", "The old password is not right"},
    {"account.no_password", "居民账号没有密码", "Residents have no password"},
    {"account.separate_admins", "系统、安全、审计管理员须由不同的人担任，且不能兼任办事岗位",
     "The three administrators are three people, and hold no other post"},
    {"account.not_an_admin", "管理员账号不能由其他管理员停用或重置：先收回授权，或在服务器上用命令重置",
     "An administrator's account is not disabled or reset by another: take the role back first, or reset it on the "
     "machine with linli admin --reset"},
    {"account.admins_only", "只适用于管理员账号", "Only for accounts of administrators"},
    {"account.role_by_post", "这个角色由岗位带来，请任命岗位", "This role comes with a post: appoint to one"},
    {"account.staff_only", "只适用于工作人员账号", "Only for staff accounts"},
    {"account.granted_already", "已经有这项授权", "It is granted already"},
    {"account.not_yourself", "不能对自己操作", "Not to yourself"},
    {"account.nothing_to_change", "没有要修改的内容", "Nothing to change was sent"},
    {"account.holds_post", "您还担任岗位，请先办理交接", "You hold a post: hand it over first"},
    {NULL, NULL, NULL},
};

static const struct record *const records[] = {
    &person_record, &session_record, &auth_code_record, &failure_record, &consent_record, &account_grant_record, NULL};

static const struct route *const more_routes[] = {me_routes,   people_routes, grant_routes,
                                                  post_routes, audit_routes,  NULL};

const struct module account_module = {
    .name = "account",
    .store = {.module = "account",
              .statements = account_statements,
              .migrations = account_migrations,
              .records = records},
    .routes = auth_routes,
    .more_routes = more_routes,
    .jobs = account_jobs,
    .messages = account_messages,
    .subjects = subjects,
    .personal_write = account_personal_write,
    .personal_erase = account_personal_erase,
};
