// SPDX-License-Identifier: MulanPSL-2.0
// The people one can become in the demo. All names are invented.
#include "demo_sql.h"
#include "domain/demo/demo_internal.h"

static const struct field person_fields[] = {DEMO_PERSON_FIELDS(FIELD_ROW, demo_person)};
const struct record demo_person_record = {
    .name = "demo_person", .table = "demo_person", .size_bytes = sizeof(struct demo_person), FIELDS(person_fields)};

const struct demo_role demo_roles[] = {
    {"resident_wang", "王秀英", ROLE_RESIDENT, "居民（老人）", "resident, elder", "resident", "19900000001"},
    {"resident_li", "李文博", ROLE_RESIDENT, "居民", "resident", "resident", "19900000002"},
    {"steward", "罗启明", ROLE_STEWARD, "楼栋长", "building steward", "worker", "19900008003"},
    {"steward_other", "何桂芳", ROLE_STEWARD, "楼栋长（5栋）", "building steward (no. 5)", "worker", "19900008005"},
    {"grid_worker", "田小满", ROLE_GRID_WORKER, "网格员", "grid worker", "worker", NULL},
    {"grid_worker_other", "冉志强", ROLE_GRID_WORKER, "网格员（邻网格）", "grid worker next door", "worker", NULL},
    {"community_worker", "杨晓岚", ROLE_COMMUNITY, "社区干部", "community worker", "console", NULL},
    {"subdistrict_staff", "张立诚", ROLE_SUBDISTRICT, "街道工作人员", "sub-district staff", "console", NULL},
    {"district_leader", "韩静", ROLE_DISTRICT, "区级负责人", "district leader", "console", NULL},
    {"unit_property", "周海涛", ROLE_UNIT, "物业公司", "property company", "worker", NULL},
    {"unit_water", "彭水生", ROLE_UNIT, "供水公司", "water company", "worker", NULL},
    {"unit_power", "龙光远", ROLE_UNIT, "供电公司", "power company", "worker", NULL},
    {"unit_sanitation", "秦洁", ROLE_UNIT, "环卫公司", "street cleaning", "worker", NULL},
    {"team_runner", "田顺", ROLE_UNIT, "代办队", "proxy-service team", "worker", NULL},
    {"system_admin", "方正", ROLE_SYSTEM_ADMIN, "系统管理员", "system administrator", "console", NULL},
    {"security_admin", "程守安", ROLE_SECURITY_ADMIN, "安全管理员", "security administrator", "console", NULL},
    {"auditor", "沈明察", ROLE_AUDIT_ADMIN, "审计管理员", "audit administrator", "console", NULL},
    {0},
};

const struct demo_role *demo_role_find(struct str key)
{
    for (const struct demo_role *role = demo_roles; role->key; role++)
        if (str_equal_z(key, role->key))
            return role;
    return NULL;
}

enum err demo_person_find(struct ctx *c, struct str key, struct demo_person *ret_person)
{
    enum err err = db_one(c, &sql_demo_person_get, ARGS(ARG_TEXT("name", key)), &demo_person_record, ret_person);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail_field(c, ERR_NOT_FOUND, "demo.no_such_person", STR("key"));
}

static enum err make(struct ctx *c, const struct demo_role *role, int64_t place_id, struct person *ret_person)
{
    if (role->phone)
        return person_create_resident(c, str_of(role->phone), str_of(role->name), place_id, true, ret_person);
    struct new_staff staff = {.login = str_of(role->key), .name = str_of(role->name), .demo = true, .no_secrets = true};
    return person_create_staff(c, &staff, ret_person, NULL);
}

enum err demo_person_make(struct ctx *c, const char *key, int64_t place_id, int64_t *ret_person_id)
{
    struct demo_person row;
    struct person person;
    enum err err = demo_person_find(c, str_of(key), &row);
    if (err == OK) {
        *ret_person_id = row.person_id;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    TRY(make(c, demo_role_find(str_of(key)), place_id, &person));
    row = (struct demo_person){.name = str_of(key), .person_id = person.id, .place_id = place_id};
    *ret_person_id = person.id;
    return db_exec(c, &sql_demo_person_insert, ARGS(ARG_ROW(&demo_person_record, &row)), NULL);
}

struct str demo_invented_name(struct ctx *c, size_t index)
{
    static const char *const family[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙",
                                         "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
                                         "韩", "唐", "冯", "邓", "曹", "彭", "曾", "萧", "田", "董", "袁", "潘",
                                         "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕", "丁", "任", "卢"};
    static const char *const given[] = {
        "明",   "丽",   "建华", "秀兰", "志远", "桂香", "国平", "小云", "永福", "春燕", "正刚", "玉梅", "光荣", "晓琴",
        "德贵", "雪莲", "文辉", "红英", "大勇", "素芬", "天华", "金凤", "长林", "月娥", "启文", "碧霞", "家旺", "兴兰",
        "学军", "艳",   "世昌", "婷",   "忠",   "慧",   "廷芳", "凯",   "先贵", "莉",   "朝阳", "静怡", "佐成"};
    size_t families = sizeof family / sizeof *family, givens = sizeof given / sizeof *given; // 48 and 41: coprime
    return str_format(c->arena, "%s%s", family[index % families], given[(index * 7 + index / families) % givens]);
}
