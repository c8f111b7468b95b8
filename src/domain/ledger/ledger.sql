-- SPDX-License-Identifier: MulanPSL-2.0

-- name: ledger_day_add
-- record: ledger_day
INSERT INTO ledger_day (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, place_id, by_what, member, day, left_out) DO UPDATE SET
    reported = ledger_day.reported + :reported, filed = ledger_day.filed + :filed, sent = ledger_day.sent + :sent,
    sent_in_time = ledger_day.sent_in_time + :sent_in_time, responded = ledger_day.responded + :responded, callbacks = ledger_day.callbacks + :callbacks,
    solved = ledger_day.solved + :solved, satisfied = ledger_day.satisfied + :satisfied, due = ledger_day.due + :due,
    closed = ledger_day.closed + :closed, closed_in_time = ledger_day.closed_in_time + :closed_in_time, finished = ledger_day.finished + :finished,
    reworked = ledger_day.reworked + :reworked, extended = ledger_day.extended + :extended, returned = ledger_day.returned + :returned,
    deeds = ledger_day.deeds + :deeds, lapsed = ledger_day.lapsed + :lapsed, rechecked = ledger_day.rechecked + :rechecked,
    upheld = ledger_day.upheld + :upheld, unreached = ledger_day.unreached + :unreached, excluded = ledger_day.excluded + :excluded

-- name: ledger_day_clear
DELETE FROM ledger_day WHERE tenant_id = :tenant_id

-- name: ledger_days
-- record: ledger_day
-- One member, day by day.
SELECT {{columns}} FROM ledger_day
WHERE tenant_id = :tenant_id AND place_id = :place_id AND by_what = :by_what AND member = :member
    AND day >= :from_day@int AND day <= :to_day@int
ORDER BY day, left_out LIMIT :max@int

-- name: ledger_members
-- record: ledger_day
-- Every member, all days together.
SELECT member, left_out,
    CAST(sum(reported) AS BIGINT) AS reported, CAST(sum(filed) AS BIGINT) AS filed, CAST(sum(sent) AS BIGINT) AS sent,
    CAST(sum(sent_in_time) AS BIGINT) AS sent_in_time, CAST(sum(responded) AS BIGINT) AS responded, CAST(sum(callbacks) AS BIGINT) AS callbacks,
    CAST(sum(solved) AS BIGINT) AS solved, CAST(sum(satisfied) AS BIGINT) AS satisfied, CAST(sum(due) AS BIGINT) AS due,
    CAST(sum(closed) AS BIGINT) AS closed, CAST(sum(closed_in_time) AS BIGINT) AS closed_in_time, CAST(sum(finished) AS BIGINT) AS finished,
    CAST(sum(reworked) AS BIGINT) AS reworked, CAST(sum(extended) AS BIGINT) AS extended, CAST(sum(returned) AS BIGINT) AS returned,
    CAST(sum(deeds) AS BIGINT) AS deeds, CAST(sum(lapsed) AS BIGINT) AS lapsed, CAST(sum(rechecked) AS BIGINT) AS rechecked,
    CAST(sum(upheld) AS BIGINT) AS upheld, CAST(sum(unreached) AS BIGINT) AS unreached, CAST(sum(excluded) AS BIGINT) AS excluded
FROM ledger_day
WHERE tenant_id = :tenant_id AND place_id = :place_id AND by_what = :by_what AND day >= :from_day@int AND day <= :to_day@int
GROUP BY member, left_out ORDER BY member, left_out LIMIT :max@int

-- name: ledger_head_get
-- record: ledger_head
SELECT {{columns}} FROM ledger_head WHERE tenant_id = :tenant_id AND id = 1

-- name: ledger_head_begin
-- record: ledger_head
INSERT INTO ledger_head (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, id) DO NOTHING

-- name: ledger_head_move
UPDATE ledger_head SET last_id = :last_id@int, definition = :definition@int
WHERE tenant_id = :tenant_id AND id = 1 AND last_id = :old_id@int

