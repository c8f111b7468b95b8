-- SPDX-License-Identifier: MulanPSL-2.0
-- What the invented people have in hand while the demo is served, a few at a time.
CREATE TABLE demo_case (
    tenant_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    reporter_id BIGINT NOT NULL,
    dice BIGINT NOT NULL,
    did BIGINT NOT NULL,
    state BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, slot)
){{clustered}};
