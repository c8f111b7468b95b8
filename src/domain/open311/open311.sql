-- SPDX-License-Identifier: MulanPSL-2.0

-- name: open311_key_insert
-- record: open311_key
INSERT INTO open311_key (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: open311_key_by_hash
-- record: open311_key
SELECT {{columns}} FROM open311_key WHERE tenant_id = :tenant_id AND key_hash = :key_hash AND ended_at = 0

-- name: open311_key_by_id
-- record: open311_key
SELECT {{columns}} FROM open311_key WHERE tenant_id = :tenant_id AND id = :id

-- name: open311_key_list
-- record: open311_key
SELECT {{columns}} FROM open311_key WHERE tenant_id = :tenant_id AND id < :before@int ORDER BY id DESC LIMIT :max@int

-- name: open311_key_set_rate
-- record: open311_key
UPDATE open311_key SET per_minute = :per_minute, version = version + 1
WHERE tenant_id = :tenant_id AND id = :id AND ended_at = 0

-- name: open311_use_count
-- record: open311_use
INSERT INTO open311_use (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, key_id) DO UPDATE SET
    count = CASE WHEN open311_use.minute = :minute THEN open311_use.count + 1 ELSE 1 END, minute = :minute

-- name: open311_use_of
-- record: open311_use
SELECT {{columns}} FROM open311_use WHERE tenant_id = :tenant_id AND key_id = :key_id

-- name: open311_key_end
-- record: open311_key
UPDATE open311_key SET ended_at = :ended_at, ended_by = :ended_by, version = version + 1
WHERE tenant_id = :tenant_id AND id = :id AND ended_at = 0

-- name: open311_service_get
-- record: open311_service
SELECT {{columns}} FROM open311_service WHERE tenant_id = :tenant_id AND item_id = :item_id

-- name: open311_service_list
-- record: open311_service
SELECT {{columns}} FROM open311_service WHERE tenant_id = :tenant_id ORDER BY item_id LIMIT 1000

-- name: open311_service_put
-- record: open311_service
INSERT INTO open311_service (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, item_id) DO UPDATE
SET version = excluded.version, batch = excluded.batch, keywords = excluded.keywords

-- name: open311_attribute_list
-- record: open311_attribute
SELECT {{columns}} FROM open311_attribute WHERE tenant_id = :tenant_id AND item_id = :item_id ORDER BY position LIMIT 50

-- name: open311_attribute_insert
-- record: open311_attribute
INSERT INTO open311_attribute (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: open311_attribute_clear
DELETE FROM open311_attribute WHERE tenant_id = :tenant_id AND item_id = :item_id@int

-- name: open311_attribute_items
SELECT DISTINCT item_id AS id FROM open311_attribute WHERE tenant_id = :tenant_id ORDER BY item_id LIMIT 1000

-- name: open311_filing_insert
-- record: open311_filing
INSERT INTO open311_filing (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: open311_filing_get
-- record: open311_filing
SELECT {{columns}} FROM open311_filing WHERE tenant_id = :tenant_id AND request_id = :request_id

-- name: open311_filing_by_token
-- record: open311_filing
SELECT {{columns}} FROM open311_filing WHERE tenant_id = :tenant_id AND token = :token AND token <> ''

-- name: open311_answer_insert
-- record: open311_answer
INSERT INTO open311_answer (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: open311_answer_list
-- record: open311_answer
SELECT {{columns}} FROM open311_answer
WHERE tenant_id = :tenant_id AND request_id = :request_id ORDER BY position LIMIT 256

-- Which places lie near a point, of the levels named: a box, the distance is reckoned in C.
-- name: open311_places_near
-- record: place
SELECT {{columns}} FROM place
WHERE tenant_id = :tenant_id AND closed_at = 0
  AND level IN (:level0@text, :level1@text, :level2@text)
  AND lat >= :south@real AND lat <= :north@real AND lng >= :west@real AND lng <= :east@real
  AND (lat <> 0 OR lng <> 0)
ORDER BY id LIMIT 2000

-- Places of a level below another whose name the address holds (a name with % or _ may come too often: C looks again).
-- name: open311_places_named
-- record: place
SELECT {{columns}} FROM place
WHERE tenant_id = :tenant_id AND closed_at = 0 AND level = :level@text AND name <> ''
  AND path LIKE :under@text ESCAPE '!' AND :address@text LIKE '%' || name || '%'
ORDER BY id LIMIT 200

-- name: open311_request_get
SELECT r.id, r.state, r.open, r.kind, r.item_id, r.item_code, r.item_zh, r.item_en, r.place_id, r.building_id,
    r.estate_id, r.grid_id, r.community_id, r.subdistrict_id, r.words, r.public_words, r.source, r.is_private, r.lat, r.lng,
    r.reported_at_ms, r.due_at_ms, r.closed_at_ms, r.state_at_ms, r.outcome, f.said, f.media_url
FROM request r LEFT JOIN open311_filing f ON f.tenant_id = r.tenant_id AND f.request_id = r.id
WHERE r.tenant_id = :tenant_id AND r.id = :id@int AND r.is_private = 0

-- Newest first, at or below a place in that order. open: 1, 0, or -1 for both. Codes: exact, up to eight; coded 0: any.
-- name: open311_request_page
SELECT r.id, r.state, r.open, r.kind, r.item_id, r.item_code, r.item_zh, r.item_en, r.place_id, r.building_id,
    r.estate_id, r.grid_id, r.community_id, r.subdistrict_id, r.words, r.public_words, r.source, r.is_private, r.lat, r.lng,
    r.reported_at_ms, r.due_at_ms, r.closed_at_ms, r.state_at_ms, r.outcome, f.said, f.media_url
FROM request r LEFT JOIN open311_filing f ON f.tenant_id = r.tenant_id AND f.request_id = r.id
WHERE r.tenant_id = :tenant_id AND r.is_private = 0
  AND r.reported_at_ms >= :from_ms@int AND r.reported_at_ms <= :to_ms@int
  AND (r.reported_at_ms < :at_ms@int OR (r.reported_at_ms = :at_ms@int AND r.id <= :at_id@int))
  AND (:open@int < 0 OR r.open = :open@int)
  AND (:coded@int = 0 OR r.item_code IN (:code0@text, :code1@text, :code2@text, :code3@text, :code4@text, :code5@text,
    :code6@text, :code7@text))
ORDER BY r.reported_at_ms DESC, r.id DESC LIMIT :max@int

-- The same, only where the rows stand: to pass over the pages before.
-- name: open311_request_skip
SELECT r.id, r.reported_at_ms FROM request r
WHERE r.tenant_id = :tenant_id AND r.is_private = 0
  AND r.reported_at_ms >= :from_ms@int AND r.reported_at_ms <= :to_ms@int
  AND (:open@int < 0 OR r.open = :open@int)
  AND (:coded@int = 0 OR r.item_code IN (:code0@text, :code1@text, :code2@text, :code3@text, :code4@text, :code5@text,
    :code6@text, :code7@text))
ORDER BY r.reported_at_ms DESC, r.id DESC LIMIT :max@int

-- What happened to what the public may see, oldest first.
-- name: open311_updates
-- record: event
SELECT {{e.columns}} FROM event e JOIN request r ON r.tenant_id = e.tenant_id AND r.id = e.subject_id
WHERE e.tenant_id = :tenant_id AND e.id > :after@int AND e.subject_kind = 'request'
  AND e.at_ms >= :from_ms@int AND e.at_ms <= :to_ms@int AND r.is_private = 0
  AND e.type NOT IN ('request.reported', 'request.commented', 'request.urged', 'request.rated', 'personal.read')
ORDER BY e.id LIMIT :max@int
