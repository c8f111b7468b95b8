-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE care (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    place_name TEXT NOT NULL,
    name {{blob}} NOT NULL,
    door_number {{blob}} NOT NULL,
    phone {{blob}} NOT NULL,
    note {{blob}} NOT NULL,
    reason {{blob}} NOT NULL,
    every_days BIGINT NOT NULL,
    meal_days TEXT NOT NULL,
    meal TEXT NOT NULL,
    consent_how TEXT NOT NULL,
    consent_at BIGINT NOT NULL,
    consent_by BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    withdrawn_by BIGINT NOT NULL,
    next_day BIGINT NOT NULL,
    last_visit_at BIGINT NOT NULL,
    not_home BIGINT NOT NULL,
    level BIGINT NOT NULL,
    next_mark_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX care_path ON care (tenant_id, withdrawn_at, path, id);
CREATE INDEX care_mark ON care (tenant_id, next_mark_at, id) WHERE next_mark_at > 0;

CREATE TABLE care_meal (
    tenant_id BIGINT NOT NULL,
    care_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (tenant_id, care_id, day)
){{clustered}};
