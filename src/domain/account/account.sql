-- SPDX-License-Identifier: MulanPSL-2.0

-- name: person_insert
-- record: person
INSERT INTO person (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: person_by_id
-- record: person
SELECT {{columns}} FROM person WHERE tenant_id = :tenant_id AND id = :id

-- name: person_by_login
-- record: person
SELECT {{columns}} FROM person WHERE tenant_id = :tenant_id AND login = :login AND login <> ''

-- name: resident_by_phone
-- record: person
SELECT {{columns}} FROM person
WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind AND phone_blind <> '' AND kind = 'resident'

-- name: people_by_phone
-- record: person
SELECT {{columns}} FROM person WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind ORDER BY id DESC LIMIT 20

-- name: people_list
-- record: person
SELECT {{columns}} FROM person
WHERE tenant_id = :tenant_id AND (:before@int = 0 OR id < :before@int) AND (:kind@text = '' OR kind = :kind@text)
  AND (:prefix@text = '' OR login LIKE :prefix@text ESCAPE '!')
ORDER BY id DESC LIMIT :limit@int

-- name: person_update
-- record: person
UPDATE person SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id AND version = :old_version@int

-- name: person_fail
UPDATE person SET failures = failures + 1,
  locked_until = CASE WHEN failures + 1 >= :max@int THEN :until@int ELSE locked_until END
WHERE tenant_id = :tenant_id AND id = :id@int

-- The count starts anew when a lock has run out.
-- name: person_lock_over
UPDATE person SET failures = 0, locked_until = 0
WHERE tenant_id = :tenant_id AND id = :id@int AND locked_until > 0 AND locked_until <= :now_ms

-- A step of the clock counts once, and not while the account is locked.
-- name: person_signed_in
UPDATE person SET failures = 0, locked_until = 0, totp_used_step = :step@int, last_seen_at = :now_ms
WHERE tenant_id = :tenant_id AND id = :id@int AND totp_used_step < :step@int AND locked_until <= :now_ms AND disabled = 0

-- name: person_seen
UPDATE person SET last_seen_at = :now_ms WHERE tenant_id = :tenant_id AND id = :id@int

-- name: staff_unused
-- record: person
SELECT {{columns}} FROM person
WHERE tenant_id = :tenant_id AND kind = 'staff' AND disabled = 0 AND demo = 0
  AND last_seen_at < :before_ms@int AND created_at < :before_ms@int
ORDER BY id LIMIT 100

-- name: failure_by_subject
-- record: sign_in_failure
SELECT {{columns}} FROM sign_in_failure WHERE tenant_id = :tenant_id AND subject_blind = :subject_blind

-- name: failure_put
-- record: sign_in_failure
INSERT INTO sign_in_failure (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})
ON CONFLICT (tenant_id, subject_blind) DO UPDATE SET failures = excluded.failures,
  locked_until = excluded.locked_until, failed_at = excluded.failed_at

-- name: failure_tidy
DELETE FROM sign_in_failure WHERE tenant_id = :tenant_id AND failed_at < :before_ms@int

