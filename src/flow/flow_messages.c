// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/flow_messages.h"

const struct message flow_messages[] = {
    {"flow.no_such_action", "没有这个操作。", "There is no such action."},
    {"flow.not_allowed", "您不能进行这个操作。", "This is not yours to do."},
    {"flow.wrong_state", "现在是“{0}”，不能进行这个操作。", "This cannot be done now: it is “{0}”."},
    {"flow.stale", "内容刚刚有变化，请刷新后再试。", "It has just changed. Please look again and retry."},
    {"flow.note_needed", "请写几句说明。", "Please add a few words."},
    {"command.bad_key", "请求编号不正确。", "The idempotency key is malformed."},
    {"command.key_reused", "这个请求编号已用于另一个请求。", "This idempotency key was used for another request."},
    {"event.data_too_large", "内容太多了，请分几次提交。", "That is too much at once. Please send it in parts."},
    {"event.malformed", "系统出错了，我们会查看日志。", "Something went wrong on our side."},
    {"event.hash_malformed", "事件日志有一行被改动过，请运行 linli verify。",
     "A row of the event log was changed: run linli verify."},
    {"event.late", "服务器时钟有误，请稍后再试。", "The server's clock is wrong. Please try again later."},
    {"event.raced", "别人刚刚做了改动，请再试一次。", "Somebody else was writing at the same moment. Please try again."},
    {"event.minute_grew", "封存时又有新的事件，请检查服务器时钟。",
     "An event came into a minute while it was being sealed: check the servers' clocks."},
    {"event.export_unwritable", "不能写入文件 {0}。", "The file {0} cannot be written."},
    {"event.export_unreadable", "不能读取文件 {0}。", "The file {0} cannot be read."},
    {"personal.no_such_field", "系统出错了，我们会查看日志。", "Something went wrong on our side."},
    {"personal.reason_needed", "请说明为什么要查看。", "Please say why you need to see it."},
    {"personal.reason_too_long", "说明请不超过200字。", "Please give the reason in at most 200 characters."},
    {"job.no_node", "所有节点编号都被占用。", "Every node number is taken."},
    {"job.raced", "别的进程刚刚占用了，请再试一次。", "Another process was quicker. Please try again."},
    {"job.no_thread", "不能启动线程。", "A thread could not be started."},
    {0},
};