-- name: ledger_note_put
-- record: ledger_note
INSERT INTO ledger_note (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, place_id, id) DO NOTHING

-- name: ledger_note_clear
DELETE FROM ledger_note WHERE tenant_id = :tenant_id

-- name: ledger_note_page
-- record: ledger_note
SELECT {{columns}} FROM ledger_note
WHERE tenant_id = :tenant_id AND place_id = :place_id AND id < :before@int AND (:type = '' OR type = :type)
ORDER BY id DESC LIMIT :max@int

-- name: ledger_standing_put
-- record: ledger_standing
INSERT INTO ledger_standing (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, code) DO UPDATE SET n = :n, as_of = :as_of

-- name: ledger_standing_list
-- record: ledger_standing
SELECT {{columns}} FROM ledger_standing WHERE tenant_id = :tenant_id ORDER BY code LIMIT 100

-- name: ledger_count_grids
SELECT count(*) FROM place WHERE tenant_id = :tenant_id AND level = 'grid' AND closed_at = 0

-- name: ledger_count_stewards
SELECT count(*) FROM post p JOIN term t ON t.tenant_id = p.tenant_id AND t.post_id = p.id AND t.ended_at = 0
WHERE p.tenant_id = :tenant_id AND p.role = 'steward' AND p.closed_at = 0

-- name: ledger_count_teams
SELECT count(*) FROM org WHERE tenant_id = :tenant_id AND level = 'team' AND closed_at = 0

-- name: ledger_count_items
SELECT count(*) FROM service_item WHERE tenant_id = :tenant_id AND closed = 0

-- name: ledger_count_wishes
SELECT count(*) FROM request WHERE tenant_id = :tenant_id AND state = 'confirmed'

-- name: ledger_count_deeds
SELECT CAST(coalesce(sum(deeds), 0) AS BIGINT) FROM ledger_day
WHERE tenant_id = :tenant_id AND place_id = :place_id@int AND by_what = 'all'

-- name: ledger_draw_put
-- record: ledger_draw
INSERT INTO ledger_draw (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, week) DO NOTHING

-- name: ledger_draw_list
-- record: ledger_draw
SELECT {{columns}} FROM ledger_draw WHERE tenant_id = :tenant_id ORDER BY week DESC LIMIT :max@int

-- name: ledger_recheck_put
-- record: ledger_recheck
INSERT INTO ledger_recheck (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: ledger_recheck_get
-- record: ledger_recheck
SELECT {{columns}} FROM ledger_recheck WHERE tenant_id = :tenant_id AND id = :id

-- name: ledger_recheck_answer
UPDATE ledger_recheck SET result = :result@text, how = :how@text, checker_id = :checker_id@int, checked_at = :now_ms
WHERE tenant_id = :tenant_id AND id = :id@int AND result = ''

-- name: ledger_recheck_page
-- record: ledger_recheck
SELECT {{k.columns}} FROM ledger_recheck k
JOIN place p ON p.tenant_id = k.tenant_id AND p.id = k.place_id AND p.path LIKE :under@text ESCAPE '!'
WHERE k.tenant_id = :tenant_id AND k.id < :before@int AND (:state@text = 'all' OR (:state@text = 'open' AND k.result = '') OR (:state@text = 'done' AND k.result <> ''))
ORDER BY k.id DESC LIMIT :max@int

-- name: ledger_target_put
-- record: ledger_target
INSERT INTO ledger_target (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, figure, unit_id) DO UPDATE SET id = :id, value = :value, set_at = :set_at

-- name: ledger_target_delete
DELETE FROM ledger_target WHERE tenant_id = :tenant_id AND figure = :figure@text AND unit_id = :unit_id@int

-- name: ledger_target_list
-- record: ledger_target
SELECT {{columns}} FROM ledger_target WHERE tenant_id = :tenant_id ORDER BY figure, unit_id LIMIT 5000
