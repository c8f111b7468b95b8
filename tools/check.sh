#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# Checks of the source tree, one a word: layers headers licence sizes words format statements generated tidy.
# Silent when all is well; otherwise one line a fault, and exit status 1.
set -u
cd "$(dirname "$0")/.." || exit 2
faults=0
fault() {
    echo "$*"
    faults=1
}
sources() { git ls-files -co --exclude-standard -- "$@" | while read -r f; do [ -f "$f" ] && echo "$f"; done; }

# Every #include of ours must follow a line of layers.txt; between modules of the domain only <module>.h.
check_layers() {
    sources 'src/*.c' 'src/*.h' | grep -v '/test_' | xargs grep -Hn '^#include "' | awk -F'[:"]' '
        BEGIN { while ((getline line < "layers.txt") > 0) if (line !~ /^#/ && line ~ /:/) {
            split(line, p, ":"); n = split(p[2], may, " "); known[p[1]] = 1; for (i = 1; i <= n; i++) ok[p[1] " " may[i]] = 1 } }
        { from = $1; sub(/^src\//, "", from); sub(/\/[^\/]*$/, "", from); sub(/\/(.*\/)?migrations$/, "", from)
          to = $4; if (to !~ /\//) next
          file = to; sub(/\/[^\/]*$/, "", to)
          if (!(from in known)) { print from ": not in layers.txt"; next }
          if (from == to || ok[from " " to] != 1 && from == to) next
          if (ok[from " " to] != 1) print $1 ":" $2 ": " from " may not look at " to
          else if (to ~ /^domain\// && file != to "/" substr(to, 8) ".h") print $1 ":" $2 ": " file " is not the header of its module" }' >/tmp/layers.$$
    cat /tmp/layers.$$
    [ -s /tmp/layers.$$ ] && faults=1
    # no cycles: tsort complains of them
    awk -F: '!/^#/ && NF > 1 { n = split($2, d, " "); for (i = 1; i <= n; i++) print $1, d[i] }' layers.txt | tsort >/dev/null 2>/tmp/layers.$$ || fault "layers.txt: $(cat /tmp/layers.$$)"
    rm -f /tmp/layers.$$
}

# Every header compiles alone, with what meson gives the sources beside it.
check_headers() {
    flags="-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -Isrc $(pkg-config --cflags libpq sqlite3 libmicrohttpd jansson libcrypto)"
    for header in $(sources 'src/*.h'); do
        generated=$(ls -d build/"$(dirname "$header")" 2>/dev/null) # sqlgen's headers of that folder
        echo "${generated:+-I$generated} $header"
    done | flags=$flags xargs -P 2 -I LINE sh -c '
        set -- LINE
        for header; do :; done
        [ $# = 2 ] && include=$1 || include=
        echo "#include \"${header#src/}\"" | gcc $flags $include -x c - || { echo "$header does not compile alone"; exit 1; }' || faults=1
}

check_licence() {
    for file in $(sources '*.c' '*.h' '*.sql' '*.sh' '*.ts' '*.vue' '*.css' '*.html' 'meson.build' '*/meson.build' run test .ci/run | grep -v 'tests/fuzz/corpus'); do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MulanPSL-2.0' || fault "$file: no SPDX line"
    done
}

# A file fits in a head: about 600 lines. (Functions: clang-tidy, readability-function-size.)
check_sizes() {
    for file in $(sources '*.c' '*.h' '*.ts' '*.vue' '*.sql' '*.sh' | grep -v -e '\.gen\.' -e 'tests/fuzz/corpus'); do
        lines=$(wc -l <"$file")
        [ "$lines" -le 620 ] || fault "$file: $lines lines"
    done
}

# Nothing of the machine it was written on.
check_words() {
    git grep -nIE '/root/|/home/[a-z]' -- . ':!tools/check.sh' && faults=1
}

check_format() {
    sources 'src/*.c' 'src/*.h' 'tools/*.c' 'tests/*.c' | xargs -P 2 -n 40 clang-format --dry-run -Werror || faults=1
}

# The event log only grows.
check_statements() {
    sources 'src/*.sql' | xargs grep -nEi '(update|delete from)[[:space:]]+event([[:space:]]|$)' && fault "the event log is append-only"
    sources 'src/*.sql' | grep -v migrations/ | xargs grep -nEi '\b(now|random)\(\)|::|ilike|for update|offset |"' && fault "see src/store/README.md"
}

# What is generated and kept in the tree is what the programs generate now.
check_generated() {
    build/linli flows --mermaid --lang en | diff -u docs/flows.en.md - || fault "docs/flows.en.md is old: tools/generate.sh"
    build/linli flows --mermaid --lang zh | diff -u docs/flows.zh.md - || fault "docs/flows.zh.md is old: tools/generate.sh"
    build/linli flows >/dev/null || fault "linli flows finds a fault"
    build/linli ledger --definitions | diff -u docs/ledger.md - || fault "docs/ledger.md is old: tools/generate.sh"
    build/linli openapi | diff -u docs/openapi.json - || fault "docs/openapi.json is old: tools/generate.sh"
    cp web/shared/api.gen.d.ts /tmp/api.$$.d.ts && (cd web && ./node_modules/.bin/openapi-typescript ../docs/openapi.json -o /tmp/api.$$.new >/dev/null 2>&1)
    sed -i '/SPDX/d' /tmp/api.$$.d.ts
    sed -i '/SPDX/d' /tmp/api.$$.new
    diff -u /tmp/api.$$.d.ts /tmp/api.$$.new || fault "web/shared/api.gen.d.ts is old: tools/generate.sh"
    rm -f /tmp/api.$$.*
}

# Without the tests' own sources, so that it takes minutes; those are compiled with every warning and run sanitized.
check_tidy() {
    sources 'src/*.c' 'tools/*.c' | grep -v -e '/test_' -e '/bench_' | xargs -P 2 -n 4 nice -n 10 clang-tidy -p build --quiet --warnings-as-errors='*' 2>/dev/null || faults=1
}

"check_${1:?which check}"
exit $faults
