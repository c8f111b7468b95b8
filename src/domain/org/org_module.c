// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/org/org_internal.h"
#include "org_sql.h"

static enum err post_topics(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct post post;
    TRY(post_get(c, subject_id, &post));
    *ret_count = 0;
    if (max > 1) {
        ret_topics[(*ret_count)++] = post.id;
        ret_topics[(*ret_count)++] = post.place_id;
    }
    return OK;
}

static enum err org_topics(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct org org;
    TRY(org_get(c, subject_id, &org));
    *ret_count = 0;
    if (max)
        ret_topics[(*ret_count)++] = org.place_id;
    return OK;
}

// Who holds which post is for those who work here.
static enum err may_read(struct ctx *c, int64_t subject_id)
{
    (void)subject_id;
    return c->actor.roles & (ROLES_STAFF | ROLES_ADMIN) ? OK : fail(c, ERR_NOT_FOUND, "org.unknown");
}

static const struct event_subject subjects[] = {
    {"post", post_topics, may_read}, {"org", org_topics, may_read}, {NULL, NULL, NULL}};

const struct message org_messages[] = {
    {"org.unknown", "没有这个组织", "There is no such organisation"},
    {"org.closed", "组织已停用", "The organisation is closed"},
    {"org.level_not_below", "层级必须低于上级组织", "Its level must be below that of the organisation above it"},
    {"org.not_a_team", "只有代办队填写", "Only asked of proxy-service teams"},
    {"org.in_use", "下面还有组织或岗位，不能停用", "Organisations or posts still hang on it"},
    {"org.stale", "已被他人修改，请刷新后再试", "Somebody changed it meanwhile: load it again"},
    {"org.no_such_post", "没有这个岗位", "There is no such post"},
    {"org.role_not_for_posts", "岗位不能带有这个角色", "A post cannot carry this role"},
    {"org.role_not_of_org", "办理单位的岗位只能是单位角色，其他组织不能设单位岗位",
     "Posts of a handling unit carry the role unit, and only they do"},
    {"org.post_held", "岗位还有人在任，不能停用", "Somebody still holds the post"},
    {"org.post_closed", "岗位已停用", "The post is closed"},
    {"org.post_taken", "岗位刚刚已由他人任命", "Somebody was appointed to the post just now"},
    {"org.holds_it_already", "这个人已经在任", "This person holds the post already"},
    {"org.no_such_term", "没有这个任期", "There is no such term"},
    {"org.term_ended", "任期已经结束", "The term has ended already"},
    {"org.nobody_responsible", "暂时没有人负责这里", "Nobody answers for this place at the moment"},
    {NULL, NULL, NULL},
};

static const struct record *const records[] = {&org_record, &post_record, &term_record, &post_held_record, NULL};

const struct module org_module = {
    .name = "org",
    .store = {.module = "org", .statements = org_statements, .migrations = org_migrations, .records = records},
    .routes = org_routes,
    .messages = org_messages,
    .subjects = subjects,
};
