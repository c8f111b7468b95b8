# SPDX-License-Identifier: MulanPSL-2.0
# Sourced by ./run and ./test: brings a bare Debian 12 to where Linli builds. Each function does nothing when its work
# is already done, so that both commands run again, and run offline once set up.

say() { printf '· %s\n' "$*"; }

# What each purpose needs, by package name.
packages_build="ca-certificates gcc libc6-dev meson ninja-build pkg-config libsqlite3-dev libpq-dev libmicrohttpd-dev
 libssl-dev libjansson-dev libcurl4-openssl-dev libqrencode-dev libgd-dev libargon2-dev libarchive-dev zlib1g-dev libcmocka-dev"
packages_web="nodejs npm"
packages_test="clang clang-tidy clang-format libclang-rt-14-dev postgresql chromium fonts-noto-cjk gcovr zbar-tools
 poppler-utils procps curl git libimage-exiftool-perl sqlite3"

have_package() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        echo "Packages have to be installed: run this once as root, or install sudo." >&2
        return 1
    fi
}

# setup_packages build|test
setup_packages() {
    wanted="$packages_build"
    [ "$1" = test ] && wanted="$wanted $packages_test"
    command -v node >/dev/null && command -v npm >/dev/null || wanted="$wanted $packages_web"
    missing=""
    for package in $wanted; do have_package "$package" || missing="$missing $package"; done
    [ -z "$missing" ] && return 0
    say "installing:$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
}

# A number that changes when any of the named files does.
fingerprint() { find "$@" -type f ! -path '*/node_modules/*' ! -path '*/dist/*' -exec cksum {} + | sort | cksum | cut -d' ' -f1; }

# What npm brings, once for each package-lock.json.
setup_npm() {
    lock=$(fingerprint web/package-lock.json)
    [ "$(cat web/node_modules/.linli-lock 2>/dev/null)" = "$lock" ] && return 0
    say "installing the web app's packages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error) || return 1
    echo "$lock" >web/node_modules/.linli-lock
}

# web/dist, built when a source has changed.
setup_web() {
    stamp=$(fingerprint web)
    [ "$(cat web/dist/.linli-stamp 2>/dev/null)" = "$stamp" ] && return 0
    setup_npm || return 1
    say "building the web app"
    (cd web && npm run --silent build) || return 1
    fingerprint web >web/dist/.linli-stamp
}

# setup_build DIR [meson options…]
setup_build() {
    dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >/dev/null || { tail -n 30 "$dir/meson-logs/meson-log.txt"; return 1; }
    ninja -C "$dir" --quiet
}
