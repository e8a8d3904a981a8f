#!/usr/bin/env bash
# Makes a Rust compiler with the wasm32-unknown-unknown target available, by the first of three ways that works:
#   1. rustup's toolchain, when the target is installed already;
#   2. `rustup target add`;
#   3. Debian's own compiler (rustc-web), whose standard library is built for wasm once from its source package.
# Writes how to call it to $tools/wasm-env, which scripts/wasm-cargo.sh reads. Idempotent.
# CRYPTO_WASM_TOOLCHAIN=rustup or =debian forces one way. `--with-clippy` also sees to a clippy for it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wasm=wasm32-unknown-unknown
choice="${CRYPTO_WASM_TOOLCHAIN:-auto}"
with_clippy=no
[ "${1:-}" != --with-clippy ] || with_clippy=yes

write_env() {
    mkdir -p "$tools"
    printf '%s\n' "$@" >"$tools/wasm-env.new"
    mv "$tools/wasm-env.new" "$tools/wasm-env"
}

sysroot_has_wasm() { compgen -G "$1/lib/rustlib/$wasm/lib/libstd-*.rlib" >/dev/null; }

use_path_compiler() {
    write_env "WASM_CARGO=cargo" "WASM_CLIPPY=cargo" "WASM_TOOLCHAIN='$1'"
}

rustup_way() {
    if sysroot_has_wasm "$(rustc --print sysroot)"; then
        use_path_compiler "$(rustc --version), target installed"
        return 0
    fi
    has rustup || return 1
    say "Adding the $wasm target (rustup target add)"
    # RUSTUP_MAX_RETRIES and the time limit keep a machine that cannot reach rustup's server from waiting long.
    if RUST_BACKTRACE=0 RUSTUP_MAX_RETRIES=1 timeout 180 rustup target add "$wasm" >&2 &&
        sysroot_has_wasm "$(rustc --print sysroot)"; then
        use_path_compiler "$(rustc --version), target added by rustup"
        return 0
    fi
    warn "rustup could not add the target (its server may be out of reach from here)"
    return 1
}

# Debian's security archive carries a recent compiler for its browsers, with the source of its standard library.
debian_way() {
    has apt-get || die "no $wasm target: rustup cannot add it and this is no Debian system"
    local packages=(rustc-web cargo-web rust-web-src)
    [ "$with_clippy" = no ] || packages+=(rust-web-clippy)
    if ! version_at_least "$(apt_version rustc-web)" "$(rust_version)"; then
        check_candidate
        apt_upgrade "${packages[@]}"
    fi
    apt_install "the wasm target, from Debian's own compiler" "${packages[@]}"

    local rustc=/usr/bin/rustc cargo=/usr/bin/cargo llvm lld
    llvm="$("$rustc" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')"
    # The linker of the compiler's own LLVM if the archive has it, else the newest there is.
    lld="lld-$llvm"
    apt_installed "$lld" || [ -n "$(apt_candidate "$lld")" ] ||
        lld="$(apt-cache search --names-only '^lld-[0-9]+$' | awk '{ print $1 }' | sort -V | tail -n1)"
    [ -n "$lld" ] || die "no $wasm target: apt has no lld package to link it with"
    apt_install "the linker of the wasm target" "$lld"

    local id sysroot
    id="$("$rustc" -vV | awk '/^release:/ { r = $2 } /^commit-hash:/ { c = substr($2, 1, 9) } END { print r "-" c }')"
    sysroot="$tools/wasm-sysroot-$id"
    sysroot_has_wasm "$sysroot" || build_sysroot "$rustc" "$cargo" "wasm-ld-${lld#lld-}" "$sysroot"
    # Only the wasm half gets the new sysroot: build scripts and procedural macros keep the compiler's own.
    write_env "WASM_CARGO=$cargo" "WASM_CLIPPY=/usr/bin/cargo-clippy" \
        "WASM_TOOLCHAIN='$("$rustc" --version | cut -d'(' -f1)from Debian, own wasm sysroot'" \
        "export RUSTC=$rustc" \
        "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-${lld#lld-}" \
        "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS='--sysroot=$sysroot'"
}

# Refuses early when the archive has no such compiler, or only one that is too old.
check_candidate() {
    local candidate
    candidate="$(apt_candidate rustc-web)"
    if ! version_at_least "$candidate" "$(rust_version)"; then
        apt_refresh_lists
        candidate="$(apt_candidate rustc-web)"
    fi
    [ -n "$candidate" ] || die "no $wasm target: rustup cannot add it and apt has no rustc-web package." \
        "Add it where rustup's server can be reached: rustup target add $wasm"
    version_at_least "$candidate" "$(rust_version)" ||
        die "no $wasm target: apt's rustc-web $candidate is older than the $(rust_version) that is needed"
}

# build_sysroot RUSTC CARGO LINKER FOLDER: the standard library for wasm, built into a folder of ours.
build_sysroot() {
    local rustc="$1" cargo="$2" linker="$3" sysroot="$4" work host
    say "Building the standard library for $wasm with $("$rustc" --version | cut -d' ' -f1,2) (once, about a minute)"
    mkdir -p "$tools"
    work="$(mktemp -d "$tools/wasm-std.XXXXXX")"
    # shellcheck disable=SC2064 # the folder's name is wanted as it is now
    trap "rm -rf '$work'" EXIT
    mkdir -p "$work/src" "$work/lib"
    printf '%s\n' '[package]' 'name = "sysroot-builder"' 'version = "0.0.0"' 'edition = "2021"' '[workspace]' >"$work/Cargo.toml"
    : >"$work/src/lib.rs"
    (cd "$work" && env -u RUSTFLAGS -u CARGO_BUILD_TARGET RUSTC_BOOTSTRAP=1 RUSTC="$rustc" \
        CARGO_TARGET_DIR="$work/target" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker" \
        "$cargo" build --quiet --release -Zbuild-std=std,panic_abort --target "$wasm" >&2) ||
        die "the standard library did not build for $wasm (the compiler's messages are above)"
    rm -f "$work/target/$wasm/release/deps/"libsysroot_builder-*
    cp "$work/target/$wasm/release/deps/"lib*.rlib "$work/lib/"
    host="$("$rustc" -vV | sed -n 's/^host: //p')"
    rm -rf "$sysroot"
    mkdir -p "$sysroot/lib/rustlib/$wasm"
    ln -s "$("$rustc" --print sysroot)/lib/rustlib/$host" "$sysroot/lib/rustlib/$host"
    mv "$work/lib" "$sysroot/lib/rustlib/$wasm/lib"
}

case "$choice" in
auto)
    need_rust
    # A sysroot that was built before means that rustup was tried before: do not wait for its server every time.
    if ! sysroot_has_wasm "$(rustc --print sysroot)" && compgen -G "$tools/wasm-sysroot-*" >/dev/null; then
        debian_way
    elif ! rustup_way; then
        say "Falling back to Debian's compiler for the wasm half"
        debian_way
    fi
    ;;
rustup) need_rust && { rustup_way || die "CRYPTO_WASM_TOOLCHAIN=rustup, and rustup cannot provide $wasm"; } ;;
debian) debian_way ;;
*) die "CRYPTO_WASM_TOOLCHAIN is '$choice'; allowed: auto, rustup, debian" ;;
esac
