-- SPDX-License-Identifier: MulanPSL-2.0

-- name: task_insert
-- record: request_task
INSERT INTO request_task (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: task_by_id
-- record: request_task
SELECT {{columns}} FROM request_task WHERE tenant_id = :tenant_id AND id = :id

-- name: task_save
-- record: request_task
UPDATE request_task SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: task_of_request
-- record: request_task
SELECT {{columns}} FROM request_task WHERE tenant_id = :tenant_id AND request_id = :request_id ORDER BY id LIMIT 60

-- name: task_work_of_post
-- record: request_task
SELECT {{columns}} FROM request_task
WHERE tenant_id = :tenant_id AND post_id = :post_id AND open = 1 ORDER BY wait_due_at_ms, id LIMIT :max@int

-- name: task_work_of_org
-- record: request_task
SELECT {{columns}} FROM request_task
WHERE tenant_id = :tenant_id AND org_id = :org_id AND org_id <> 0 AND open = 1
ORDER BY wait_due_at_ms, id LIMIT :max@int

-- name: task_in_place
-- record: request_task
SELECT {{t.columns}} FROM request_task t
JOIN request_scope s ON s.tenant_id = t.tenant_id AND s.request_id = t.request_id AND s.place_id = :scope_id@int
WHERE t.tenant_id = :tenant_id AND t.open = 1 AND t.wait_due_at_ms < :before_ms@int
ORDER BY t.wait_due_at_ms, t.id LIMIT :max@int

-- name: task_count_late
SELECT count(*) FROM (SELECT t.id FROM request_task t
    JOIN request_scope s ON s.tenant_id = t.tenant_id AND s.request_id = t.request_id AND s.place_id = :scope_id@int
    WHERE t.tenant_id = :tenant_id AND t.open = 1 AND t.wait_due_at_ms > 0 AND t.wait_due_at_ms < :now_ms
    LIMIT :max@int) late

-- name: task_marked
-- record: request_task
SELECT {{columns}} FROM request_task
WHERE tenant_id = :tenant_id AND next_level_at_ms > 0 AND next_level_at_ms <= :now_ms
ORDER BY next_level_at_ms, id LIMIT 100

-- name: task_posts
-- record: request_task
SELECT DISTINCT post_id FROM request_task
WHERE tenant_id = :tenant_id AND open = 1 AND post_id > :after@int ORDER BY post_id LIMIT 100

-- name: helper_put
-- record: request_helper
INSERT INTO request_helper (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, request_id, post_id) DO UPDATE SET org_id = :org_id, task_id = :task_id, open = :open

-- name: helper_end
-- record: request_helper
UPDATE request_helper SET open = 0
WHERE tenant_id = :tenant_id AND request_id = :request_id AND post_id = :post_id AND task_id = :task_id

-- name: helper_list
-- record: request_helper
SELECT {{columns}} FROM request_helper WHERE tenant_id = :tenant_id AND request_id = :request_id
ORDER BY post_id LIMIT 200

-- name: task_next_mark
SELECT min(next_level_at_ms) FROM request_task WHERE tenant_id = :tenant_id AND next_level_at_ms > 0
