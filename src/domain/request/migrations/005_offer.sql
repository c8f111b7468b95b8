-- SPDX-License-Identifier: MulanPSL-2.0
-- Wishes and errands that are offered to whoever takes them on.
ALTER TABLE request ADD COLUMN public_words TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN public_area TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN share_contact BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN offered_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN offer_until_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN offer_left_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN claimant_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN claimed_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN clock_from_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN team_due_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN thanks {{blob}} NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN thanked_at_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX request_offer_ends ON request (tenant_id, offer_until_ms, id) WHERE offer_until_ms > 0;
CREATE INDEX request_claimant ON request (tenant_id, claimant_id, id, state) WHERE claimant_id > 0;
CREATE INDEX request_confirmed ON request (tenant_id, state, closed_at_ms) WHERE state = 'confirmed';
CREATE INDEX request_thanked ON request (tenant_id, owner_org_id, thanked_at_ms) WHERE thanked_at_ms > 0;
