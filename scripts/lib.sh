# Helpers shared by the scripts: say what is being done, install only what is missing, stay quiet otherwise.
# Sourced, never run. Expects bash with `set -euo pipefail` in the caller.

repo="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
tools="${CRYPTO_TOOLS_DIR:-$repo/.tools}"
target="${CARGO_TARGET_DIR:-$repo/target}"
case "$target" in /*) ;; *) target="$repo/$target" ;; esac

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
warn() { printf '\033[1mwarning:\033[0m %s\n' "$*" >&2; }
die() {
    printf '\033[1merror:\033[0m %s\n' "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: directly when we are root, through sudo otherwise.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        die "this needs root and sudo is not installed; run as root: $*"
    fi
}

apt_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# The version of a package that is installed, or nothing.
apt_version() { ! apt_installed "$1" || dpkg-query -W -f='${Version}' "$1"; }

# The version apt would install, or nothing when it knows no such package.
apt_candidate() { apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'; }

apt_refresh_lists() {
    say "Refreshing the package lists (apt-get update)"
    as_root apt-get update -qq || die "apt-get update failed; is a package mirror reachable?"
}

# apt_install WHY PACKAGE…: installs those of the packages that are missing.
apt_install() {
    local why="$1" missing=() package
    shift
    has apt-get || die "$why needs: $* (this system has no apt-get; install them with its own package manager)"
    for package in "$@"; do
        apt_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    for package in "${missing[@]}"; do
        if [ -z "$(apt_candidate "$package")" ]; then
            apt_refresh_lists
            break
        fi
    done
    say "Installing ${missing[*]} (apt): $why"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        { apt_refresh_lists && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } ||
        die "apt-get could not install: ${missing[*]}"
}

# apt_upgrade PACKAGE…: brings those that are installed up to date.
apt_upgrade() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --only-upgrade "$@" >/dev/null ||
        die "apt-get could not upgrade: $*"
}

# version_at_least FOUND WANTED: compares dotted versions.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

# The oldest compiler the workspace accepts, read from its manifest.
rust_version() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$repo/Cargo.toml"; }

# Everything native needs: rustup's (or any) Rust that is new enough, and a C compiler.
need_rust() {
    if ! has cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
        export PATH="$HOME/.cargo/bin:$PATH"
    fi
    has cargo || die "Rust is not installed; see https://rustup.rs, then run this again"
    local found
    found="$(rustc --version | awk '{ print $2 }')"
    version_at_least "$found" "$(rust_version)" ||
        die "Rust $found is too old, $(rust_version) is needed; run: rustup update stable"
    has cc || apt_install "a C compiler and linker" gcc libc6-dev
}

# Node and npm, for wasm-opt, the chart library, TimescaleDB in the storage tests, and the browser tests.
need_node() {
    if ! has node || ! has npm; then
        apt_install "wasm-opt, the chart library and the browser tests come from npm" nodejs npm
    fi
    local found
    found="$(node --version)"
    version_at_least "${found#v}" 18.0.0 || die "Node ${found} is too old, 18 is needed"
}

# npm_install FOLDER: `npm ci` there, skipped while the lock file is the one already installed.
npm_install() {
    local folder="$1" stamp="$1/node_modules/.installed-lock"
    if [ -f "$stamp" ] && cmp -s "$stamp" "$folder/package-lock.json"; then
        return 0
    fi
    need_node
    say "Installing the Node packages of ${folder#"$repo"/} (npm ci)"
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2) ||
        die "npm ci failed in $folder"
    cp "$folder/package-lock.json" "$stamp"
}

# port_is_free PORT: nothing accepts connections there on 127.0.0.1.
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
