-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE person (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    login TEXT NOT NULL,
    name {{blob}} NOT NULL,
    phone {{blob}} NOT NULL,
    phone_blind TEXT NOT NULL,
    door_number {{blob}} NOT NULL,
    home_place_id BIGINT NOT NULL,
    password TEXT NOT NULL,
    totp_secret {{blob}} NOT NULL,
    totp_used_step BIGINT NOT NULL,
    password_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    demo BIGINT NOT NULL,
    lang TEXT NOT NULL,
    consent_version TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX person_login ON person (tenant_id, login) WHERE login <> '';
CREATE UNIQUE INDEX person_phone ON person (tenant_id, phone_blind) WHERE phone_blind <> '' AND kind = 'resident';
CREATE INDEX person_phone_any ON person (tenant_id, phone_blind);
CREATE INDEX person_kind ON person (tenant_id, kind, id);

-- Only a hash of the token is kept.
CREATE TABLE session (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX session_token ON session (tenant_id, token_hash);
CREATE INDEX session_person ON session (tenant_id, person_id, id);

-- One-time codes, as keyed hashes.
CREATE TABLE auth_code (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    phone_blind TEXT NOT NULL,
    ip_blind TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX auth_code_phone ON auth_code (tenant_id, phone_blind, made_at);
CREATE INDEX auth_code_ip ON auth_code (tenant_id, ip_blind, made_at);

-- Failed sign-ins under names that no account has (locked like those that exist, so that the answer tells nothing), and
-- from one address: keyed hashes.
CREATE TABLE sign_in_failure (
    tenant_id BIGINT NOT NULL,
    subject_blind TEXT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, subject_blind)
){{clustered}};

CREATE TABLE consent (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    phone_blind TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    consent_version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX consent_phone ON consent (tenant_id, phone_blind, id);
CREATE INDEX consent_person ON consent (tenant_id, person_id, id);

CREATE TABLE account_grant (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX account_grant_person ON account_grant (tenant_id, person_id, id);
CREATE UNIQUE INDEX account_grant_running ON account_grant (tenant_id, person_id, role, place_id) WHERE ended_at = 0;
