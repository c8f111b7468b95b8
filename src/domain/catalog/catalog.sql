-- SPDX-License-Identifier: MulanPSL-2.0

-- name: service_item_insert
-- record: service_item
INSERT INTO service_item (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: service_item_by_id
-- record: service_item
SELECT {{columns}} FROM service_item WHERE tenant_id = :tenant_id AND id = :id

-- name: service_item_by_code
-- record: service_item
SELECT {{columns}} FROM service_item WHERE tenant_id = :tenant_id AND code = :code

-- name: service_item_list
-- record: service_item
SELECT {{columns}} FROM service_item WHERE tenant_id = :tenant_id AND closed <= :closed_max@int ORDER BY sort, id LIMIT 500

-- name: service_item_save
-- record: service_item
UPDATE service_item SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: service_item_count
SELECT count(*) FROM service_item WHERE tenant_id = :tenant_id

-- name: station_insert
-- record: station
INSERT INTO station (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: station_by_id
-- record: station
SELECT {{columns}} FROM station WHERE tenant_id = :tenant_id AND id = :id

-- name: station_save
-- record: station
UPDATE station SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: station_list
-- record: station_view
SELECT {{s.columns}}, p.path AS path FROM station s JOIN place p ON p.tenant_id = s.tenant_id AND p.id = s.place_id
WHERE s.tenant_id = :tenant_id AND s.closed <= :closed_max@int ORDER BY s.id LIMIT 500

-- name: service_item_version_insert
-- record: service_item
INSERT INTO service_item_version (tenant_id, {{columns}}, effective_from, changed_by_id)
VALUES (:tenant_id, {{values}}, :effective_from@int, :changed_by_id@int)

-- name: service_item_version_by_number
-- record: service_item_version
SELECT {{columns}} FROM service_item_version WHERE tenant_id = :tenant_id AND id = :id AND version = :version

-- name: service_item_versions
-- record: service_item_version
SELECT {{columns}} FROM service_item_version WHERE tenant_id = :tenant_id AND id = :id ORDER BY version DESC LIMIT 200
