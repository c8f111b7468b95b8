-- SPDX-License-Identifier: MulanPSL-2.0
-- Statements of the store's own tests.

-- name: sample_insert
-- record: sample
INSERT INTO sample (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: sample_update
-- record: sample
UPDATE sample SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id

-- name: sample_add
-- record: sample
UPDATE sample SET number = number + :by@int WHERE tenant_id = :tenant_id AND id = :id

-- name: sample_set_number
-- record: sample
UPDATE sample SET number = :number WHERE tenant_id = :tenant_id AND id = :id

-- name: sample_find
-- record: sample
SELECT {{s.columns}} FROM sample s WHERE s.tenant_id = :tenant_id AND s.id = :id

-- name: sample_list
-- record: sample
SELECT {{columns}} FROM sample WHERE tenant_id = :tenant_id ORDER BY id LIMIT :limit@int

-- name: sample_all
-- record: sample
SELECT {{columns}} FROM sample WHERE tenant_id = :tenant_id ORDER BY id

-- name: sample_by_state
-- record: sample
SELECT {{columns}} FROM sample WHERE tenant_id = :tenant_id AND state = :state ORDER BY label LIMIT 100

-- name: sample_count
SELECT count(*) FROM sample WHERE tenant_id = :tenant_id

-- name: sample_sum
SELECT sum(number) FROM sample WHERE tenant_id = :tenant_id

-- name: sample_count_all
-- across tenants: the tests look at everything
SELECT count(*) FROM sample

-- name: sample_upsert
-- record: sample
INSERT INTO sample (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, id) DO UPDATE SET number = excluded.number RETURNING number

-- name: sample_insert_once
-- record: sample
INSERT INTO sample (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}}) ON CONFLICT (tenant_id, id) DO NOTHING

-- name: sample_total
-- record: total
SELECT count(*) AS count, max(number) AS number, sum(price) AS price, min(label) AS label FROM sample
WHERE tenant_id = :tenant_id AND id > :above@int

-- name: sample_like
SELECT count(*) FROM sample WHERE tenant_id = :tenant_id AND label LIKE :pattern@text ESCAPE '!'

-- name: sample_slow
-- across tenants: counts numbers only
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :up_to@int) SELECT count(*) FROM n

-- name: child_insert
-- record: child
INSERT INTO child (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
