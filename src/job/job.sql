-- SPDX-License-Identifier: MulanPSL-2.0
-- name: job_lease_get
-- record: job_lease
SELECT {{columns}} FROM job_lease WHERE tenant_id = :tenant_id AND name = :name

-- name: job_lease_begin
-- record: job_lease
INSERT INTO job_lease (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, name) DO NOTHING

-- name: job_lease_take
-- record: job_lease
UPDATE job_lease SET holder = :holder, lease_until_ms = :lease_until_ms
WHERE tenant_id = :tenant_id AND name = :name AND holder = :old_holder@text
  AND lease_until_ms = :old_lease_until_ms@int AND next_at_ms = :next_at_ms

-- name: job_lease_extend
-- record: job_lease
UPDATE job_lease SET lease_until_ms = :lease_until_ms
WHERE tenant_id = :tenant_id AND name = :name AND holder = :holder

-- name: job_lease_end
-- record: job_lease
UPDATE job_lease SET holder = '', lease_until_ms = 0, next_at_ms = :next_at_ms
WHERE tenant_id = :tenant_id AND name = :name AND holder = :holder

-- name: node_lease_list
-- record: node_lease
SELECT {{columns}} FROM node_lease WHERE tenant_id = :tenant_id ORDER BY node LIMIT :max@int

-- name: node_lease_begin
-- record: node_lease
INSERT INTO node_lease (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, node) DO NOTHING

-- name: node_lease_take
-- record: node_lease
UPDATE node_lease SET holder = :holder, lease_until_ms = :lease_until_ms, high_water_ms = :high_water_ms
WHERE tenant_id = :tenant_id AND node = :node AND holder = :old_holder@text AND lease_until_ms = :old_lease_until_ms@int

-- name: node_lease_end
-- record: node_lease
UPDATE node_lease SET holder = '', lease_until_ms = 0, high_water_ms = :high_water_ms
WHERE tenant_id = :tenant_id AND holder = :holder

-- name: node_lease_renew
-- record: node_lease
UPDATE node_lease SET lease_until_ms = :lease_until_ms, high_water_ms = :high_water_ms
WHERE tenant_id = :tenant_id AND holder = :holder
