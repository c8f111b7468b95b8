-- SPDX-License-Identifier: MulanPSL-2.0
-- name: notice_insert
-- record: notice
INSERT INTO notice (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: notice_by_id
-- record: notice
SELECT {{columns}} FROM notice WHERE tenant_id = :tenant_id AND id = :id

-- name: notice_save
-- record: notice
UPDATE notice SET {{sets}}
WHERE tenant_id = :tenant_id AND id = :id AND state = :old_state@text AND attempts = :old_attempts@int

-- name: notice_topic
SELECT person_id FROM notice WHERE tenant_id = :tenant_id AND id = :id@int

-- name: notice_waiting
SELECT count(*) FROM (SELECT id FROM notice
    WHERE tenant_id = :tenant_id AND channel = :channel@text AND open = 1 AND not_before <= :now_ms LIMIT 1) n

-- name: notice_heads
-- record: notice
SELECT {{n.columns}} FROM notice n
WHERE n.tenant_id = :tenant_id AND n.channel = :channel AND n.open = 1 AND n.not_before <= :now_ms
    AND NOT EXISTS (SELECT 1 FROM notice e
        WHERE e.tenant_id = n.tenant_id AND e.lane = n.lane AND e.open = 1 AND e.id < n.id)
ORDER BY n.not_before, n.id LIMIT :max@int

-- name: notice_inbox
-- record: notice
SELECT {{columns}} FROM notice
WHERE tenant_id = :tenant_id AND person_id = :person_id AND person_id <> 0 AND channel = 'app' AND id < :before@int
ORDER BY id DESC LIMIT :max@int

-- name: notice_unread
SELECT count(*) FROM (SELECT id FROM notice
    WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND channel = 'app' AND read_at = 0 LIMIT :max@int) n

-- name: notice_mark_read
-- record: notice
UPDATE notice SET read_at = :read_at
WHERE tenant_id = :tenant_id AND person_id = :person_id AND channel = 'app' AND read_at = 0 AND id <= :id

-- name: notice_of_person
-- record: notice
SELECT {{columns}} FROM notice
WHERE tenant_id = :tenant_id AND person_id = :person_id AND person_id <> 0 AND channel <> ''
ORDER BY id DESC LIMIT :max@int

-- name: notice_forget_person
DELETE FROM notice WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND person_id <> 0

-- name: notice_unsent
-- record: notice
SELECT {{columns}} FROM notice
WHERE tenant_id = :tenant_id AND state = :state AND state <> 'sent' AND id < :before@int
ORDER BY id DESC LIMIT :max@int

-- name: notice_count
SELECT count(*) FROM (SELECT id FROM notice
    WHERE tenant_id = :tenant_id AND state = :state@text AND state <> 'sent' AND channel = :channel@text LIMIT :max@int) n

-- name: notice_erase
DELETE FROM notice WHERE tenant_id = :tenant_id AND id IN (SELECT id FROM notice
    WHERE tenant_id = :tenant_id AND id < :before@int ORDER BY id LIMIT :max@int)

-- name: notice_consent_get
-- record: notice_consent
SELECT {{columns}} FROM notice_consent
WHERE tenant_id = :tenant_id AND person_id = :person_id AND template = :template

-- name: notice_consents_of_person
-- record: notice_consent
SELECT {{columns}} FROM notice_consent WHERE tenant_id = :tenant_id AND person_id = :person_id
ORDER BY template LIMIT 50

-- name: notice_consent_put
-- record: notice_consent
INSERT INTO notice_consent (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, person_id, template) DO UPDATE SET openid = excluded.openid, count = excluded.count

-- name: notice_consent_take
UPDATE notice_consent SET count = count - 1
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND template = :template@text AND count > 0

-- name: notice_consent_give_back
UPDATE notice_consent SET count = count + 1
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND template = :template@text

-- name: notice_consent_void
UPDATE notice_consent SET count = 0
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND template = :template@text

-- name: notice_consent_forget_person
DELETE FROM notice_consent WHERE tenant_id = :tenant_id AND person_id = :person_id@int

-- name: notice_robot_insert
-- record: notice_robot
INSERT INTO notice_robot (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, place_id) DO NOTHING

-- name: notice_robot_save
-- record: notice_robot
UPDATE notice_robot SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id

-- name: notice_robot_get
-- record: notice_robot
SELECT {{columns}} FROM notice_robot WHERE tenant_id = :tenant_id AND id = :id

-- name: notice_robot_of_place
-- record: notice_robot
SELECT {{columns}} FROM notice_robot WHERE tenant_id = :tenant_id AND place_id = :place_id

-- name: notice_robots
-- record: notice_robot
SELECT {{columns}} FROM notice_robot WHERE tenant_id = :tenant_id AND id > :after@int ORDER BY id LIMIT :max@int

-- name: notice_robot_remove
DELETE FROM notice_robot WHERE tenant_id = :tenant_id AND id = :id@int

-- name: notice_channel_get
-- record: notice_channel
SELECT {{columns}} FROM notice_channel WHERE tenant_id = :tenant_id AND name = :name

-- name: notice_channel_put
-- record: notice_channel
INSERT INTO notice_channel (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, name) DO UPDATE SET failures = excluded.failures, paused_until = excluded.paused_until,
    error = excluded.error, token = excluded.token, token_until = excluded.token_until
