// SPDX-License-Identifier: MulanPSL-2.0
// The notice that is shown before the first personal datum is used (PIPL art. 17), and who agreed to which version.
// A change of its sense is a new CONSENT_VERSION: everybody is asked again.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/id.h"

static const struct field consent_fields[] = {CONSENT_FIELDS(FIELD_ROW, consent)};
const struct record consent_record = {
    .name = "consent", .table = "consent", .size_bytes = sizeof(struct consent), FIELDS(consent_fields)};

static const struct field notice_fields[] = {
    {.name = "version", .type = FIELD_TEXT, .read = READ_ALL, .doc = "To be sent as consent_version"},
    {.name = "zh", .type = FIELD_JSON, .read = READ_ALL},
    {.name = "en", .type = FIELD_JSON, .read = READ_ALL},
};
const struct record consent_notice_record = {.name = "consent_notice", FIELDS(notice_fields)};

struct section {
    const char *head, *text;
};
struct notice {
    const char *title;
    struct section sections[7]; // ends with head NULL
};

static const struct notice notice_zh = {
    "个人信息处理告知",
    {
        {"谁在处理", "由运营本平台的区级社区治理部门处理。联系方式见页面底部的服务电话。"},
        {"为了什么",
         "用手机号登录；把您的诉求交给负责的人，办理时能找到您、能回访您。不用于任何其他目的，不做商业推送。"},
        {"怎样处理",
         "手机号、姓名、门牌号和诉求内容加密保存，只有负责办理的工作人员在需要时才能看到明文，每次查看都留有记录。"
         "系统按地点和事项自动把诉求分派给负责的岗位，您可以要求人工处理。"},
        {"哪些信息", "必需：手机号。自愿：姓名、门牌号、所住楼栋，以及您在诉求里写的文字、照片和语音。照片中的拍摄位置"
                     "等信息会被去除。"},
        {"保存多久", "登录验证码一天内删除。账号资料保存到您注销为止；注销时立即清除姓名、手机号和门牌号。办理过程的审"
                     "计记录不含个人信息明文，至少保存六个月。"},
        {"您的权利", "随时在“我的”页面查看、更正、下载、撤回同意、注销账号。撤回同意后我们停止处理您的信息；撤回不影响"
                     "此前已完成的处理。不同意也可以拨打服务电话办事。"},
        {NULL, NULL},
    },
};
static const struct notice notice_en = {
    "How your personal information is handled",
    {
        {"Who", "The district's office for neighbourhood affairs, which runs this service. Its phone number stands at "
                "the foot of the page."},
        {"What for", "Signing you in by phone; bringing your request to whoever is responsible, so that they can find "
                     "you and ask you "
                     "afterwards whether it was done. For nothing else, and never for advertising."},
        {"How",
         "Phone number, name, door number and the words of requests are kept encrypted. Only staff who have to do the "
         "work "
         "read them in clear when they need to, and every such reading is recorded. A request is sent automatically to "
         "the post responsible for the place and the matter; you may ask for a person to decide instead."},
        {"Which information", "Needed: your phone number. If you wish: name, door number, building, and the words, "
                              "photos and voice notes of your "
                              "requests. The place where a photo was taken is removed from it."},
        {"How long",
         "Sign-in codes are deleted within a day. Your account is kept until you close it; name, phone number and door "
         "number are then erased at once. The audit record of what was done holds no personal information in clear "
         "and is kept for at least six months."},
        {"Your rights",
         "Under \"Me\" you can at any time see, correct and download your information, withdraw your consent, and "
         "close "
         "the account. After withdrawal we stop handling your information; what was done before stays lawful. If "
         "you do not agree, you can still be helped by phone."},
        {NULL, NULL},
    },
};

static void write_language(struct json_writer *w, const char *language, const struct notice *notice)
{
    json_key(w, language);
    json_object_begin(w);
    json_key(w, "title");
    json_put_z(w, notice->title);
    json_key(w, "sections");
    json_array_begin(w);
    for (const struct section *section = notice->sections; section->head; section++) {
        json_object_begin(w);
        json_key(w, "head");
        json_put_z(w, section->head);
        json_key(w, "text");
        json_put_z(w, section->text);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

void consent_write(struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "version");
    json_put_z(w, CONSENT_VERSION);
    write_language(w, "zh", &notice_zh);
    write_language(w, "en", &notice_en);
    json_object_end(w);
}

// Records that the current version was agreed to, once while it is not withdrawn. person_id 0: not known yet.
enum err consent_give(struct ctx *c, struct str phone_blind, int64_t person_id)
{
    struct consent consent;
    struct args args = ARGS(ARG_TEXT("phone_blind", phone_blind), ARG_TEXT("consent_version", STR(CONSENT_VERSION)));
    enum err err = db_one(c, &sql_consent_running, args, &consent_record, &consent);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    consent = (struct consent){.id = ids_next(c->house->ids, c->now_ms),
                               .phone_blind = phone_blind,
                               .person_id = person_id,
                               .consent_version = STR(CONSENT_VERSION),
                               .given_at_ms = c->now_ms};
    return db_exec(c, &sql_consent_insert, ARGS(ARG_ROW(&consent_record, &consent)), NULL);
}

enum err person_agree(struct ctx *c, struct person *person)
{
    if (!person_needs_consent(person))
        return OK;
    TRY(consent_give(c, person->phone_blind, person->id));
    person->consent_version = STR(CONSENT_VERSION);
    return person_save(c, person);
}
