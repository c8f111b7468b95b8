-- SPDX-License-Identifier: MulanPSL-2.0

-- name: dispute_insert
-- record: dispute
INSERT INTO dispute (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: dispute_by_id
-- record: dispute
SELECT {{columns}} FROM dispute WHERE tenant_id = :tenant_id AND id = :id

-- name: dispute_save
-- record: dispute
UPDATE dispute SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: dispute_of_request
SELECT id FROM dispute WHERE tenant_id = :tenant_id AND request_id = :request_id@int AND request_id > 0

-- name: dispute_untold
-- One whose events are gone: every case came with one.
SELECT d.id FROM dispute d
WHERE d.tenant_id = :tenant_id AND NOT EXISTS (
  SELECT 1 FROM event_head h WHERE h.tenant_id = :tenant_id AND h.subject_kind = 'dispute' AND h.subject_id = d.id)
ORDER BY d.id LIMIT 1

-- name: dispute_page_community
-- record: dispute
SELECT {{columns}} FROM dispute
WHERE tenant_id = :tenant_id AND community_id = :place_id AND id < :before@int AND open >= :open_min@int
ORDER BY id DESC LIMIT :max@int

-- name: dispute_page_subdistrict
-- record: dispute
SELECT {{columns}} FROM dispute
WHERE tenant_id = :tenant_id AND subdistrict_id = :place_id AND id < :before@int AND open >= :open_min@int
ORDER BY id DESC LIMIT :max@int

-- name: dispute_page_escalated
-- record: dispute
SELECT {{columns}} FROM dispute
WHERE tenant_id = :tenant_id AND escalated_post_id = :place_id AND escalated_post_id > 0 AND id < :before@int
    AND open >= :open_min@int
ORDER BY id DESC LIMIT :max@int

-- name: dispute_page_mediator
-- record: dispute
SELECT {{d.columns}} FROM dispute_mediator m JOIN dispute d ON d.tenant_id = m.tenant_id AND d.id = m.dispute_id
WHERE m.tenant_id = :tenant_id AND m.person_id = :place_id@int AND m.standing IN ('proposed', 'accepted')
    AND d.id < :before@int AND d.open >= :open_min@int
ORDER BY m.dispute_id DESC LIMIT :max@int

-- name: dispute_marked
-- record: dispute
SELECT {{columns}} FROM dispute
WHERE tenant_id = :tenant_id AND next_mark_at_ms > 0 AND next_mark_at_ms <= :now_ms
ORDER BY next_mark_at_ms, id LIMIT 100

-- name: dispute_next_mark
SELECT min(next_mark_at_ms) FROM dispute WHERE tenant_id = :tenant_id AND next_mark_at_ms > 0

-- name: dispute_party_put
-- record: dispute_party
INSERT INTO dispute_party (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, id) DO UPDATE SET consent = :consent, consent_at_ms = :consent_at_ms

-- name: dispute_party_remove
DELETE FROM dispute_party WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id@int AND id = :id@int

-- name: dispute_parties
-- record: dispute_party
SELECT {{columns}} FROM dispute_party WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id ORDER BY id LIMIT 12

-- name: dispute_mediator_put
-- record: dispute_mediator
INSERT INTO dispute_mediator (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, person_id) DO UPDATE SET standing = :standing, proposed_at_ms = :proposed_at_ms,
    answered_at_ms = :answered_at_ms, objected_by_id = :objected_by_id

-- name: dispute_mediators
-- record: dispute_mediator
SELECT {{columns}} FROM dispute_mediator WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id
ORDER BY proposed_at_ms, person_id LIMIT 20

-- name: dispute_standing_of
-- record: dispute_mediator
SELECT {{columns}} FROM dispute_mediator
WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id AND person_id = :person_id

-- name: dispute_of_mediator
-- record: dispute_mediator
SELECT {{columns}} FROM dispute_mediator WHERE tenant_id = :tenant_id AND person_id = :person_id
ORDER BY dispute_id DESC LIMIT :max@int

-- name: dispute_session_put
-- record: dispute_session
INSERT INTO dispute_session (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, id) DO UPDATE SET outcome = :outcome, held_at = :held_at,
    present = :present, minutes = :minutes, written_by_id = :written_by_id

-- name: dispute_sessions
-- record: dispute_session
SELECT {{columns}} FROM dispute_session WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id ORDER BY id LIMIT 40

-- name: dispute_agreement_put
-- record: dispute_agreement
INSERT INTO dispute_agreement (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, round) DO UPDATE SET id = :id, text = :text, written_at = :written_at,
    agreed_at = :agreed_at

-- name: dispute_agreements
-- record: dispute_agreement
SELECT {{columns}} FROM dispute_agreement WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id
ORDER BY round LIMIT 9

-- name: dispute_term_put
-- record: dispute_term
INSERT INTO dispute_term (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: dispute_term_remove
DELETE FROM dispute_term
WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id@int AND id = :id@int AND round = :round@int

-- name: dispute_terms
-- record: dispute_term
SELECT {{columns}} FROM dispute_term WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id ORDER BY id LIMIT 180

-- name: dispute_signature_put
-- record: dispute_signature
INSERT INTO dispute_signature (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, party_id, round) DO UPDATE SET id = :id, name = :name, signed_at_ms = :signed_at_ms

-- name: dispute_signatures_drop
DELETE FROM dispute_signature
WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id@int AND round = :round@int

-- name: dispute_signatures
-- record: dispute_signature
SELECT {{columns}} FROM dispute_signature WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id
ORDER BY round, party_id LIMIT 108

-- name: dispute_visit_put
-- record: dispute_visit
INSERT INTO dispute_visit (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, dispute_id, id) DO UPDATE SET done_at = :done_at, result = :result

-- name: dispute_visits
-- record: dispute_visit
SELECT {{columns}} FROM dispute_visit WHERE tenant_id = :tenant_id AND dispute_id = :dispute_id
ORDER BY due_at, id LIMIT 54

-- name: dispute_tally_put
-- record: dispute_tally
INSERT INTO dispute_tally (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: dispute_tally_sum
SELECT kind, category, subdistrict_id, count(*) AS number FROM dispute_tally
WHERE tenant_id = :tenant_id AND at_ms >= :from_ms@int AND at_ms < :to_ms@int
    AND (:subdistrict_id@int = 0 OR subdistrict_id = :subdistrict_id@int)
    AND (:community_id@int = 0 OR community_id = :community_id@int)
GROUP BY kind, category, subdistrict_id ORDER BY kind, category, subdistrict_id LIMIT 20000
