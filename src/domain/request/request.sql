-- SPDX-License-Identifier: MulanPSL-2.0

-- name: request_insert
-- record: request
INSERT INTO request (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: request_by_id
-- record: request
SELECT {{columns}} FROM request WHERE tenant_id = :tenant_id AND id = :id

-- name: request_save
-- record: request
UPDATE request SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: request_id_by_external
-- record: request
SELECT id FROM request WHERE tenant_id = :tenant_id AND external_key = :external_key AND external_key <> ''

-- name: request_erase_reporter
-- record: request
UPDATE request SET contact_name = :contact_name, contact_phone = :contact_phone, door_number = :door_number
WHERE tenant_id = :tenant_id AND reporter_id = :reporter_id AND reporter_id <> 0

-- name: request_after
-- record: request
SELECT {{columns}} FROM request WHERE tenant_id = :tenant_id AND id > :after@int ORDER BY id LIMIT 200

-- name: request_untold
-- One whose events are gone: each came with an event.
SELECT r.id FROM request r
WHERE r.tenant_id = :tenant_id AND NOT EXISTS (
  SELECT 1 FROM event_head h WHERE h.tenant_id = :tenant_id AND h.subject_kind = 'request' AND h.subject_id = r.id)
ORDER BY r.id LIMIT 1

-- name: task_untold
-- The same of a task.
SELECT t.id FROM request_task t
WHERE t.tenant_id = :tenant_id AND NOT EXISTS (
  SELECT 1 FROM event_head h
  WHERE h.tenant_id = :tenant_id AND h.subject_kind = 'request_task' AND h.subject_id = t.id)
ORDER BY t.id LIMIT 1

-- name: request_scope_insert
-- record: request_scope
INSERT INTO request_scope (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: request_scope_save
-- record: request_scope
UPDATE request_scope
SET open = :open, stage = :stage, unsatisfied = :unsatisfied, due_at_ms = :due_at_ms, closed_at_ms = :closed_at_ms
WHERE tenant_id = :tenant_id AND request_id = :request_id

-- name: request_scope_has
SELECT count(*) FROM request_scope
WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND request_id = :request_id@int

-- name: request_scope_places
-- record: request_scope
SELECT {{columns}} FROM request_scope WHERE tenant_id = :tenant_id AND request_id = :request_id LIMIT 16

-- name: request_scope_leave
DELETE FROM request_scope WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND open = 1 AND request_id IN (
    SELECT m.request_id FROM request_scope m WHERE m.tenant_id = :tenant_id AND m.place_id = :moved_id@int AND m.open = 1)

-- name: request_scope_enter
INSERT INTO request_scope (tenant_id, place_id, request_id, open, stage, unsatisfied, due_at_ms, closed_at_ms)
SELECT m.tenant_id, :place_id@int, m.request_id, m.open, m.stage, m.unsatisfied, m.due_at_ms, m.closed_at_ms
FROM request_scope m WHERE m.tenant_id = :tenant_id AND m.place_id = :moved_id@int AND m.open = 1
ON CONFLICT (tenant_id, place_id, request_id) DO NOTHING

-- name: request_follow_place
-- The version grows, so that a step taken from the old row is not written over it; steady_version stays.
-- Levels: 1 sub-district, 2 community, 3 grid, 4 estate, 5 building (enum place_level).
UPDATE request SET version = version + 1,
    subdistrict_id = CASE WHEN :level@int > 1 THEN :subdistrict_id@int ELSE subdistrict_id END,
    community_id = CASE WHEN :level@int > 2 THEN :community_id@int ELSE community_id END,
    grid_id = CASE WHEN :level@int > 3 THEN :grid_id@int ELSE grid_id END,
    estate_id = CASE WHEN :level@int > 4 THEN :estate_id@int ELSE estate_id END,
    building_id = CASE WHEN :level@int > 5 THEN :building_id@int ELSE building_id END
WHERE tenant_id = :tenant_id AND id IN (
    SELECT m.request_id FROM request_scope m WHERE m.tenant_id = :tenant_id AND m.place_id = :moved_id@int AND m.open = 1)

-- name: request_page_place
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.request_id < :before@int
ORDER BY s.request_id DESC LIMIT :max@int

-- name: request_page_open
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.open = 1 AND s.request_id < :before@int
ORDER BY s.request_id DESC LIMIT :max@int

-- name: request_page_unsatisfied
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.unsatisfied = 1 AND s.request_id < :before@int
ORDER BY s.request_id DESC LIMIT :max@int

-- name: request_common_items
SELECT item_id FROM (SELECT item_id FROM request WHERE tenant_id = :tenant_id ORDER BY id DESC LIMIT :max@int) r
GROUP BY item_id HAVING count(*) >= :least@int ORDER BY count(*) DESC, item_id LIMIT 12

-- name: request_page_exclusion
-- record: request
SELECT {{r.columns}} FROM request r JOIN request_scope s
    ON s.tenant_id = r.tenant_id AND s.place_id = :scope_id@int AND s.request_id = r.id
WHERE r.tenant_id = :tenant_id AND r.exclusion <> 'none' AND r.id < :before@int
ORDER BY r.id DESC LIMIT :max@int

-- name: request_page_org
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND owner_org_id = :scope_id@int AND owner_org_id <> 0 AND id < :before@int
ORDER BY id DESC LIMIT :max@int

-- name: request_page_mine
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND reporter_id = :scope_id@int AND reporter_id <> 0 AND id < :before@int
ORDER BY id DESC LIMIT :max@int

-- name: request_in_place
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.request_id = :request_id@int

-- name: request_work_of_post
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND owner_post_id = :owner_post_id AND open = 1 AND state NOT IN ('handled', 'callback', 'merged')
ORDER BY due_at_ms, id LIMIT :max@int

-- name: request_work_of_org
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND owner_org_id = :owner_org_id AND owner_org_id <> 0 AND open = 1
    AND state NOT IN ('handled', 'callback', 'merged')
ORDER BY due_at_ms, id LIMIT :max@int

-- name: request_work_to_verify
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.open = 1 AND s.stage = 2
ORDER BY s.request_id LIMIT :max@int

-- name: request_desk
SELECT count(*) AS open,
    count(CASE WHEN s.stage = 1 THEN 1 END) AS to_dispatch,
    count(CASE WHEN s.stage = 2 THEN 1 END) AS to_verify,
    count(CASE WHEN s.stage = 4 THEN 1 END) AS to_decide,
    count(CASE WHEN s.stage = 6 THEN 1 END) AS to_review,
    count(CASE WHEN s.stage IN (0, 1, 4, 8) AND s.due_at_ms > 0 AND s.due_at_ms < :now_ms THEN 1 END) AS overdue,
    count(CASE WHEN s.stage IN (0, 1, 4, 8) AND s.due_at_ms >= :now_ms AND s.due_at_ms < :soon_ms@int THEN 1 END) AS due_soon
FROM (SELECT stage, due_at_ms FROM request_scope
    WHERE tenant_id = :tenant_id AND place_id = :scope_id@int AND open = 1 LIMIT :max@int) s

-- name: request_count_unsatisfied
SELECT count(*) FROM (SELECT request_id FROM request_scope
    WHERE tenant_id = :tenant_id AND place_id = :scope_id@int AND unsatisfied = 1 LIMIT :max@int) s

-- name: request_count_exclusions
SELECT count(*) FROM (SELECT r.id FROM request r JOIN request_scope s
    ON s.tenant_id = r.tenant_id AND s.place_id = :scope_id@int AND s.request_id = r.id
    WHERE r.tenant_id = :tenant_id AND r.exclusion <> 'none' AND r.exclusion = 'asked' AND NOT (s.open = 1 AND s.stage = 4)
    LIMIT :max@int) s

-- name: request_count_open
SELECT count(*) FROM (SELECT request_id FROM request_scope
    WHERE tenant_id = :tenant_id AND place_id = :scope_id@int AND open = 1 LIMIT :max@int) s

-- name: request_count_closed
SELECT count(*) FROM (SELECT request_id FROM request_scope
    WHERE tenant_id = :tenant_id AND place_id = :scope_id@int AND closed_at_ms > 0 AND closed_at_ms >= :since_ms@int
    LIMIT :max@int) s

-- name: request_closed_since
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.closed_at_ms > 0 AND s.closed_at_ms >= :since_ms@int
ORDER BY s.closed_at_ms DESC LIMIT :max@int

-- name: request_waiting_since
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND state = :state AND open = 1 AND state_at_ms < :before_ms@int AND id > :after@int
ORDER BY id LIMIT 100

-- name: request_owner_posts
SELECT DISTINCT owner_post_id FROM request
WHERE tenant_id = :tenant_id AND open = 1 AND owner_post_id > :after@int
ORDER BY owner_post_id LIMIT 500

-- name: request_of_vacant_post
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND owner_post_id = :owner_post_id AND open = 1
    AND state IN ('dispatched', 'in_progress') AND id > :after@int
ORDER BY id LIMIT 100

-- name: request_pause_put
-- record: request_pause
INSERT INTO request_pause (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, request_id, from_ms) DO UPDATE SET to_ms = :to_ms, reason = :reason

-- name: request_pause_end
UPDATE request_pause SET to_ms = :now_ms WHERE tenant_id = :tenant_id AND request_id = :request_id@int AND to_ms = 0

-- name: request_pauses
-- record: request_pause
SELECT {{columns}} FROM request_pause WHERE tenant_id = :tenant_id AND request_id = :request_id
ORDER BY from_ms LIMIT 200

-- name: request_marked
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND next_level_at_ms > 0 AND next_level_at_ms <= :now_ms
ORDER BY next_level_at_ms, id LIMIT 100

-- name: request_to_resume
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND resume_at_ms > 0 AND resume_at_ms <= :now_ms AND id > :after@int
ORDER BY id LIMIT 100

-- name: request_refused_before
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND state = 'rejected' AND state_at_ms < :before_ms@int AND id > :after@int
ORDER BY id LIMIT 100

-- name: request_joined_to
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND master_id = :master_id AND master_id > 0 ORDER BY id LIMIT 200

-- name: request_count_escalated
SELECT count(*) FROM (SELECT id FROM request
    WHERE tenant_id = :tenant_id AND escalated_post_id = :post_id@int AND escalated_post_id > 0 AND open = 1
    LIMIT :max@int) r

-- name: request_next_mark
SELECT min(next_level_at_ms) FROM request WHERE tenant_id = :tenant_id AND next_level_at_ms > 0

-- name: request_next_resume
SELECT min(resume_at_ms) FROM request WHERE tenant_id = :tenant_id AND resume_at_ms > 0

-- name: request_first_refused
SELECT min(state_at_ms) FROM request WHERE tenant_id = :tenant_id AND state = 'rejected'

-- name: request_first_waiting
SELECT min(state_at_ms) FROM request
WHERE tenant_id = :tenant_id AND state = :state@text AND open = 1 AND open_tasks = 0

-- name: request_next_offer
SELECT min(offer_until_ms) FROM request WHERE tenant_id = :tenant_id AND offer_until_ms > 0

-- name: request_offers_over
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND offer_until_ms > 0 AND offer_until_ms <= :now_ms AND state = :state AND id > :after@int
ORDER BY id LIMIT 100

-- name: request_people_at
-- Different people who asked there lately, for all to see; what nobody here reported counts as a person of its own.
SELECT count(DISTINCT p.who) FROM (
    SELECT CASE WHEN r.reporter_id > 0 THEN r.reporter_id ELSE r.id END AS who
    FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
    WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND r.is_private = 0
    ORDER BY s.request_id DESC LIMIT 200) p

-- name: request_claims_running
SELECT count(*) FROM request
WHERE tenant_id = :tenant_id AND claimant_id = :claimant_id@int AND claimant_id > 0 AND state = 'claimed'

-- name: request_claims_of
-- record: request
SELECT {{columns}} FROM request
WHERE tenant_id = :tenant_id AND claimant_id = :claimant_id AND claimant_id > 0 AND id < :before@int
ORDER BY id DESC LIMIT :max@int

-- name: request_claims_count
SELECT count(CASE WHEN state = 'confirmed' THEN 1 END) AS fulfilled,
    count(CASE WHEN state = 'confirmed' AND thanked_at_ms > 0 THEN 1 END) AS thanked,
    count(CASE WHEN state IN ('claimed', 'fulfilled') THEN 1 END) AS running
FROM request WHERE tenant_id = :tenant_id AND claimant_id = :claimant_id@int AND claimant_id > 0

-- name: request_page_stage
-- record: request
SELECT {{r.columns}} FROM request_scope s JOIN request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
WHERE s.tenant_id = :tenant_id AND s.place_id = :scope_id@int AND s.open = 1 AND s.stage = :stage@int
    AND s.request_id < :before@int
ORDER BY s.request_id DESC LIMIT :max@int

-- name: request_count_stage
SELECT count(*) FROM (SELECT request_id FROM request_scope
    WHERE tenant_id = :tenant_id AND place_id = :scope_id@int AND open = 1 AND stage = :stage@int LIMIT :max@int) s

-- name: request_count_confirmed
SELECT count(*) FROM (SELECT r.id FROM request r
    JOIN request_scope s ON s.tenant_id = r.tenant_id AND s.request_id = r.id AND s.place_id = :scope_id@int
    WHERE r.tenant_id = :tenant_id AND r.state = 'confirmed' AND r.closed_at_ms >= :since_ms@int LIMIT :max@int) s

-- name: request_count_thanked
SELECT count(*) FROM request
WHERE tenant_id = :tenant_id AND owner_org_id = :owner_org_id@int AND thanked_at_ms > 0 AND thanked_at_ms >= :since_ms@int
