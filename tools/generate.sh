#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Renews what is generated and kept in the tree: flow diagrams, OpenAPI, the API client's types.
set -eu
cd "$(dirname "$0")/.."
for lang in en zh; do build/linli flows --mermaid --lang $lang >docs/flows.$lang.md; done
build/linli openapi >docs/openapi.json
build/linli ledger --definitions >docs/ledger.md
cd web
./node_modules/.bin/openapi-typescript ../docs/openapi.json -o shared/api.gen.d.ts
sed -i '1i // SPDX-License-Identifier: MulanPSL-2.0' shared/api.gen.d.ts
