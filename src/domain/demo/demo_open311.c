// SPDX-License-Identifier: MulanPSL-2.0
// One service of the demo district asks questions of Open311 clients, of every kind there is.
#include "domain/demo/demo_internal.h"
#include "domain/open311/open311.h"

enum err demo_make_open311(struct ctx *c)
{
    struct service_item item;
    struct open311_service service = {.keywords = STR("大件,家具,家电,清运")};
    struct open311_attribute attributes[] = {
        {.code = STR("WHAT"),
         .datatype = DATA_MULTI,
         .required = true,
         .variable = true,
         .description = STR("清运什么"),
         .datatype_description = STR("可以选几样"),
         .choices = STR("sofa=沙发\nbed=床和床垫\nwardrobe=柜子\nappliance=家电\nother=其他")},
        {.code = STR("LIFT"),
         .datatype = DATA_SINGLE,
         .required = true,
         .variable = true,
         .description = STR("有没有电梯"),
         .datatype_description = STR("选一项"),
         .choices = STR("yes=有电梯\nno=没有电梯\nground=东西已在楼下")},
        {.code = STR("COUNT"),
         .datatype = DATA_NUMBER,
         .variable = true,
         .description = STR("大约几件"),
         .datatype_description = STR("数字")},
        {.code = STR("WHEN"),
         .datatype = DATA_DATETIME,
         .variable = true,
         .description = STR("希望什么时候来"),
         .datatype_description = STR("日期和时间")},
        {.code = STR("FLOOR"),
         .datatype = DATA_STRING,
         .variable = true,
         .description = STR("在几层"),
         .datatype_description = STR("例如：5 层")},
        {.code = STR("NOTE"),
         .datatype = DATA_TEXT,
         .variable = true,
         .description = STR("还要说的"),
         .datatype_description = STR("几句话")},
    };
    enum err err = service_item_by_code(c, STR("env.bulky"), &item);
    if (err == ERR_NOT_FOUND) { // a catalogue of somebody's own
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    return open311_service_put(c, item.id, &service, attributes, sizeof attributes / sizeof *attributes);
}
