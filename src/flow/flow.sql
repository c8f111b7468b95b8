-- SPDX-License-Identifier: MulanPSL-2.0
-- Table event is only ever added to: no statement here changes or deletes a row of it (a test reads this file).

-- name: event_insert
-- record: event
INSERT INTO event (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: event_links
-- What a new event has to follow: the head of its chain and the end of what is sealed, in one round trip.
SELECT last_id, last_hash, count, 0 AS sealed_to FROM event_head
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind@text AND subject_id = :subject_id@int
UNION ALL
SELECT 0 AS last_id, '' AS last_hash, 0 AS count, sealed_to FROM event_seal_head
WHERE tenant_id = :tenant_id

-- name: event_head_begin
INSERT INTO event_head (tenant_id, subject_kind, subject_id, last_id, last_hash, count)
VALUES (:tenant_id, :subject_kind@text, :subject_id@int, :last_id@int, :last_hash@text, 1)
ON CONFLICT (tenant_id, subject_kind, subject_id) DO NOTHING

-- name: event_head_advance
UPDATE event_head SET last_id = :last_id@int, last_hash = :last_hash@text, count = count + 1
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind@text AND subject_id = :subject_id@int
  AND last_id = :old_id@int

-- name: event_of_subject
-- record: event
SELECT {{columns}} FROM event
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind AND subject_id = :subject_id AND id > :after_id@int
ORDER BY id LIMIT :max@int

-- name: event_get
-- record: event
SELECT {{columns}} FROM event WHERE tenant_id = :tenant_id AND id = :id

-- name: event_search
-- record: event
SELECT {{columns}} FROM event
WHERE tenant_id = :tenant_id AND id < :before_id@int
  AND (:subject_kind = '' OR subject_kind = :subject_kind) AND (:subject_id = 0 OR subject_id = :subject_id)
  AND (:type = '' OR type = :type) AND (:actor_id = 0 OR actor_id = :actor_id)
ORDER BY id DESC LIMIT :max@int

-- name: event_search_subject
-- record: event
-- The same of one subject: by its index.
SELECT {{columns}} FROM event
WHERE tenant_id = :tenant_id AND subject_kind = :subject_kind AND subject_id = :subject_id AND id < :before_id@int
  AND (:type = '' OR type = :type) AND (:actor_id = 0 OR actor_id = :actor_id)
ORDER BY id DESC LIMIT :max@int

-- name: event_page
-- record: event
SELECT {{columns}} FROM event WHERE tenant_id = :tenant_id AND id > :after_id@int ORDER BY id LIMIT :max@int

-- name: event_page_until
-- record: event
SELECT {{columns}} FROM event
WHERE tenant_id = :tenant_id AND id > :after_id@int AND id <= :last_id@int ORDER BY id LIMIT :max@int

-- name: event_page_of_kind
-- record: event
SELECT {{columns}} FROM event
WHERE tenant_id = :tenant_id AND id > :after_id@int AND id <= :last_id@int AND subject_kind = :subject_kind
ORDER BY id LIMIT :max@int

-- name: event_first_after
SELECT id FROM event WHERE tenant_id = :tenant_id AND id > :after_id@int ORDER BY id LIMIT 1

-- name: event_newest
SELECT id FROM event WHERE tenant_id = :tenant_id ORDER BY id DESC LIMIT 1

-- name: event_count_between
SELECT COUNT(*) AS n FROM event WHERE tenant_id = :tenant_id AND id > :after_id@int AND id <= :last_id@int

-- name: event_count
SELECT COUNT(*) AS n FROM event WHERE tenant_id = :tenant_id

-- name: event_head_page
-- record: event_head
SELECT {{columns}} FROM event_head
WHERE tenant_id = :tenant_id AND (subject_kind, subject_id) > (:subject_kind, :subject_id)
ORDER BY subject_kind, subject_id LIMIT :max@int

-- name: event_head_count
SELECT COUNT(*) AS n FROM event_head WHERE tenant_id = :tenant_id

-- name: event_seal_insert
-- record: event_seal
INSERT INTO event_seal (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: event_seal_page
-- record: event_seal
SELECT {{columns}} FROM event_seal WHERE tenant_id = :tenant_id AND id > :after_id@int ORDER BY id LIMIT :max@int

-- name: event_seal_head_get
-- record: event_seal_head
SELECT {{columns}} FROM event_seal_head WHERE tenant_id = :tenant_id

-- name: event_seal_head_begin
-- record: event_seal_head
INSERT INTO event_seal_head (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id) DO NOTHING

-- name: event_seal_head_advance
-- record: event_seal_head
UPDATE event_seal_head SET {{sets}} WHERE tenant_id = :tenant_id AND seal_id = :old_seal_id@int

-- name: command_claim
INSERT INTO command (tenant_id, scope, key, method_path_hash, body_hash, status, content_type, response, at_ms)
VALUES (:tenant_id, :scope@text, :key@text, :method_path_hash@text, :body_hash@text, 0, '', :response@blob, :now_ms)
ON CONFLICT (tenant_id, scope, key) DO NOTHING

-- name: command_get
-- record: command
SELECT {{columns}} FROM command WHERE tenant_id = :tenant_id AND scope = :scope AND key = :key

-- name: command_answer
UPDATE command SET status = :status@int, content_type = :content_type@text, response = :response@blob
WHERE tenant_id = :tenant_id AND scope = :scope@text AND key = :key@text

-- name: command_expire
DELETE FROM command WHERE tenant_id = :tenant_id AND at_ms < :before_ms@int