-- name: session_insert
-- record: session
INSERT INTO session (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: session_by_hash
-- record: session
SELECT {{columns}} FROM session WHERE tenant_id = :tenant_id AND token_hash = :token_hash

-- name: sessions_of_person
-- record: session
SELECT {{columns}} FROM session WHERE tenant_id = :tenant_id AND person_id = :person_id ORDER BY id DESC LIMIT 50

-- name: session_touch
UPDATE session SET seen_at = :now_ms WHERE tenant_id = :tenant_id AND id = :id@int

-- name: session_end
UPDATE session SET ended_at = :now_ms WHERE tenant_id = :tenant_id AND id = :id@int AND ended_at = 0

-- name: session_end_by_hash
UPDATE session SET ended_at = :now_ms WHERE tenant_id = :tenant_id AND token_hash = :token_hash@text AND ended_at = 0

-- name: session_end_all
UPDATE session SET ended_at = :now_ms
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND ended_at = 0 AND id <> :except_id@int

-- name: session_tidy
DELETE FROM session WHERE tenant_id = :tenant_id AND expires_at < :before_ms@int

-- name: auth_code_insert
-- record: auth_code
INSERT INTO auth_code (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: auth_code_newest
-- record: auth_code
SELECT {{columns}} FROM auth_code
WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind ORDER BY made_at DESC, id DESC LIMIT 1

-- name: auth_code_count_phone
SELECT COUNT(*) FROM auth_code WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind@text AND made_at > :since_ms@int

-- name: auth_code_count_ip
SELECT COUNT(*) FROM auth_code WHERE tenant_id = :tenant_id AND ip_blind = :ip_blind@text AND made_at > :since_ms@int

-- name: auth_code_try
UPDATE auth_code SET tries = tries + 1
WHERE tenant_id = :tenant_id AND id = :id@int AND tries < :max@int AND used_at = 0 AND expires_at > :now_ms

-- name: auth_code_use
UPDATE auth_code SET used_at = :now_ms WHERE tenant_id = :tenant_id AND id = :id@int AND used_at = 0

-- name: auth_code_forget
DELETE FROM auth_code WHERE tenant_id = :tenant_id AND id = :id@int

-- name: auth_code_forget_phone
DELETE FROM auth_code WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind@text

-- name: auth_code_tidy
DELETE FROM auth_code WHERE tenant_id = :tenant_id AND made_at < :before_ms@int

-- name: consent_insert
-- record: consent
INSERT INTO consent (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: consent_running
-- record: consent
SELECT {{columns}} FROM consent
WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind AND consent_version = :consent_version@text AND withdrawn_at = 0
ORDER BY id DESC LIMIT 1

-- name: consents_of_person
-- record: consent
SELECT {{columns}} FROM consent WHERE tenant_id = :tenant_id AND person_id = :person_id ORDER BY id DESC LIMIT 100

-- name: consent_link
UPDATE consent SET person_id = :person_id@int
WHERE tenant_id = :tenant_id AND phone_blind = :phone_blind@text AND person_id = 0

-- name: consent_withdraw
UPDATE consent SET withdrawn_at = :now_ms
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND consent_version = :consent_version@text AND withdrawn_at = 0

-- The fact stays, whose it was does not.
-- name: consent_close_all
UPDATE consent SET phone_blind = '', withdrawn_at = CASE WHEN withdrawn_at = 0 THEN :now_ms ELSE withdrawn_at END
WHERE tenant_id = :tenant_id AND person_id = :person_id@int

-- name: grant_insert
-- record: account_grant
INSERT INTO account_grant (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})

-- name: grant_by_id
-- record: account_grant
SELECT {{columns}} FROM account_grant WHERE tenant_id = :tenant_id AND id = :id

-- name: grants_of_person
-- record: account_grant
SELECT {{columns}} FROM account_grant WHERE tenant_id = :tenant_id AND person_id = :person_id AND ended_at = 0 ORDER BY id LIMIT 50

-- name: grants_list
-- record: account_grant
SELECT {{columns}} FROM account_grant
WHERE tenant_id = :tenant_id AND ended_at = 0 AND (:before@int = 0 OR id < :before@int)
  AND (:person_id@int = 0 OR person_id = :person_id@int) AND (:role@text = '' OR role = :role@text)
ORDER BY id DESC LIMIT :limit@int

-- name: grant_end
UPDATE account_grant SET ended_at = :now_ms, version = version + 1
WHERE tenant_id = :tenant_id AND id = :id@int AND ended_at = 0

-- name: grant_end_all
UPDATE account_grant SET ended_at = :now_ms, version = version + 1
WHERE tenant_id = :tenant_id AND person_id = :person_id@int AND ended_at = 0
