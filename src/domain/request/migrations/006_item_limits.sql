-- SPDX-License-Identifier: MulanPSL-2.0
-- A request keeps the limits it was filed with. What was filed before had the default ones of its unit.
ALTER TABLE request ADD COLUMN item_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE request ADD COLUMN dispatch_budget BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN response_budget BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN verification_budget BIGINT NOT NULL DEFAULT 0;
UPDATE request SET
    dispatch_budget = CASE unit WHEN 'urgent_hour' THEN 1 WHEN 'work_hour' THEN 2 WHEN 'work_day' THEN 1 ELSE 1 END,
    response_budget = CASE unit WHEN 'urgent_hour' THEN 2 WHEN 'work_hour' THEN 4 WHEN 'work_day' THEN 1 ELSE 1 END,
    verification_budget = CASE unit WHEN 'urgent_hour' THEN 24 WHEN 'work_hour' THEN 16 WHEN 'work_day' THEN 2 ELSE 3 END;

-- Exclusion from the published rates.
ALTER TABLE request ADD COLUMN exclusion TEXT NOT NULL DEFAULT 'none';
ALTER TABLE request ADD COLUMN exclusion_reason TEXT NOT NULL DEFAULT 'none';
ALTER TABLE request ADD COLUMN exclusion_by_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN excluded_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN excluder_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX request_exclusion ON request (tenant_id, exclusion, id) WHERE exclusion <> 'none';
