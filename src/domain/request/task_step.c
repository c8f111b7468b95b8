// SPDX-License-Identifier: MulanPSL-2.0
// Tasks as other modules see them (request.h).
#include "domain/request/task.h"

enum err request_tasks_open(struct ctx *c, int64_t request_id, struct request_open_task *ret_tasks, size_t max,
                            size_t *ret_count)
{
    struct rows rows;
    size_t count = 0;
    TRY(task_list_of(c, request_id, &rows));
    const struct request_task *tasks = rows.at;
    for (size_t i = 0; i < rows.count && count < max; i++)
        if (tasks[i].open)
            ret_tasks[count++] = (struct request_open_task){
                .id = tasks[i].id, .post_id = tasks[i].post_id, .checked_in = tasks[i].state == TASK_CHECKED_IN};
    *ret_count = count;
    return OK;
}

enum err request_task_step(struct ctx *c, int64_t task_id, const char *action, struct str note,
                           struct str without_photo)
{
    struct buf text;
    struct json_writer w;
    const struct json *json;
    buf_init(&text, 65536);
    json_writer_init(&w, &text);
    json_object_begin(&w);
    json_key(&w, "note");
    json_put_str(&w, note);
    if (without_photo.n) {
        json_key(&w, "without_photo");
        json_put_str(&w, without_photo);
    }
    json_object_end(&w);
    enum err err = json_parse(c, str_copy(c->arena, buf_str(&text)), &json);
    buf_free(&text);
    TRY(err);
    return task_act(c, task_id, str_of(action), json, -1, NULL);
}
