-- SPDX-License-Identifier: MulanPSL-2.0
-- Which steps of the seed are done; the first one's time is what the whole seed is reckoned from.
CREATE TABLE demo_step (
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
){{clustered}};

CREATE TABLE demo_person (
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
){{clustered}};
