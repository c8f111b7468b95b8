# SPDX-License-Identifier: MulanPSL-2.0
# The steps of ./test. Each adds to the counts; what a step prints is kept in build/test-logs and shown when it fails.

passed=0
failed=0
skipped=0
logs=build/test-logs

begin_tests() {
    mkdir -p "$logs"
    began=$(date +%s)
    start_postgres
}

end_tests() {
    stop_postgres
    printf '· %s s\n' $(($(date +%s) - began))
    [ "$skipped" = 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}

count() { # count PASSED FAILED SKIPPED NAME
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    printf '  %-28s %s passed, %s failed%s\n' "$4" "$1" "$2" "$([ "$3" = 0 ] || echo ", $3 skipped")"
}

# one NAME COMMAND…: a check that passes or fails as a whole
one() {
    name=$1
    shift
    if "$@" >"$logs/$name.log" 2>&1; then count 1 0 0 "$name"; else
        tail -n 40 "$logs/$name.log"
        count 0 1 0 "$name"
    fi
}

# --- a throw-away PostgreSQL cluster; the tests make their own databases in it --------------------------------------
start_postgres() {
    [ -n "${TEST_PG_URL:-}" ] && return 0
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    pg_dir=$(mktemp -d /tmp/linli-pg.XXXXXX)
    pg_as=""
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$pg_dir"
        pg_as="setpriv --reuid postgres --regid postgres --init-groups env -C $pg_dir"
    fi
    pg_port=$(node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
    # shellcheck disable=SC2086 # pg_as is a command prefix
    { $pg_as "$pg_bin/initdb" -D "$pg_dir/db" -A trust -U postgres -E UTF8 --locale=C.UTF-8 &&
        $pg_as "$pg_bin/pg_ctl" -w -D "$pg_dir/db" -l "$pg_dir/log" -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$pg_dir -c max_connections=300 -c fsync=off" start; } >"$logs/postgres.log" 2>&1 ||
        { cat "$logs/postgres.log"; count 0 1 0 "start PostgreSQL"; }
    export TEST_PG_URL="postgres://postgres@127.0.0.1:$pg_port/postgres"
    trap stop_postgres EXIT
}

stop_postgres() {
    [ -n "${pg_dir:-}" ] || return 0
    # shellcheck disable=SC2086
    $pg_as "$pg_bin/pg_ctl" -D "$pg_dir/db" -m immediate stop >/dev/null 2>&1
    rm -rf "$pg_dir"
    pg_dir=""
}

# run_ts FILE ARGUMENTS…: a TypeScript program of the project
run_ts() { web/node_modules/.bin/vite-node "$1" -- "${2}"; }

# --- C ------------------------------------------------------------------------------------------------------------
# Unit tests of one build folder, counted case by case from what cmocka prints.
meson_tests() { # meson_tests DIR NAME [TEST…]: all of them when none is named
    where=$1
    step=$2
    shift 2
    rm -f "$where/meson-logs/testlog.json" # never count a run before this one
    meson test -C "$where" --no-rebuild --num-processes 2 --timeout-multiplier 4 "$@" >"$logs/$step.log" 2>&1
    run_ts tools/count_meson.ts "$where/meson-logs/testlog.json" >"$logs/$step.counts" 2>>"$logs/$step.log" || echo "0 1 0" >"$logs/$step.counts"
    read -r p f s <"$logs/$step.counts"
    [ "$f" = 0 ] || sed -n '2,$p' "$logs/$step.counts"
    count "$p" "$f" "$s" "$step"
}

# tests_of DIR PATTERN…: names of its tests, as grep -E chooses
tests_of() {
    where=$1
    shift
    meson test -C "$where" --list 2>/dev/null | sed 's/.* \/ //' | grep -E "$@"
}

build_in() { # build_in DIR NAME [meson options…]
    dir=$1
    name=$2
    shift 2
    setup_build "$dir" "$@" >"$logs/$name.log" 2>&1 && return 0
    grep -E 'error|warning|FAILED' "$logs/$name.log" | head -n 40
    count 0 1 0 "$name"
    return 1
}

# The binary with the web app in it.
build_all() {
    setup_web >"$logs/web-build.log" 2>&1 || { tail -n 30 "$logs/web-build.log"; count 0 1 0 web-build; return 1; }
    build_in build build --werror
}

step_unit() {
    say "unit: gcc, both databases"
    build_all || return
    meson_tests build unit
}

step_asan() {
    say "asan: clang with AddressSanitizer and UndefinedBehaviorSanitizer"
    CC=clang build_in build-asan asan-build --werror -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true || return
    # Fewer random cases, and both databases only below the domain (the same C above either): the unit step has run it all.
    export LINLI_PROPERTY_CASES=200 ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    # shellcheck disable=SC2046 # names of tests hold no blanks
    meson_tests build-asan asan-store $(tests_of build-asan '^(store|flow|job)/')
    pg_url=$TEST_PG_URL
    unset TEST_PG_URL
    # shellcheck disable=SC2046
    meson_tests build-asan asan $(tests_of build-asan -v '^(store|flow|job)/')
    export TEST_PG_URL="$pg_url"
    unset LINLI_PROPERTY_CASES
}

step_tsan() {
    say "tsan: ThreadSanitizer"
    CC=clang build_in build-tsan tsan-build --werror -Doptimization=1 -Db_sanitize=thread -Db_lundef=false || return
    # the parts that have threads
    # shellcheck disable=SC2046 # names of tests hold no blanks
    LINLI_PROPERTY_CASES=50 TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/tools/tsan.supp" meson_tests build-tsan tsan \
        $(tests_of build-tsan '^(store|http|flow|job|request|app)/|^base/id$|^crypto/seal$')
}

step_tidy() {
    say "tidy: clang-tidy over every source"
    build_in build build --werror || return
    one clang-tidy tools/check.sh tidy
}

step_coverage() {
    say "coverage of the unit and API tests"
    build_in build-coverage coverage-build -Db_coverage=true || return
    meson_tests build-coverage coverage-unit
    LINLI_BINARY="$PWD/build-coverage/linli" vitest_tests coverage-api tests/api
    gcovr -r . --object-directory build-coverage -f src/ -e '.*test_.*' --print-summary -o "$logs/coverage.txt" 2>&1 | sed 's/^/  /'
}

step_check() {
    say "check: layers, headers, licence lines, sizes, format, generated files"
    build_in build build --werror
    for what in layers headers licence sizes words format statements generated; do one "check-$what" tools/check.sh "$what"; done
}

# --- TypeScript -----------------------------------------------------------------------------------------------------
# vitest_tests NAME DIR…: counted case by case; $at_once files at the same time
vitest_tests() {
    name=$1
    shift
    [ "${at_once:-1}" = 1 ] && parallel="" || parallel="--fileParallelism --poolOptions.forks.maxForks=$at_once"
    [ -e tests/node_modules ] || ln -s ../web/node_modules tests/node_modules
    rm -f "$logs/$name.json"
    # shellcheck disable=SC2086 # $parallel is none or two words
    (cd tests && ./node_modules/.bin/vitest run --config vitest.config.ts $parallel --reporter=default --reporter=json --outputFile.json="../$logs/$name.json" "${@/#tests\//}") >"$logs/$name.log" 2>&1
    run_ts tools/count_vitest.ts "$logs/$name.json" >"$logs/$name.counts" 2>>"$logs/$name.log" || echo "0 1 0" >"$logs/$name.counts"
    read -r p f s <"$logs/$name.counts"
    [ "$f" = 0 ] || tail -n 80 "$logs/$name.log"
    count "$p" "$f" "$s" "$name"
}

step_web() {
    say "web: types and unit tests of the pages"
    one web-types sh -c 'cd web && npm run --silent check'
    (cd web && ./node_modules/.bin/vitest run --reporter=default --reporter=json --outputFile.json="../$logs/web.json") >"$logs/web.log" 2>&1
    run_ts tools/count_vitest.ts "$logs/web.json" >"$logs/web.counts" || echo "0 1 0" >"$logs/web.counts"
    read -r p f s <"$logs/web.counts"
    [ "$f" = 0 ] || tail -n 60 "$logs/web.log"
    count "$p" "$f" "$s" web
}

step_api() {
    say "api: the server from outside, both databases"
    build_all || return
    at_once=2 vitest_tests api api fault # each file has a server and a database of its own, and much of it is waiting
}

step_path() {
    say "path: the main path, who may do what, hostile input, on both databases"
    build_all || return
    at_once=2 vitest_tests path api/main_path api/access api/sign_in api/bad_input
}

step_browser() {
    say "browser: Chromium, phone and desktop, zh and en, both databases"
    build_all || return
    vitest_tests browser browser
}

step_soak() {
    case "$1" in
    kill)
        build_in build build || return
        vitest_tests soak-kill soak/kill.test.ts
        ;;
    year)
        build_in build build || return
        vitest_tests soak-year soak/year.test.ts
        ;;
    properties)
        build_in build build || return
        LINLI_PROPERTY_CASES=1000000 meson_tests build soak-properties
        ;;
    *)
        sed -n '/^| name/,$p' tests/soak/README.md
        count 0 1 0 "soak $1"
        ;;
    esac
}
