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
