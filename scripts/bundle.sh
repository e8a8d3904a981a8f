#!/usr/bin/env bash
# Builds the browser's half into $CARGO_TARGET_DIR/site. Arguments go to `cargo xtask bundle`, for example --dev.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"
need_rust
need_node
npm_install "$repo"
exec cargo xtask bundle "$@"
