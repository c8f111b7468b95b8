-- SPDX-License-Identifier: MulanPSL-2.0

-- name: import_run_insert
-- record: import_run
INSERT INTO import_run (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: import_run_update
-- record: import_run
UPDATE import_run SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id

-- name: import_run_get
-- record: import_run
SELECT {{columns}} FROM import_run WHERE tenant_id = :tenant_id AND id = :id

-- name: import_run_list
-- record: import_run
SELECT {{columns}} FROM import_run WHERE tenant_id = :tenant_id AND id < :before@int ORDER BY id DESC LIMIT :limit@int

-- name: import_run_waiting
-- record: import_run
SELECT {{columns}} FROM import_run WHERE tenant_id = :tenant_id AND finished_at = 0 AND by_id <> 0 ORDER BY id LIMIT 1

-- name: import_fault_insert
-- record: import_fault
INSERT INTO import_fault (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}}) ON CONFLICT DO NOTHING

-- name: import_fault_list
-- record: import_fault
SELECT {{columns}} FROM import_fault WHERE tenant_id = :tenant_id AND run_id = :run_id ORDER BY line, field LIMIT 10000

-- name: import_source_put
INSERT INTO import_source (tenant_id, mapping, header, separator)
VALUES (:tenant_id, :mapping@text, :header@text, :separator@text)
ON CONFLICT (tenant_id, mapping) DO UPDATE SET header = excluded.header, separator = excluded.separator

-- name: import_source_get
-- record: import_source
SELECT {{columns}} FROM import_source WHERE tenant_id = :tenant_id AND mapping = :mapping

-- name: import_row_insert
-- record: import_row
INSERT INTO import_row (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: import_row_walk
-- record: import_row
SELECT {{columns}} FROM import_row
WHERE tenant_id = :tenant_id AND mapping = :mapping AND request_id > :after@int
ORDER BY request_id LIMIT 100

-- name: import_row_of_request
-- record: import_row
SELECT {{columns}} FROM import_row
WHERE tenant_id = :tenant_id AND mapping = :mapping AND request_id = :request_id

-- name: export_request_walk
-- record: request
SELECT {{columns}} FROM request WHERE tenant_id = :tenant_id AND id > :after@int ORDER BY id LIMIT 100
