-- SPDX-License-Identifier: MulanPSL-2.0
-- The limits of all clocks, what to bring, and every version of an item. The numbers are those of
-- service_limits_default: what was there before had them too, only not written down.
ALTER TABLE service_item ADD COLUMN dispatch_budget BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_item ADD COLUMN response_budget BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_item ADD COLUMN verification_budget BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_item ADD COLUMN bring_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE service_item ADD COLUMN bring_en TEXT NOT NULL DEFAULT '';
UPDATE service_item SET
    dispatch_budget = CASE unit WHEN 'urgent_hour' THEN 1 WHEN 'work_hour' THEN 2 WHEN 'work_day' THEN 1 ELSE 1 END,
    response_budget = CASE unit WHEN 'urgent_hour' THEN 2 WHEN 'work_hour' THEN 4 WHEN 'work_day' THEN 1 ELSE 1 END,
    verification_budget = CASE unit WHEN 'urgent_hour' THEN 24 WHEN 'work_hour' THEN 16 WHEN 'work_day' THEN 2 ELSE 3 END;

CREATE TABLE service_item_version (
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
    dispatch_budget BIGINT NOT NULL,
    response_budget BIGINT NOT NULL,
    verification_budget BIGINT NOT NULL,
    bring_zh TEXT NOT NULL,
    bring_en TEXT NOT NULL,
    staff_verifies BIGINT NOT NULL,
    private_always BIGINT NOT NULL,
    sort BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    effective_from BIGINT NOT NULL,
    changed_by_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id, version)
){{clustered}};
-- Of earlier versions nothing is known but what the events tell; the one in force holds since ever.
INSERT INTO service_item_version (tenant_id, id, version, code, kind, name_zh, name_en, hint_zh, hint_en, route_role, route_org_id, unit, budget, dispatch_budget, response_budget, verification_budget, bring_zh, bring_en, staff_verifies, private_always, sort, closed, effective_from, changed_by_id)
SELECT tenant_id, id, version, code, kind, name_zh, name_en, hint_zh, hint_en, route_role, route_org_id, unit, budget, dispatch_budget, response_budget, verification_budget, bring_zh, bring_en, staff_verifies, private_always, sort, closed, 0, 0 FROM service_item;
