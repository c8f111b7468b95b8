-- SPDX-License-Identifier: MulanPSL-2.0

-- name: demo_step_get
-- record: demo_step
SELECT {{columns}} FROM demo_step WHERE tenant_id = :tenant_id AND name = :name

-- name: demo_step_insert
-- record: demo_step
INSERT INTO demo_step (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: demo_person_get
-- record: demo_person
SELECT {{columns}} FROM demo_person WHERE tenant_id = :tenant_id AND name = :name

-- name: demo_person_insert
-- record: demo_person
INSERT INTO demo_person (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: demo_step_put
-- record: demo_step
INSERT INTO demo_step (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, name) DO UPDATE SET done_at = :done_at

-- name: demo_case_list
-- record: demo_case
SELECT {{columns}} FROM demo_case WHERE tenant_id = :tenant_id ORDER BY slot LIMIT 40

-- name: demo_case_put
-- record: demo_case
INSERT INTO demo_case (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, slot) DO UPDATE SET request_id = :request_id, reporter_id = :reporter_id, dice = :dice,
  did = :did, state = :state, at_ms = :at_ms
