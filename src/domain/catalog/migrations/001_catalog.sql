-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE service_item (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    hint_zh TEXT NOT NULL,
    hint_en TEXT NOT NULL,
    route_role TEXT NOT NULL,
    route_org_id BIGINT NOT NULL,
    unit TEXT NOT NULL,
    budget BIGINT NOT NULL,
    staff_verifies BIGINT NOT NULL,
    private_always BIGINT NOT NULL,
    sort BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE UNIQUE INDEX service_item_code ON service_item (tenant_id, code);
