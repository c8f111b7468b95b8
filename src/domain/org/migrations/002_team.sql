-- SPDX-License-Identifier: MulanPSL-2.0
-- Proxy-service teams: what they can do, and when somebody is there.
ALTER TABLE org ADD COLUMN helps BIGINT NOT NULL DEFAULT 0;
ALTER TABLE org ADD COLUMN books BIGINT NOT NULL DEFAULT 0;
ALTER TABLE org ADD COLUMN runs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE org ADD COLUMN duty_hours TEXT NOT NULL DEFAULT '';
