-- SPDX-License-Identifier: MulanPSL-2.0
-- An agreement that was broken stays as it was; the next has a round of its own.
CREATE TABLE dispute_agreement (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    id BIGINT NOT NULL,
    text {{blob}} NOT NULL,
    written_at BIGINT NOT NULL,
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, round)
);

CREATE TABLE dispute_term (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    text {{blob}} NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, id)
);

CREATE TABLE dispute_signature (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    party_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name {{blob}} NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, party_id, round)
);

CREATE TABLE dispute_visit (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, id)
){{clustered}};

-- What is counted, as the events tell it: no case, no person.
CREATE TABLE dispute_tally (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    community_id BIGINT NOT NULL,
    subdistrict_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX dispute_tally_at ON dispute_tally (tenant_id, at_ms, id);
