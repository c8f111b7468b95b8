-- SPDX-License-Identifier: MulanPSL-2.0
-- name: round_plan_insert
-- record: round_plan
INSERT INTO round_plan (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: round_plan_by_id
-- record: round_plan
SELECT {{columns}} FROM round_plan WHERE tenant_id = :tenant_id AND id = :id

-- name: round_plan_save
-- record: round_plan
UPDATE round_plan SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: round_plan_made
UPDATE round_plan SET made_to_day = :day@int WHERE tenant_id = :tenant_id AND id = :id@int AND made_to_day < :day@int

-- name: round_plans_under
-- record: round_plan
SELECT {{p.columns}} FROM round_plan p JOIN place l ON l.tenant_id = p.tenant_id AND l.id = p.place_id
WHERE p.tenant_id = :tenant_id AND l.path LIKE :under@text ESCAPE '!' AND p.closed_at = 0 AND p.id > :after@int
ORDER BY p.id LIMIT :max@int

-- name: round_plan_over
-- record: round_plan
SELECT {{p.columns}} FROM round_plan p JOIN place l ON l.tenant_id = p.tenant_id AND l.id = p.place_id
WHERE p.tenant_id = :tenant_id AND p.closed_at = 0 AND p.place_id IN (:id0@int, :id1@int, :id2@int, :id3@int,
    :id4@int, :id5@int, :id6@int, :id7@int)
ORDER BY length(l.path) DESC, p.id LIMIT 1

-- name: round_plans_due
-- record: round_plan
SELECT {{columns}} FROM round_plan
WHERE tenant_id = :tenant_id AND closed_at = 0 AND made_to_day < :day@int AND id > :after@int
ORDER BY id LIMIT :max@int

-- name: round_plan_wanted
SELECT count(*) FROM (SELECT id FROM round_plan
    WHERE tenant_id = :tenant_id AND closed_at = 0 AND made_to_day < :day@int LIMIT 1) n

-- name: checkpoint_insert
-- record: checkpoint
INSERT INTO checkpoint (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: checkpoint_by_id
-- record: checkpoint
SELECT {{columns}} FROM checkpoint WHERE tenant_id = :tenant_id AND id = :id

-- name: checkpoint_save
-- record: checkpoint
UPDATE checkpoint SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id

-- name: checkpoints_of_plan
-- record: checkpoint
SELECT {{columns}} FROM checkpoint WHERE tenant_id = :tenant_id AND plan_id = :plan_id AND closed_at = 0
ORDER BY sort, id LIMIT :max@int

-- name: round_insert
-- record: round
INSERT INTO round_day (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, plan_id, day) DO NOTHING

-- name: round_by_id
-- record: round
SELECT {{columns}} FROM round_day WHERE tenant_id = :tenant_id AND id = :id

-- name: round_save
-- record: round
UPDATE round_day SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: round_of_plan_day
-- record: round
SELECT {{columns}} FROM round_day WHERE tenant_id = :tenant_id AND plan_id = :plan_id AND day = :day

-- name: rounds_of_day
-- record: round
SELECT {{columns}} FROM round_day
WHERE tenant_id = :tenant_id AND day = :day AND path LIKE :under@text ESCAPE '!' AND id > :after@int
    AND (state = :state@text OR :state@text = '')
ORDER BY id LIMIT :max@int

-- name: rounds_of_post
-- record: round
SELECT {{columns}} FROM round_day
WHERE tenant_id = :tenant_id AND post_id = :post_id AND day >= :from_day@int
ORDER BY day DESC, id LIMIT :max@int

-- name: rounds_marked
-- record: round
SELECT {{columns}} FROM round_day
WHERE tenant_id = :tenant_id AND next_mark_at > 0 AND next_mark_at <= :now_ms AND id > :after@int
ORDER BY id LIMIT :max@int

-- name: rounds_open
-- record: round
SELECT {{columns}} FROM round_day
WHERE tenant_id = :tenant_id AND day >= :from_day@int AND state IN ('planned', 'walking') AND id > :after@int
ORDER BY id LIMIT :max@int

-- name: round_counts_of
SELECT count(*) AS planned,
    coalesce(sum(CASE WHEN state = 'walking' THEN 1 ELSE 0 END), 0) AS walking,
    coalesce(sum(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0) AS done,
    CAST(coalesce(sum(in_time), 0) AS BIGINT) AS in_time,
    coalesce(sum(CASE WHEN state = 'incomplete' THEN 1 ELSE 0 END), 0) AS incomplete,
    coalesce(sum(CASE WHEN state = 'missed' THEN 1 ELSE 0 END), 0) AS missed,
    CAST(coalesce(sum(findings), 0) AS BIGINT) AS findings
FROM round_day
WHERE tenant_id = :tenant_id AND day >= :from_day@int AND day <= :to_day@int AND path LIKE :under@text ESCAPE '!'

-- name: round_counts_items
SELECT coalesce(sum(CASE WHEN i.kind = 'visit' THEN 1 ELSE 0 END), 0) AS visits,
    coalesce(sum(CASE WHEN i.result = 'well' THEN 1 ELSE 0 END), 0) AS visits_well,
    coalesce(sum(CASE WHEN i.result = 'needs_help' THEN 1 ELSE 0 END), 0) AS visits_help,
    coalesce(sum(CASE WHEN i.result = 'delivered' THEN 1 ELSE 0 END), 0) AS meals,
    coalesce(sum(CASE WHEN i.result = 'not_delivered' THEN 1 ELSE 0 END), 0) AS meals_failed
FROM round_day r JOIN round_item i ON i.tenant_id = r.tenant_id AND i.round_id = r.id
WHERE r.tenant_id = :tenant_id AND r.day >= :from_day@int AND r.day <= :to_day@int
    AND r.path LIKE :under@text ESCAPE '!' AND i.result <> ''

-- name: rounds_by_grid
SELECT grid_id, count(*) AS planned,
    coalesce(sum(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0) AS done,
    coalesce(sum(CASE WHEN state IN ('planned', 'walking') THEN 1 ELSE 0 END), 0) AS under_way,
    coalesce(sum(CASE WHEN state IN ('missed', 'incomplete') THEN 1 ELSE 0 END), 0) AS missed,
    CAST(coalesce(sum(findings), 0) AS BIGINT) AS findings
FROM round_day
WHERE tenant_id = :tenant_id AND day >= :from_day@int AND day <= :to_day@int AND path LIKE :under@text ESCAPE '!'
GROUP BY grid_id ORDER BY missed DESC, grid_id LIMIT :max@int

-- name: round_item_insert
-- record: round_item
INSERT INTO round_item (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: round_item_by_id
-- record: round_item
SELECT {{columns}} FROM round_item WHERE tenant_id = :tenant_id AND id = :id AND round_id = :round_id

-- name: round_item_save
-- record: round_item
UPDATE round_item SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id

-- name: round_items_of
-- record: round_item
SELECT {{columns}} FROM round_item WHERE tenant_id = :tenant_id AND round_id = :round_id ORDER BY sort, id LIMIT :max@int

-- name: round_items_of_care
-- record: round_item
SELECT {{columns}} FROM round_item WHERE tenant_id = :tenant_id AND care_id = :care_id AND care_id <> 0
ORDER BY id DESC LIMIT :max@int

-- name: round_items_waiting_of_care
-- record: round_item
SELECT {{columns}} FROM round_item
WHERE tenant_id = :tenant_id AND care_id = :care_id AND care_id <> 0 AND result = '' ORDER BY id LIMIT :max@int

-- name: round_item_remove
DELETE FROM round_item WHERE tenant_id = :tenant_id AND id = :id@int

-- name: round_checkpoints_remove
DELETE FROM round_item WHERE tenant_id = :tenant_id AND round_id = :round_id@int AND kind = 'checkpoint'

-- name: round_items_forget_care
-- record: round_item
UPDATE round_item SET words = :words WHERE tenant_id = :tenant_id AND care_id = :care_id AND care_id <> 0

-- name: round_items_of_person
-- record: round_item
SELECT {{columns}} FROM round_item WHERE tenant_id = :tenant_id AND person_id = :person_id AND person_id <> 0
ORDER BY id DESC LIMIT :max@int

-- name: round_care_on_post
SELECT count(*) FROM (SELECT r.id FROM round_item i JOIN round_day r ON r.tenant_id = i.tenant_id AND r.id = i.round_id
    WHERE i.tenant_id = :tenant_id AND i.care_id = :care_id@int AND i.care_id <> 0 AND r.post_id = :post_id@int
        AND r.day >= :from_day@int LIMIT 1) n

-- name: care_insert
-- record: care
INSERT INTO care (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: care_by_id
-- record: care
SELECT {{columns}} FROM care WHERE tenant_id = :tenant_id AND id = :id

-- name: care_save
-- record: care
UPDATE care SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: cares_under
-- record: care
SELECT {{columns}} FROM care
WHERE tenant_id = :tenant_id AND withdrawn_at = 0 AND path LIKE :under@text ESCAPE '!' AND id > :after@int
ORDER BY id LIMIT :max@int

-- name: cares_marked
-- record: care
SELECT {{columns}} FROM care
WHERE tenant_id = :tenant_id AND next_mark_at > 0 AND next_mark_at <= :now_ms AND id > :after@int
ORDER BY id LIMIT :max@int

-- name: care_meal_insert
-- record: care_meal
INSERT INTO care_meal (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, care_id, day) DO NOTHING

-- name: care_meal_get
-- record: care_meal
SELECT {{columns}} FROM care_meal WHERE tenant_id = :tenant_id AND care_id = :care_id AND day = :day

-- name: care_meals_forget
DELETE FROM care_meal WHERE tenant_id = :tenant_id AND care_id = :care_id@int
