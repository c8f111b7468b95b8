-- SPDX-License-Identifier: MulanPSL-2.0

-- name: place_insert
-- record: place
INSERT INTO place (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: place_by_id
-- record: place
SELECT {{columns}} FROM place WHERE tenant_id = :tenant_id AND id = :id

-- name: place_by_code
-- record: place
SELECT {{columns}} FROM place WHERE tenant_id = :tenant_id AND level = :level@text AND code = :code AND code <> ''

-- name: place_root
-- record: place
SELECT {{columns}} FROM place WHERE tenant_id = :tenant_id AND parent_id = 0 AND closed_at = 0 ORDER BY id LIMIT 1

-- A chain has at most eight places, the district's and seven below it.
-- name: place_chain
-- record: place
SELECT {{columns}} FROM place
WHERE tenant_id = :tenant_id
  AND id IN (:id0@int, :id1@int, :id2@int, :id3@int, :id4@int, :id5@int, :id6@int, :id7@int)

-- name: place_children
-- record: place
SELECT {{columns}} FROM place
WHERE tenant_id = :tenant_id AND parent_id = :parent_id AND closed_at = 0 AND id > :after@int
ORDER BY id LIMIT :limit@int

-- name: place_of_level
-- record: place
SELECT {{columns}} FROM place
WHERE tenant_id = :tenant_id AND level = :level@text AND closed_at = 0 AND id > :after@int
ORDER BY id LIMIT :limit@int

-- name: place_child_count
SELECT COUNT(*) FROM place WHERE tenant_id = :tenant_id AND parent_id = :parent_id@int AND closed_at = 0

-- name: place_count
SELECT COUNT(*) FROM place WHERE tenant_id = :tenant_id

-- name: place_count_of_level
SELECT COUNT(*) FROM place WHERE tenant_id = :tenant_id AND level = :level@text AND closed_at = 0

-- name: place_update
-- record: place
UPDATE place SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- An id occurs once in a path, so that replacing the old beginning touches nothing else.
-- name: place_update_paths
UPDATE place SET path = replace(path, :old_path@text, :new_path@text), version = version + 1
WHERE tenant_id = :tenant_id AND path LIKE :under@text ESCAPE '!' AND id <> :id@int

-- name: place_history_insert
INSERT INTO place_history (tenant_id, place_id, from_ms, to_ms, parent_id)
VALUES (:tenant_id, :place_id@int, :now_ms, 0, :parent_id@int)

-- name: place_history_end
UPDATE place_history SET to_ms = :now_ms WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND to_ms = 0

-- Moved twice within one millisecond: the first move left no trace of its own.
-- name: place_history_forget
DELETE FROM place_history
WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND from_ms = :now_ms AND to_ms = 0

-- name: place_parent_at
-- record: place_history
SELECT {{columns}} FROM place_history
WHERE tenant_id = :tenant_id AND place_id = :place_id AND from_ms <= :at_ms@int AND (to_ms = 0 OR to_ms > :at_ms@int)
ORDER BY from_ms DESC LIMIT 1

-- name: door_insert
-- record: door
INSERT INTO door (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: door_by_code
-- record: door
SELECT {{columns}} FROM door WHERE tenant_id = :tenant_id AND code = :code

-- name: door_by_id
-- record: door
SELECT {{columns}} FROM door WHERE tenant_id = :tenant_id AND id = :id

-- name: door_of_place
-- record: door
SELECT {{columns}} FROM door WHERE tenant_id = :tenant_id AND place_id = :place_id AND revoked_at = 0 ORDER BY id DESC LIMIT 1

-- name: doors_of_place
-- record: door
SELECT {{columns}} FROM door WHERE tenant_id = :tenant_id AND place_id = :place_id ORDER BY id DESC LIMIT 100

-- name: door_revoke_of_place
UPDATE door SET revoked_at = :now_ms, version = version + 1
WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND revoked_at = 0

-- name: door_revoke
UPDATE door SET revoked_at = :now_ms, version = version + 1
WHERE tenant_id = :tenant_id AND id = :id@int AND revoked_at = 0

-- name: place_shape_put
-- record: place_shape
INSERT INTO place_shape (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, place_id) DO UPDATE SET geometry = :geometry, points = :points, invented = :invented, set_at = :set_at

-- name: place_shape_get
-- record: place_shape
SELECT {{columns}} FROM place_shape WHERE tenant_id = :tenant_id AND place_id = :place_id

-- name: place_shape_delete
DELETE FROM place_shape WHERE tenant_id = :tenant_id AND place_id = :place_id@int

-- name: place_shapes_under
-- record: place_shape
SELECT {{s.columns}} FROM place_shape s
JOIN place p ON p.tenant_id = s.tenant_id AND p.id = s.place_id AND p.level = :level@text AND p.closed_at = 0 AND p.path LIKE :under@text ESCAPE '!'
WHERE s.tenant_id = :tenant_id AND s.place_id > :after@int
ORDER BY s.place_id LIMIT :limit@int
