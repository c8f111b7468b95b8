-- SPDX-License-Identifier: MulanPSL-2.0
-- What the public may see, by time of report: for Open311.
CREATE INDEX request_public ON request (tenant_id, is_private, reported_at_ms, id) WHERE is_private = 0;
