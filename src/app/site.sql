-- SPDX-License-Identifier: MulanPSL-2.0

-- name: tenant_find
-- across tenants: finds the tenant by the district's official code, once at start
SELECT tenant_id FROM tenant WHERE code = :code@text

-- name: tenant_list
-- across tenants: a restore builds again what no table holds, for every district that it brought
SELECT tenant_id FROM tenant ORDER BY tenant_id

-- name: tenant_insert
INSERT INTO tenant (tenant_id, code, made_at_ms) VALUES (:tenant_id, :code@text, :now_ms) ON CONFLICT DO NOTHING
