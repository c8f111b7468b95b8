-- SPDX-License-Identifier: MulanPSL-2.0
-- Reads table place (domain/place, below this module) where a subtree is asked for.

-- name: org_insert
-- record: org
INSERT INTO org (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: org_by_id
-- record: org
SELECT {{columns}} FROM org WHERE tenant_id = :tenant_id AND id = :id

-- name: org_update
-- record: org
UPDATE org SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: org_children
-- record: org
SELECT {{columns}} FROM org
WHERE tenant_id = :tenant_id AND parent_id = :parent_id AND closed_at = 0 AND id > :after@int
ORDER BY id LIMIT :limit@int

-- name: org_of_place
-- record: org
SELECT {{columns}} FROM org
WHERE tenant_id = :tenant_id AND place_id = :place_id AND closed_at = 0 AND id > :after@int
ORDER BY id LIMIT :limit@int

-- name: org_of_level
-- record: org
SELECT {{columns}} FROM org
WHERE tenant_id = :tenant_id AND level = :level@text AND closed_at = 0 AND id > :after@int
ORDER BY id LIMIT :limit@int

-- name: org_in_use
SELECT (SELECT COUNT(*) FROM org o WHERE o.tenant_id = :tenant_id AND o.parent_id = :id@int AND o.closed_at = 0)
     + (SELECT COUNT(*) FROM post p WHERE p.tenant_id = :tenant_id AND p.org_id = :id@int AND p.closed_at = 0)

-- name: post_insert
-- record: post
INSERT INTO post (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: post_by_id
-- record: post
SELECT {{columns}} FROM post WHERE tenant_id = :tenant_id AND id = :id

-- name: post_update
-- record: post
UPDATE post SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: posts_of_place
-- record: post
SELECT {{columns}} FROM post
WHERE tenant_id = :tenant_id AND place_id = :place_id AND closed_at = 0
ORDER BY id LIMIT 100

-- name: posts_under
-- record: post
SELECT {{p.columns}} FROM post p JOIN place l ON l.tenant_id = p.tenant_id AND l.id = p.place_id
WHERE p.tenant_id = :tenant_id AND l.path LIKE :under@text ESCAPE '!' AND p.closed_at = 0 AND p.id > :after@int
  AND (:role@text = '' OR p.role = :role@text) AND (:org_id@int = 0 OR p.org_id = :org_id@int)
ORDER BY p.id LIMIT :limit@int

-- name: posts_vacant_under
-- record: post
SELECT {{p.columns}} FROM post p JOIN place l ON l.tenant_id = p.tenant_id AND l.id = p.place_id
WHERE p.tenant_id = :tenant_id AND l.path LIKE :under@text ESCAPE '!' AND p.closed_at = 0 AND p.id > :after@int
  AND (:role@text = '' OR p.role = :role@text) AND (:org_id@int = 0 OR p.org_id = :org_id@int)
  AND NOT EXISTS (SELECT 1 FROM term t WHERE t.tenant_id = p.tenant_id AND t.post_id = p.id AND t.ended_at = 0)
ORDER BY p.id LIMIT :limit@int

-- name: posts_count_vacant
SELECT COUNT(*) FROM (
    SELECT p.id FROM post p JOIN place l ON l.tenant_id = p.tenant_id AND l.id = p.place_id
    WHERE p.tenant_id = :tenant_id AND l.path LIKE :under@text ESCAPE '!' AND p.closed_at = 0
      AND NOT EXISTS (SELECT 1 FROM term t WHERE t.tenant_id = p.tenant_id AND t.post_id = p.id AND t.ended_at = 0)
    LIMIT 1000) AS vacant

-- Every post on the line of a place with who held it then.
-- name: posts_on_line
-- record: post_held
-- The plus keeps SQLite from walking all posts in their order instead of those of the eight places.
SELECT p.id, p.version, p.org_id, p.place_id, p.role, p.name, p.closed_at, COALESCE(t.person_id, 0) AS person_id
FROM post p
LEFT JOIN term t ON t.tenant_id = p.tenant_id AND t.post_id = p.id
  AND t.began_at <= :at_ms@int AND (t.ended_at = 0 OR t.ended_at > :at_ms@int)
WHERE p.tenant_id = :tenant_id
  AND p.place_id IN (:id0@int, :id1@int, :id2@int, :id3@int, :id4@int, :id5@int, :id6@int, :id7@int)
  AND (p.closed_at = 0 OR p.closed_at > :at_ms@int)
ORDER BY +p.id LIMIT 200

-- Of proxy-service teams only, and held.
-- name: posts_of_teams_on_line
-- record: post_held
SELECT p.id, p.version, p.org_id, p.place_id, p.role, p.name, p.closed_at, t.person_id AS person_id
FROM post p
JOIN org o ON o.tenant_id = p.tenant_id AND o.id = p.org_id AND o.level = 'team' AND o.closed_at = 0
JOIN term t ON t.tenant_id = p.tenant_id AND t.post_id = p.id
  AND t.began_at <= :at_ms@int AND (t.ended_at = 0 OR t.ended_at > :at_ms@int)
WHERE p.tenant_id = :tenant_id
  AND p.place_id IN (:id0@int, :id1@int, :id2@int, :id3@int, :id4@int, :id5@int, :id6@int, :id7@int)
  AND (p.closed_at = 0 OR p.closed_at > :at_ms@int)
ORDER BY p.id LIMIT 200

-- name: posts_of_person
-- record: post_held
SELECT p.id, p.version, p.org_id, p.place_id, p.role, p.name, p.closed_at, t.person_id AS person_id
FROM term t JOIN post p ON p.tenant_id = t.tenant_id AND p.id = t.post_id
WHERE t.tenant_id = :tenant_id AND t.person_id = :person_id@int
  AND t.began_at <= :at_ms@int AND (t.ended_at = 0 OR t.ended_at > :at_ms@int)
  AND (p.closed_at = 0 OR p.closed_at > :at_ms@int)
ORDER BY p.id LIMIT 50

-- name: term_insert
-- record: term
INSERT INTO term (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: term_by_id
-- record: term
SELECT {{columns}} FROM term WHERE tenant_id = :tenant_id AND id = :id

-- name: term_running
-- record: term
SELECT {{columns}} FROM term WHERE tenant_id = :tenant_id AND post_id = :post_id AND ended_at = 0

-- name: term_at
-- record: term
SELECT {{columns}} FROM term
WHERE tenant_id = :tenant_id AND post_id = :post_id
  AND began_at <= :at_ms@int AND (ended_at = 0 OR ended_at > :at_ms@int)
ORDER BY began_at DESC, id DESC LIMIT 1

-- name: terms_of_post
-- record: term
SELECT {{columns}} FROM term WHERE tenant_id = :tenant_id AND post_id = :post_id ORDER BY began_at DESC, id DESC LIMIT 100

-- name: terms_running_of_person
-- record: term
SELECT {{columns}} FROM term WHERE tenant_id = :tenant_id AND person_id = :person_id AND ended_at = 0 ORDER BY id LIMIT 50

-- name: terms_of_role
-- record: term
SELECT {{t.columns}} FROM term t JOIN post p ON p.tenant_id = t.tenant_id AND p.id = t.post_id
WHERE t.tenant_id = :tenant_id AND p.role = :role@text AND p.closed_at = 0 AND t.ended_at = 0
  AND (:before@int = 0 OR t.id < :before@int)
ORDER BY t.id DESC LIMIT :limit@int

-- name: term_finish
UPDATE term SET ended_at = :now_ms, version = version + 1
WHERE tenant_id = :tenant_id AND id = :id@int AND ended_at = 0
