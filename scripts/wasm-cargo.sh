#!/usr/bin/env bash
# cargo for the wasm half: `scripts/wasm-cargo.sh build -p frontend --target wasm32-unknown-unknown …`.
# A process of its own, so that the compiler chosen for wasm never leaks into native builds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$repo/scripts/wasm-toolchain.sh" ${WASM_WITH_CLIPPY:+--with-clippy}
# shellcheck source=/dev/null # written by wasm-toolchain.sh
source "$tools/wasm-env"
# Native and wasm builds never share a target folder: two compilers would evict each other's artefacts.
export CARGO_TARGET_DIR="${WASM_TARGET_DIR:-$target/front}"
# What an outer `cargo run` leaves behind describes the outer build.
unset CARGO RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER
if [ "${1:-}" = clippy ]; then
    # Debian's cargo would find rustup's cargo-clippy first, hence the full name.
    [ "$WASM_CLIPPY" = cargo ] || export CARGO="$WASM_CARGO" PATH="/usr/bin:$PATH"
    exec "$WASM_CLIPPY" "$@"
fi
exec "$WASM_CARGO" "$@"
