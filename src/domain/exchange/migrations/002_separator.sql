-- SPDX-License-Identifier: MulanPSL-2.0
-- What came is given back in the form in which it came.
ALTER TABLE import_source ADD COLUMN separator TEXT NOT NULL DEFAULT 'comma';
UPDATE import_source SET separator = 'tab' WHERE mapping = 'zh-replied';

CREATE INDEX import_row_request ON import_row (tenant_id, mapping, request_id);
