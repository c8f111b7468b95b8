// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/open311/open311_internal.h"
#include "open311_sql.h"

const struct message open311_messages[] = {
    {"open311.key_missing", "缺少 api_key。请向区治理中心的系统管理员申请。",
     "api_key is missing. Ask the district's system administrator for one."},
    {"open311.key_wrong", "api_key 无效或已停用。", "This api_key is not known, or was revoked."},
    {"open311.no_such_key", "没有这个密钥。", "There is no such key."},
    {"open311.key_ended", "这个密钥已经停用。", "This key was revoked already."},
    {"open311.jurisdiction_missing", "缺少 jurisdiction_id。", "jurisdiction_id is missing."},
    {"open311.jurisdiction_unknown", "没有这个 jurisdiction_id。", "This jurisdiction_id is not served here."},
    {"open311.service_unknown", "没有这个 service_code。", "This service_code is not known."},
    {"open311.request_unknown", "找不到这个 service_request_id。", "This service_request_id is not known."},
    {"open311.token_unknown", "找不到这个 token。", "This token is not known."},
    {"open311.missing", "缺少 {0}。", "{0} is missing."},
    {"open311.bad_value", "{0} 的值不对：{1}。", "{0} cannot be {1}."},
    {"open311.too_long", "{0} 太长，最多 {1} 个字。", "{0} is too long: at most {1} characters."},
    {"open311.no_place", "请给出 lat 和 long、address_string 或 address_id。",
     "Give lat and long, address_string, or address_id."},
    {"open311.span_too_long", "start_date 到 end_date 最多 90 天。",
     "start_date and end_date may span 90 days at most."},
    {"open311.span_reversed", "end_date 早于 start_date。", "end_date lies before start_date."},
    {"open311.too_many_codes", "service_code 一次最多 8 个。", "At most 8 values of service_code at once."},
    {"open311.attribute_missing", "缺少 attribute[{0}]：{1}。", "attribute[{0}] is missing: {1}."},
    {"open311.bad_answer", "attribute[{0}] 的值不对：{1}。", "attribute[{0}] cannot be {1}."},
    {"open311.one_answer", "attribute[{0}] 只能有一个值，多了 {1}。",
     "attribute[{0}] takes one value; {1} is one more."},
    {"open311.too_many_answers", "attribute 太多，从 attribute[{0}] 起放不下。",
     "There are too many attributes, from attribute[{0}] on."},
    {"open311.not_located", "没能对上具体地点，已交区里的值班台处理。",
     "The place could not be found; the district's desk will see to it."},
    {"open311.files_dropped", "有 {0} 个文件不是照片或录音，或者太多，没有收下。",
     "{0} files were left out: they are neither pictures nor recordings, or too many."},
    {"open311.contact", "{0}，电话 {1}", "{0}, telephone {1}"},
    {"open311.key_service", "请致电 {0}，向区治理中心申请 api_key；系统管理员在 {1}/console/open311 发放。",
     "Telephone {0} to ask the district for an api_key; its system administrator makes it at {1}/console/open311."},
    {"open311.bad_attribute_code", "代码只能用字母、数字、点、横线和下划线。",
     "A code is made of letters, digits, full stops, hyphens and underscores."},
    {"open311.attribute_twice", "同一个代码用了两次。", "A code is used twice."},
    {"open311.bad_choices", "单选和多选要写明选项，一行一个：代码=名称；其他类型没有选项。",
     "The list types need choices, a line each: key=name; the other types have none."},
    {"open311.too_many_attributes", "一个事项最多 50 个问题。", "A service asks 50 questions at most."},
    {0},
};

static const struct record *const records[] = {&open311_key_record,       &open311_service_record,
                                               &open311_attribute_record, &open311_filing_record,
                                               &open311_answer_record,    NULL};

const struct module open311_module = {
    .name = "open311",
    .store = {.module = "open311",
              .statements = open311_statements,
              .migrations = open311_migrations,
              .records = records},
    .routes = open311_routes,
    .messages = open311_messages,
};
