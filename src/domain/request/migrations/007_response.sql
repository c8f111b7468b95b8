-- SPDX-License-Identifier: MulanPSL-2.0
-- C2 ends once: who has it afterwards, after a transfer or when it is opened again, is not judged for it anew.
ALTER TABLE request ADD COLUMN responded_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE request SET responded_at_ms = CASE WHEN signed_at_ms > contacted_at_ms THEN signed_at_ms ELSE contacted_at_ms END
WHERE signed_at_ms > 0 AND contacted_at_ms > 0;
