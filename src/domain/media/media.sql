-- SPDX-License-Identifier: MulanPSL-2.0

-- name: media_insert
-- record: media
INSERT INTO media (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: media_by_id
-- record: media
SELECT {{columns}} FROM media WHERE tenant_id = :tenant_id AND id = :id

-- name: media_of_subject
-- record: media
SELECT {{columns}} FROM media
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind AND subject_id = :subject_id
ORDER BY id LIMIT :max@int

-- name: media_attach
-- record: media
UPDATE media SET subject_kind = :subject_kind, subject_id = :subject_id, purpose = :purpose
WHERE tenant_id = :tenant_id AND id = :id AND owner_id = :owner_id AND subject_kind = ''

-- name: media_count_of_subject
SELECT count(*) FROM media
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind@text AND subject_id = :subject_id@int

-- name: media_count_loose
SELECT count(*) FROM media WHERE tenant_id = :tenant_id AND owner_id = :owner_id@int AND subject_kind = ''

-- name: media_loose_before
-- record: media
SELECT {{columns}} FROM media
WHERE tenant_id = :tenant_id AND subject_kind = '' AND subject_id = 0 AND id > :after@int AND at_ms < :before_ms@int
ORDER BY id LIMIT 100

-- name: media_remove
-- record: media
DELETE FROM media WHERE tenant_id = :tenant_id AND id = :id AND subject_kind = ''

-- name: media_count_hash
SELECT count(*) FROM media WHERE tenant_id = :tenant_id AND hash = :hash@text

-- name: media_of_owner
-- record: media
SELECT {{columns}} FROM media WHERE tenant_id = :tenant_id AND owner_id = :owner_id ORDER BY subject_kind, id LIMIT 1000
