// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/place/place_internal.h"

const struct message place_messages[] = {
    {"place.unknown", "没有这个地点", "There is no such place"},
    {"place.no_district", "还没有建立辖区", "No district has been set up yet"},
    {"place.no_such_parent", "上级地点不存在", "The place it should lie in does not exist"},
    {"place.parent_closed", "上级地点已停用", "The place it should lie in is out of use"},
    {"place.level_not_below", "层级必须低于上级地点", "Its level must be below that of the place it lies in"},
    {"place.one_district", "辖区只能有一个", "There is one district already"},
    {"place.code_taken", "该层级已有相同编码", "A place of this level has this code already"},
    {"place.stale", "地点已被他人修改，请刷新后再试", "Somebody changed the place meanwhile: load it again"},
    {"place.has_children", "下面还有在用的地点，不能停用", "Places in use lie below it"},
    {"place.district_stays", "辖区不能移动", "The district itself cannot be moved"},
    {"place.into_itself", "不能移动到自己下面", "A place cannot be moved into itself"},
    {"place.is_there", "已经在这个上级下面", "It lies there already"},
    {"place.closed", "地点已停用", "The place is out of use"},
    {"place.move_alone", "移动时不能同时修改其他内容", "Send parent_id alone: moving is a change of its own"},
    {"place.nothing_to_change", "没有要修改的内容", "Nothing to change was sent"},
    {"place.unknown_district", "区划表中没有编码为 {0} 的区", "The table of divisions has no district with code {0}"},
    {"door.unknown", "没有这个门牌码，请核对后再试", "There is no such door code: please check it"},
    {"door.revoked", "这个门牌码已停用，请扫新的码", "This door code is no longer in use: please scan the new one"},
    {"door.none", "这个地点还没有门牌码", "The place has no door code yet"},
    {"door.wrong_level", "只有小区、楼栋和单元可以有门牌码", "Only estates, buildings and units have door codes"},
    {"door.bad_code", "门牌码必须是 16 位字母或数字", "A door code has 16 letters or digits"},
    {"door.qr_failed", "二维码生成失败", "The QR code could not be made"},
    {NULL, NULL, NULL},
};
